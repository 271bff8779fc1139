import TestSupport
import Testing

@testable import Storage

/// Runs that come over the network: they have no process, and each call is whole or not there.
@Suite struct RemoteTests {
    private let folder: TemporaryFolder
    private let store: Store

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.file("varve.db"), for: .writing)
    }

    private func newRun() throws -> String { try store.startRemoteRun(experiment: 0, name: "first").uuid }

    private func batch(_ metrics: [(String, Int64, Double)], params: [(key: String, value: String)] = []) -> RemoteBatch
    {
        var batch = RemoteBatch()
        batch.metrics = metrics.map { RemoteMetric(key: $0.0, value: $0.2, timestamp: 10, step: $0.1) }
        batch.params = params
        return batch
    }

    private func findings() throws -> [String] {
        var lines: [String] = []
        try StoreCheck(path: store.path, isMending: false).execute { lines.append($0.message) }
        return lines
    }

    @Test func `a batch that comes twice changes nothing the second time`() throws {
        let run = try newRun()
        let pattern = LayerPattern("variance/{layer}")
        let all = batch(
            [("variance/a", 0, 1), ("variance/b", 0, 2), ("loss", 3, .nan), ("loss", 3, 1), ("variance/a", 1, -1)],
            params: [("seed", "4")]
        )
        for _ in 0..<2 { try store.log(all, of: run, layers: pattern) }
        let found = try store.run("1")
        #expect(found.seed == 4 && found.lastStep == 0 && found.steps == 4)
        #expect(try store.variances(of: found).map(\.layer) == ["a", "b"])
        #expect(try store.connection.value("SELECT count(*) FROM metrics", as: Int.self) == 5)
        #expect(try findings() == [])
    }

    @Test func `a run that has ended keeps its checksum with what comes later`() throws {
        let run = try newRun()
        try store.log(batch([("a", 0, 1)]), of: run)
        _ = try store.updateRemoteRun(run, status: .finished, ended: 5)
        try store.log(batch([("a", 1, 2)], params: [("late", "1")]), of: run)
        _ = try store.updateRemoteRun(run, name: "second")
        #expect(try store.connection.value("SELECT run_checksum IS NOT NULL FROM runs", as: Bool.self))
        #expect(try findings() == [])
        // Damage that was there stays to be found.
        try store.connection.execute("UPDATE params SET value = '2'")
        try store.log(batch([("a", 2, 2)]), of: run)
        #expect(try findings().isEmpty == false || store.run("1").status == .finished)
    }

    @Test func `a run that goes on has no checksum of its end, whatever comes then`() throws {
        let run = try newRun()
        try store.log(batch([("a", 0, 1)]), of: run)
        _ = try store.updateRemoteRun(run, status: .finished, ended: 5)
        _ = try store.updateRemoteRun(run, status: .running)
        #expect(try store.connection.value("SELECT run_checksum IS NULL FROM runs", as: Bool.self))
        try store.log(batch([], params: [("late", "1")]), of: run)
        #expect(try findings() == [])
        _ = try store.updateRemoteRun(run, status: .failed, ended: 6)
        #expect(try store.connection.value("SELECT run_checksum IS NOT NULL FROM runs", as: Bool.self))
        #expect(try findings() == [])
    }

    @Test func `nothing of a batch stays where a param has another value`() throws {
        let run = try newRun()
        try store.log(batch([], params: [("a", "1")]), of: run)
        #expect(throws: StoreError.paramGiven(key: "a", value: "1")) {
            try store.log(batch([("new name", 0, 1)], params: [("b", "x"), ("a", "2")]), of: run)
        }
        #expect(try store.params(of: 1).count == 1)
        // A name that was undone with it is found again.
        try store.log(batch([("new name", 0, 1)]), of: run)
        #expect(try store.lastMetrics(of: 1).map(\.key) == ["new name"])
        #expect(try findings() == [])
    }

    @Test func `a silent run is killed, and goes on when its client is back`() throws {
        let run = try newRun()
        try store.setStaleAfter(1000)
        try store.connection.execute("UPDATE runs SET heartbeat = heartbeat - 5000")
        #expect(try store.remoteRun(run)?.status == .killed)
        try store.markDeadRuns()
        #expect(try store.connection.value("SELECT status FROM runs", as: String.self) == "killed")
        try store.log(batch([("a", 0, 1)]), of: run)
        #expect(try store.remoteRun(run)?.status == .running)
        // One that its client ended stays ended.
        _ = try store.updateRemoteRun(run, status: .killed, ended: 1)
        try store.log(batch([("a", 1, 1)]), of: run)
        #expect(try store.remoteRun(run)?.status == .killed)
        #expect(try findings() == [])
    }

    @Test func `a run without a process is deleted and restored as it is`() throws {
        let run = try newRun()
        _ = try store.delete([1])
        #expect(throws: StoreError.runIsDeleted(number: 1)) { try store.log(batch([("a", 0, 1)]), of: run) }
        _ = try store.restore([1])
        #expect(try store.remoteRun(run)?.status == .running)
        _ = try store.createRemoteExperiment(named: "b")
        _ = try store.startRemoteRun(experiment: 1, name: "second")
        #expect(try store.deleteExperiment("b") == 1)
    }

    private func search(
        _ clauses: [RemoteSearch.Clause],
        order: [RemoteSearch.Key] = [],
        of experiments: [Int64] = [0],
        lifecycles: [Lifecycle] = [.active]
    ) throws -> [Int64] {
        var search = RemoteSearch()
        (search.clauses, search.order) = (clauses, order)
        return try store.remoteRuns(of: experiments, matching: search, lifecycles: lifecycles, limit: 10).runs.map(
            \.number
        )
    }

    private func metric(_ key: String, _ comparison: RemoteSearch.Comparison, _ value: Double) -> RemoteSearch.Clause {
        .init(.metric(ExactText(key)), .compare(comparison, .real(value)))
    }

    @Test func `a search takes keys that look alike for two, and as many keys as are given`() throws {
        let run = try newRun()
        try store.log(
            batch([("\u{2126}", 0, 1), ("\u{3A9}", 0, 2)], params: [("\u{212A}", "a"), ("K", "b")]),
            of: run
        )
        #expect(try search([metric("\u{2126}", .equal, 1), metric("\u{3A9}", .equal, 2)]) == [1])
        #expect(try search([metric("\u{2126}", .equal, 2)]) == [])
        let params = [("\u{212A}", "a"), ("K", "b")].map { key, value in
            RemoteSearch.Clause(.param(ExactText(key)), .compare(.equal, .text(value)))
        }
        #expect(try search(params) == [1])
        let many = (0..<100).map { ("m\($0)", 0 as Int64, Double($0)) }
        try store.log(batch(many), of: run)
        let clauses = many.map { metric($0.0, .atLeast, $0.2) }
        let order = many.map { RemoteSearch.Key(.metric(ExactText($0.0)), isDescending: true) }
        #expect(try search(clauses, order: order) == [1])
        #expect(try search(clauses + [metric("m99", .less, 99)], order: order) == [])
    }

    @Test func `a search orders NaN behind numbers and before nothing, and finds experiments, lifecycles and ids`()
        throws
    {
        let values = [1, .nan, -.infinity, 3, nil] as [Double?]
        var uuids: [String] = []
        for value in values {
            let uuid = try newRun()
            uuids.append(uuid)
            if let value { try store.log(batch([("loss", 0, value)]), of: uuid) }
        }
        let key = RemoteSearch.Field.metric(ExactText("loss"))
        #expect(try search([], order: [.init(key, isDescending: false)]) == [3, 1, 4, 2, 5])
        #expect(try search([], order: [.init(key, isDescending: true)]) == [4, 1, 3, 2, 5])
        #expect(try search([metric("loss", .unequal, 1)], order: [.init(key, isDescending: false)]) == [3, 4, 2])
        let second = try store.createRemoteExperiment(named: "second")
        let other = try store.startRemoteRun(experiment: second, name: "other")
        _ = try store.delete([4], isForced: true)
        let byStart = [RemoteSearch.Key(.startTime, isDescending: false), .init(.runID, isDescending: false)]
        #expect(try Set(search([], order: byStart)) == [1, 2, 3, 5])
        #expect(try search([], lifecycles: [.deleted]) == [4])
        #expect(
            try Set(search([], of: [0, second], lifecycles: [.active, .deleted])) == [1, 2, 3, 4, 5, other.number]
        )
        #expect(try search([.init(.runID, .compare(.equal, .text(uuids[1])))]) == [2])
        #expect(try search([.init(.runID, .among([.text(uuids[2]), .text(other.uuid)], isNegated: false))]) == [3])
    }
}
