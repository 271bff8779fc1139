import Glibc
import Runner
import Storage

/// What reads an input.
enum Reader: String, CaseIterable {
    /// Datasets, told by their first byte.
    case pickle, npz
    /// The arrays in an npz file, whose checksum the archive around them always has right.
    case npy
    case safetensors
    /// FILTER, and what `--sort` and `--columns` take; they are executed too.
    case filter
    /// JSON Lines of a run.
    case log
}

/// One input after the other, each read to its end or refused by an error of the type that is made for it.
@MainActor enum Input {
    static var reader = Reader.pickle

    /// Reads an input.
    ///
    /// - Returns: the refusal; nil for an input that was read.
    @discardableResult
    static func read(_ bytes: [UInt8]) -> String? {
        do {
            switch reader {
            case .pickle, .npz: _ = try Dataset(file: bytes)
            case .npy: _ = try Dataset(file: Archive.around(bytes))
            case .safetensors: _ = try WeightsFile.tensors(in: bytes)
            case .filter: try Questions.shared.ask(String(decoding: bytes, as: UTF8.self))
            case .log: try Logs.shared.record(bytes)
            }
            return nil
        } catch let error as DataError where error.message == error.message.filter({ !$0.isNewline }) {
            return error.description
        } catch let error as FilterError {
            return error.description
        } catch {
            // libFuzzer, and the shell, take it for the crash that it is to a user.
            print("\(type(of: error)) is no refusal: \(error)")
            abort()
        }
    }
}

/// The store that filters are executed in.
@MainActor final class Questions {
    static let shared = Questions()
    private let store: Store

    private init() {
        store = Scratch.store("filter.db")
        let lines = [
            #"{"param":"width","value":"100"}"#, #"{"param":"note","value":"caf\u00e9"}"#,
            #"{"tag":"note","value":"a%b"}"#,
            #"{"step":0,"metric":"loss","value":2.5}"#, #"{"step":1,"metric":"loss","value":"NaN"}"#,
            #"{"step":0,"layer":"residual1","variance":3.2}"#, #"{"end":"finished"}"#,
        ]
        for count in [lines.count, 4, 0] { Scratch.record(lines.prefix(count), in: store) }
    }

    func ask(_ text: String) throws {
        // Whatever one of them refuses, the others may take.
        let order = try? RunOrder.list(parsing: text)
        _ = try? RunColumn.list(parsing: text)
        if let order { try store.forEachRun(by: order) { _ in } }
        let filter = try Filter(parsing: text)
        _ = try store.runNumbers(matching: filter)
    }
}

/// The store that logs are recorded in, made anew from time to time.
@MainActor final class Logs {
    static let shared = Logs()
    private var store = Scratch.store("log.db")
    private var count = 0

    func record(_ bytes: [UInt8]) throws {
        count += 1
        if count.isMultiple(of: 5000) { store = Scratch.store("log.db") }
        let session = try LogSession(RunLog(store, LoggedRun())) { _ in }
        session.take(bytes.span)
        session.takeLast()
        session.end(.finished)
        if let failure = session.failure { throw failure }
    }
}
