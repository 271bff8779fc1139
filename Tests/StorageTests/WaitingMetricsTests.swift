import Foundation
import TestSupport
import Testing

@testable import Storage

/// Values of metrics that come faster than each can be put in place by itself.
@Suite struct WaitingMetricsTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("varve.db")
    }

    /// Ten batches of a thousand values: steps that repeat and go back, NaN, infinities, and a batch that comes twice.
    static let batches: [RemoteBatch] = (0..<10).map { number in
        var batch = RemoteBatch()
        let step = Int64([0, 1, 2, 2, -7, 3, 1, 9, 9, 8][number])
        batch.metrics = (0..<1000).map { key in
            let value: Double =
                switch key % 100 {
                case 13: .nan
                case 17: number == 4 ? -.infinity : 1
                case 19: number == 5 ? .nan : Double(number)
                default: Double(key) / 8 - Double(step)
                }
            return RemoteMetric(key: "metric \(key)", value: value, timestamp: 10 + step, step: step)
        }
        return batch
    }

    /// One that lets all but the first values wait, until something else is written.
    static func writer(of path: String, waitingTime: Duration? = nil) throws -> Writer {
        var pace = RecordingPace()
        (pace.usual, pace.most) = (0, 2000)
        pace.waitingTime = waitingTime
        return try Writer(path: path, pace)
    }

    private func record(_ writer: Writer) async throws -> String {
        let run = try await writer.write { try $0.startRemoteRun(experiment: 0, name: "fast").uuid }
        for batch in Self.batches {
            try await writer.record(values: batch.metrics.count) { try $0.log(batch, of: run) }
        }
        return run
    }

    private func waiting(_ path: String) throws -> Int {
        try Connection(path: path, mode: .existing).value("SELECT count(*) FROM waiting_metrics")
    }

    /// All that there is of a run's metrics, but for moments and ids.
    private func content(_ path: String) throws -> [[SQLValue]] {
        let connection = try Connection(path: path, mode: .existing)
        var rows: [[SQLValue]] = []
        for sql in [
            "SELECT key, step, timestamp, value, is_nan FROM metrics JOIN metric_keys ON key_id = metric_keys.id ORDER BY 1, 2, 3, 4",
            "SELECT metric_keys.key, run_metric_keys.* FROM run_metric_keys JOIN metric_keys ON key_id = metric_keys.id ORDER BY 1",
            "SELECT steps, last_step, status, metrics_checksum FROM runs",
        ] {
            let statement = try connection.prepareOnly(sql)
            while try statement.step() { rows.append((0..<statement.columnCount).map { statement.value(at: $0) }) }
        }
        return rows
    }

    private func findings(_ path: String) throws -> [String] {
        var lines: [String] = []
        try StoreCheck(path: path, isMending: false).execute { lines.append($0.message) }
        return lines
    }

    @Test func `they are what they would be if each had been put in place by itself`() async throws {
        let writer = try Self.writer(of: path)
        _ = try await record(writer)
        try await writer.write { _ in }
        #expect(try waiting(path) == 0)

        let other = try Store(path: folder.file("other.db"), for: .writing)
        let run = try other.startRemoteRun(experiment: 0, name: "slow").uuid
        for batch in Self.batches { try other.log(batch, of: run) }
        #expect(try content(path) == content(other.path))
        #expect(try findings(path) == [])
    }

    @Test func `they wait only where many come, and only until something else is written`() async throws {
        let writer = try Self.writer(of: path)
        let run = try await writer.write { try $0.startRemoteRun(experiment: 0, name: "slow").uuid }
        try await writer.record(values: 1000) { try $0.log(Self.batches[0], of: run) }
        #expect(try waiting(path) == 0)
        for batch in Self.batches[1...] {
            try await writer.record(values: 1000) { try $0.log(batch, of: run) }
        }
        #expect(try waiting(path) > 0)
        _ = try await writer.write { try $0.updateRemoteRun(run, status: .finished, ended: 5) }
        #expect(try waiting(path) == 0)
        #expect(try findings(path) == [])
        let found = try Store(path: path, for: .reading).run("1")
        #expect(found.status == .finished && found.steps == 10)
    }

    @Test func `they are put in place soon where nobody asks, and before the writer ends`() async throws {
        var writer = try Self.writer(of: path, waitingTime: .milliseconds(1))
        _ = try await record(writer)
        while try waiting(path) > 0 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(try content(path).count > 8000)
        writer = try Self.writer(of: path)
        _ = try await record(writer)
        #expect(try waiting(path) > 0)
        await writer.shutDown()
        #expect(try waiting(path) == 0)
        #expect(try findings(path) == [])
    }

    @Test(arguments: [Store.Access.reading, .typed, .writing])
    func `who opens the store puts in place what a process that was killed left`(_ access: Store.Access) async throws {
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let writer = try WaitingMetricsTests.writer(of: path)
            let run = try await writer.write { try $0.startRemoteRun(experiment: 0, name: "fast").uuid }
            for batch in WaitingMetricsTests.batches {
                try await writer.record(values: batch.metrics.count) { try $0.log(batch, of: run) }
            }
            kill(getpid(), SIGKILL)
        }
        #expect(try waiting(path) > 0)
        let store = try Store(path: path, for: access)
        #expect(try waiting(path) == 0)
        #expect(try store.connection.value("SELECT count(DISTINCT step) FROM metrics", as: Int.self) == 7)
        #expect(try findings(path) == [])
    }

    @Test(arguments: [
        "rows = substr(rows, 2)", "rows = randomblob(length(rows))", "checksum = checksum + 1", "run_id = 1",
        "rows = x''",
    ])
    func `damaged ones are named, and the others are put in place`(_ change: String) async throws {
        let writer = try Self.writer(of: path)
        _ = try await writer.write { try $0.startRemoteRun(experiment: 0, name: "other") }
        _ = try await record(writer)
        let copy = folder.file("copy.db")
        try Connection(path: path, mode: .existing).run("VACUUM INTO '\(copy)'")
        let left = try waiting(copy)
        try Connection(path: copy, mode: .existing)
            .run("UPDATE waiting_metrics SET \(change) WHERE id = (SELECT max(id) FROM waiting_metrics)")
        let words = "values of its metrics that wait to be put in place are not as they were recorded"
        #expect(try findings(copy) == [words])
        #expect(try waiting(copy) == 1 && left > 1)
    }

    /// A copy of what is committed, as a server that was killed leaves it.
    private func left() async throws -> String {
        let writer = try Self.writer(of: path)
        _ = try await record(writer)
        let copy = folder.file("left.db")
        try Connection(path: path, mode: .existing).run("VACUUM INTO '\(copy)'")
        return copy
    }

    @Test func `what cannot be put in place holds up no opening, and is said to be missing`() async throws {
        let path = try await left()
        let other = try Connection(path: path, mode: .existing)
        try other.execute("BEGIN IMMEDIATE")
        var lines: [String] = []
        let check = try StoreCheck(path: path, isMending: false)
        #expect(check.store.isWaitingForMetrics)
        try check.execute { lines.append($0.message) }
        #expect(lines == ["the last values of metrics that a server recorded wait, and cannot be put in place now"])
        try other.execute("ROLLBACK")
        #expect(try !Store(path: path, for: .reading).isWaitingForMetrics)
    }

    @Test func `a purge takes along what waits of its runs, damaged or not`() async throws {
        let path = try await left()
        try Connection(path: path, mode: .existing)
            .run("UPDATE waiting_metrics SET checksum = 0 WHERE id = (SELECT max(id) FROM waiting_metrics)")
        let store = try Store(path: path, for: .writing)
        #expect(try waiting(path) == 1)
        _ = try store.delete([1], isForced: true)
        _ = try store.purge()
        #expect(try waiting(path) == 0)
        #expect(try findings(path) == [])
    }

    @Test func `damage keeps the values of its run waiting, and no others, and the writer goes on`() async throws {
        let path = try await left()
        try Connection(path: path, mode: .existing)
            .execute("PRAGMA ignore_check_constraints = ON; UPDATE runs SET lifecycle = 'odd' WHERE id = 1")
        let writer = try Self.writer(of: path)
        let left = try waiting(path)
        #expect(left > 0)
        let run = try await writer.write { try $0.startRemoteRun(experiment: 0, name: "sound").uuid }
        for batch in Self.batches { try await writer.record(values: 1000) { try $0.log(batch, of: run) } }
        _ = try await writer.write { try $0.updateRemoteRun(run, status: .finished, ended: 5) }
        #expect(try waiting(path) == left)
        #expect(try Store(path: path, for: .reading).run("2").steps == 10)
    }
}
