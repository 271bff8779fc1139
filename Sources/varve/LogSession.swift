import Glibc
import Storage

/// The lines of one log on their way into the store; those that cannot be recorded are reported.
final class LogSession {
    private let store: Store
    private let new: NewRun
    private let measure: String
    private let isStrict: Bool
    private var splitter = LineSplitter()
    private var log: RunLog?
    private var isBehindEnd = false

    /// Called with the run's number when it has begun.
    var begun: (Int64) -> Void = { _ in }
    /// How many lines were recorded, and how many passed over.
    private(set) var recorded = 0
    private(set) var skipped = 0
    /// Whether a line has ended the run because none may be passed over.
    private(set) var isBroken = false

    init(_ store: Store, _ new: NewRun, measure: String, isStrict: Bool) {
        self.store = store
        self.new = new
        self.measure = measure
        self.isStrict = isStrict
    }

    /// Records the lines of what was read.
    func take(_ chunk: Span<UInt8>) throws {
        try splitter.take(chunk) { number, line in try record(line, number) }
    }

    /// Records what was read behind the last line's end.
    func takeLast() throws {
        try splitter.finish { number, line in try record(line, number) }
    }

    /// Says that the run is alive.
    func beat() throws { try log?.beat() }

    /// Ends the run, unless a line has ended it.
    ///
    /// - Returns: its number, or nil when none has begun.
    func end(isKilled: Bool) throws -> Int64? {
        guard let log else { return nil }
        if !log.isEnded { try log.end(isBroken ? .failed : isKilled ? .killed : .finished) }
        return log.number
    }

    private func record(_ line: Span<UInt8>?, _ number: Int) throws {
        guard !isBroken else { return }
        do {
            guard let line else { throw LogError("it is longer than \(LineSplitter.limit) bytes") }
            guard !Self.isBlank(line) else { return }
            let log = try self.log ?? begin()
            try log.record(line)
            recorded += 1
        } catch let error as LogError {
            try reject(error, number)
        } catch let error as SQLiteError where error.kind == .interrupted {
            // A signal ended the wait for another writer; what was gathered stays so, and comes with the end.
        }
    }

    private func begin() throws -> RunLog {
        let log = try RunLog(store, new, measure: measure)
        self.log = log
        begun(log.number)
        return log
    }

    private func reject(_ error: LogError, _ number: Int) throws {
        if log == nil { _ = try begin() }
        skipped += 1
        isBroken = isStrict
        // Behind the end all lines are alike.
        guard !isBehindEnd else { return }
        isBehindEnd = log?.isEnded ?? false
        let outcome = isStrict ? "the run ends as failed" : isBehindEnd ? "no more is recorded" : "it is passed over"
        writeLine("varve: line \(number): \(escaped(error.description)); \(outcome)", to: STDERR_FILENO)
    }

    private static func isBlank(_ line: Span<UInt8>) -> Bool {
        line.indices.allSatisfy { [32, 9, 10, 13].contains(line[$0]) }
    }
}
