import Dispatch
import Foundation
import HTTPTypes
import HummingbirdCore
import NIOCore
import Storage
import Synchronization
import TestSupport

@testable import Server

/// What a request was answered with.
struct Answer {
    let status: Int
    let headers: HTTPFields
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }

    func json() throws -> JSON { try JSON(parsing: text) }
}

extension JSON {
    subscript(key: String) -> JSON {
        guard case .object(let members) = self else { return .null }
        return members.first { $0.key == key }?.value ?? .null
    }

    subscript(index: Int) -> JSON {
        guard case .array(let items) = self, items.indices.contains(index) else { return .null }
        return items[index]
    }

    var count: Int {
        if case .array(let items) = self { items.count } else { 0 }
    }
}

/// A store in a folder of its own, and a server that answers in this process.
final class TestSite: Sendable {
    let folder: TemporaryFolder
    let application: Application

    var store: String { folder.file("varve.db") }

    /// Fills a store by `record`, and has it served as `change` of the settings says.
    init(_ record: (Store) throws -> Void = { _ in }, settings change: (inout ServerSettings) -> Void = { _ in }) throws
    {
        folder = try TemporaryFolder()
        var settings = ServerSettings(store: folder.file("varve.db"))
        change(&settings)
        try record(try Store(path: settings.store, for: .writing))
        application = try Application(settings)
    }

    /// The store, opened for reading or changing beside the server.
    func open(_ access: Store.Access = .reading) throws -> Store { try Store(path: store, for: access) }

    func get(_ path: String, _ headers: HTTPFields = [:]) async throws -> Answer { try await send(.get, path, headers) }

    /// Has a request answered as if it had come through a socket.
    func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ headers: HTTPFields = [:],
        host: String? = "127.0.0.1:8250",
        body: String = ""
    ) async throws -> Answer {
        let head = HTTPRequest(method: method, scheme: "http", authority: host, path: path, headerFields: headers)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(string: body)))
        let response = await application.respond(to: request)
        let collector = Collector()
        try await response.body.write(collector)
        return Answer(
            status: response.status.code,
            headers: response.headers,
            bytes: collector.bytes
        )
    }
}

/// Gathers the body of an answer.
struct Collector: ResponseBodyWriter {
    private let buffer = SharedBuffer()

    var bytes: [UInt8] { Array(buffer.content.withLock { $0 }.readableBytesView) }

    func write(_ part: ByteBuffer) async throws { buffer.content.withLock { _ = $0.writeImmutableBuffer(part) } }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

private final class SharedBuffer: Sendable {
    let content = Mutex(ByteBuffer())
}

extension Store {
    /// Records runs of another program, each with a metric and a layer.
    func record(_ count: Int, _ change: (inout NewRun, Int) -> Void = { _, _ in }) throws {
        var recorder = try Recorder(self)
        for index in 0..<count {
            var run = NewRun()
            run.architecture = index % 2 == 0 ? "plain" : "batchnorm"
            run.seed = Int64(index / 2)
            run.params = [(key: "width", value: .integer(100))]
            change(&run, index)
            let open = try recorder.start(
                run,
                layers: ["Input", "Output"].enumerated().map {
                    LayerPlace(name: $1, position: $0, measure: "population_mean")
                }
            )
            for step in 0..<3 {
                try recorder.log(open, step: step, layer: 0, variance: 1 + Double(index + step) / 100)
                try recorder.log(open, step: step, layer: 1, variance: 2 + Double(index + step) / 100)
                try recorder.log(open, step: step, metric: "loss", 1 / Double(1 + step + index))
            }
            try recorder.finish(open, RunEnding(.finished))
        }
    }
}
