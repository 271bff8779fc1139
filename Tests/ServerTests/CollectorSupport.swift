import Dispatch
import Foundation
import HTTPTypes
import HummingbirdCore
import NIOCore
import Questions
import Synchronization
import TestSupport

@testable import Server
@testable import Storage

/// The network between a store and a server of this process, which counts and can break.
final class TestNetwork: ServerClient, Sendable {
    let address = "http://collector"
    private let site: TestSite
    private let sent = Mutex<[Sent]>([])
    /// What is done with the answer to the next request of the number, counted from 1 by path.
    private let fault: @Sendable (String, Int) -> Fault?

    enum Fault {
        /// Nothing arrives.
        case lost
        /// It arrives, and the answer does not.
        case answerLost
    }

    /// A request as it was sent.
    struct Sent {
        let path: String
        /// Of a store, how many rows it had.
        var rows: [String: Int64] = [:]
    }

    init(to site: TestSite, fault: @escaping @Sendable (String, Int) -> Fault? = { _, _ in nil }) {
        self.site = site
        self.fault = fault
    }

    /// The small stores that were sent.
    var stores: [Sent] { sent.withLock { $0.filter { $0.path == "/api/v1/merge" } } }

    func count(_ path: String) -> Int { sent.withLock { $0.count { $0.path.hasPrefix(path) } } }

    func send(_ request: ServerRequest) throws -> ServerAnswer {
        var note = Sent(path: request.path)
        let body: [UInt8]
        switch request.body {
        case .bytes(let bytes): body = bytes
        case .file(let path):
            body = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
            if request.path == "/api/v1/merge" {
                let store = try Store(path: path, for: .reading)
                for table in ["runs", "layer_variances", "metrics", "blobs", "dataset_splits"] {
                    note.rows[table] = try store.connection.value("SELECT count(*) FROM \(table)", as: Int64.self)
                }
            }
        }
        let number = sent.withLock { sent in
            sent.append(note)
            return sent.count { $0.path == request.path }
        }
        let fault = fault(request.path, number)
        if fault == .lost { throw CollectorError.noAnswer(address: address, reason: "lost") }
        let answer = try answer(to: request, body)
        if fault == .answerLost { throw CollectorError.noAnswer(address: address, reason: "the answer is lost") }
        return answer
    }

    private func answer(to request: ServerRequest, _ body: [UInt8]) throws -> ServerAnswer {
        let site = site
        let result = Mutex<Result<ServerAnswer, any Error>?>(nil)
        let isDone = DispatchSemaphore(value: 0)
        // The thread is none of those that tasks share.
        Task {
            do {
                let method = HTTPRequest.Method(rawValue: request.method) ?? .get
                let answer = try await site.send(method, request.path, [.contentType: request.type], bytes: body)
                result.withLock { $0 = .success(ServerAnswer(status: answer.status, body: answer.bytes)) }
            } catch {
                result.withLock { $0 = .failure(error) }
            }
            isDone.signal()
        }
        isDone.wait()
        return try result.withLock { try $0?.get() } ?? ServerAnswer(status: 500, body: [])
    }

    func wait(_ time: Duration) throws {}
}

extension TestSite {
    func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ headers: HTTPFields = [:],
        bytes: [UInt8]
    ) async throws -> Answer {
        let head = HTTPRequest(
            method: method,
            scheme: "http",
            authority: "127.0.0.1:8250",
            path: path,
            headerFields: headers
        )
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: bytes)))
        let response = await application.respond(to: request)
        let collector = Collector()
        try await response.body.write(collector)
        return Answer(status: response.status.code, headers: response.headers, bytes: collector.bytes)
    }
}

/// What a push came to.
struct Pushed: Sendable {
    var runs: [MergedRun] = []
    var renamed: [RenamedDataset] = []
    var troubles: [String] = []
    var error: String?

    var outcomes: [MergedRun.Outcome] { runs.map(\.outcome) }
    /// What `varve push` prints.
    var tally: MergeTally { runs.reduce(into: MergeTally()) { $0.add($1) } }
}

/// Pushes a store, on a thread of its own.
func push(_ path: String, over network: TestNetwork, times: Int = 1) async throws -> Pushed {
    try await withCheckedThrowingContinuation { continuation in
        do {
            let thread = try startThread {
                let gathered = Mutex(Pushed())
                do {
                    let store = try Store(path: path, for: .reading)
                    let pusher = Pusher(store, to: HTTPCollector(network, attempts: 3), in: path) { event in
                        gathered.withLock { pushed in
                            switch event {
                            case .run(let run): pushed.runs.append(run)
                            case .renamed(let dataset): pushed.renamed.append(dataset)
                            case .trouble(let run, let error): pushed.troubles.append("\(run): \(error)")
                            }
                        }
                    }
                    for _ in 0..<times { try pusher.push() }
                } catch {
                    gathered.withLock { $0.error = "\(error)" }
                }
                continuation.resume(returning: gathered.withLock { $0 })
            }
            pthread_detach(thread)
        } catch {
            continuation.resume(throwing: error)
        }
    }
}

extension Store {
    /// Everything that is recorded of runs, by what stays the same in every store.
    func content() throws -> [[SQLValue]] {
        let statement = try connection.prepareOnly(
            """
            SELECT runs.uuid, runs.name, architecture, seed, status, runs.lifecycle, runs.started, ended, steps, last_step,
                configuration, experiments.name, datasets.digest, variances_checksum, metrics_checksum, run_checksum,
                (SELECT group_concat(key || '=' || typeof(value) || value) FROM params WHERE run_id = runs.id),
                (SELECT group_concat(key || '=' || value) FROM tags WHERE run_id = runs.id),
                (SELECT group_concat(line) FROM (
                    SELECT step || layers.name || layers.measure || coalesce(variance, 'NaN') AS line
                    FROM layer_variances JOIN layers ON layers.id = layer_id WHERE run_id = runs.id
                    ORDER BY step, layers.name)),
                (SELECT group_concat(line) FROM (
                    SELECT key || step || timestamp || value || is_nan AS line
                    FROM metrics JOIN metric_keys ON metric_keys.id = key_id WHERE run_id = runs.id ORDER BY key, step)),
                (SELECT group_concat(stage || position || name || shape || dtype || hex(bytes))
                    FROM tensors JOIN blobs USING (digest) WHERE run_id = runs.id),
                (SELECT group_concat(path || digest || size || place) FROM artifacts WHERE run_id = runs.id),
                (SELECT group_concat(name || short_name || last_step) FROM (
                    SELECT * FROM run_layers JOIN layers ON layers.id = layer_id WHERE run_id = runs.id ORDER BY name)),
                (SELECT group_concat(line) FROM (
                    SELECT key || step || timestamp || value || is_nan || quote(least) || quote(least_step)
                        || quote(greatest) || quote(greatest_step) AS line
                    FROM run_metric_keys JOIN metric_keys ON metric_keys.id = key_id WHERE run_id = runs.id ORDER BY key))
            FROM runs JOIN experiments ON experiments.id = experiment_id
            LEFT JOIN datasets ON datasets.id = dataset_id
            ORDER BY runs.uuid
            """
        )
        var rows: [[SQLValue]] = []
        while try statement.step() { rows.append((0..<statement.columnCount).map { statement.value(at: $0) }) }
        return rows
    }
}

/// Whether a check of a store finds nothing.
func isSound(_ path: String) throws -> Bool {
    var findings: [String] = []
    try StoreCheck(path: path, isMending: false).execute { findings.append($0.message) }
    return findings.isEmpty
}
