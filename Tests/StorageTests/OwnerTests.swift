import TestSupport
import Testing

@testable import Storage

/// Who is dead.
@Suite struct OwnerTests {
    private let folder: TemporaryFolder
    private let store: Store

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.file("varve.db"), for: .writing)
    }

    private static let here = Owner(
        host: "a",
        machineID: "m",
        bootID: "b",
        pidNamespace: "pid:[1]",
        pid: 1,
        processStarted: 0
    )

    private func life(heartbeat: Int64? = 1000, booted: Int64 = 500, _ change: (inout Owner) -> Void) -> Owner.Life {
        var owner = Self.here
        // No process has this number.
        owner.pid = 1 << 40
        change(&owner)
        return owner.life(heartbeat: heartbeat, seenFrom: Self.here, booted: booted)
    }

    @Test func `a process is dead where its own process table lacks it, and alive where the table has it`() throws {
        #expect(life { _ in } == .dead)
        #expect(life { $0.pid = -1 } == .dead)
        #expect(life { $0 = Self.here } == .alive)
        let started = try #require(Owner.startTime(of: 1))
        #expect(life { ($0.pid, $0.processStarted) = (1, started) } == .alive)
        #expect(life { ($0.pid, $0.processStarted) = (1, started + 1) } == .dead)
        #expect(Owner.current.life(heartbeat: nil) == .alive)
    }

    @Test func `what cannot be looked at from here is unknown`() {
        #expect(life { $0.host = "c" } == .unknown)
        #expect(life { $0.machineID = "n" } == .unknown)
        #expect(life { $0.machineID = nil } == .unknown)
        #expect(life { $0.pidNamespace = "pid:[2]" } == .unknown)
        #expect(life { $0.pidNamespace = nil } == .unknown)
        #expect(life { $0.bootID = "" } == .unknown)
    }

    @Test func `another boot of this machine is dead unless it was heard of since this one began`() {
        #expect(life(heartbeat: 499) { $0.bootID = "before" } == .dead)
        #expect(life(heartbeat: nil) { $0.bootID = "before" } == .dead)
        #expect(life(heartbeat: 500) { $0.bootID = "before" } == .unknown)
        #expect(life(heartbeat: .max) { $0.bootID = "before" } == .unknown)
        // Two machines of one name.
        #expect(life(heartbeat: 499) { ($0.bootID, $0.machineID) = ("before", nil) } == .unknown)
        #expect(life(heartbeat: 499) { ($0.bootID, $0.machineID) = ("before", "n") } == .unknown)
        #expect(abs(Owner.booted - Moment.now) > 0)
    }

    @Test func `an unknown run stays as running for list, filter and check, with when it was heard of`() throws {
        var recorder = try Recorder(store)
        let run = try recorder.start(NewRun(), layers: [])
        try store.connection.execute("UPDATE runs SET host = 'elsewhere', heartbeat = 1000")
        let other = try Store(path: store.path, for: .writing)
        #expect(try other.run("1").status == .running)
        #expect(try other.run("1").lastHeard == 1000)
        #expect(try other.life(of: 1) == .unknown)
        #expect(try other.runNumbers(matching: Filter(parsing: "status = 'running'")) == [1])
        #expect(throws: StoreError.self) { try recorder.reopen(uuid: String(repeating: "0", count: 32)) }
        var second = try Recorder(other)
        #expect(throws: StoreError.self) { try second.reopen(uuid: run.uuid) }
        let taken = try second.reopen(uuid: run.uuid, isForced: true)
        #expect(taken.number == 1)
        try second.finish(taken, RunEnding(.finished))
        #expect(try other.run("1").lastHeard == nil)
    }

    @Test func `a run without a process is killed when nothing was heard of it for the time that the store says`()
        throws
    {
        var recorder = try Recorder(store)
        _ = try recorder.start(NewRun(), layers: [])
        let hour: Int64 = 3_600_000
        try store.connection.execute("UPDATE runs SET host = NULL, pid = NULL, heartbeat = \(Moment.now - 5 * hour)")
        #expect(try store.life(of: 1) == .remote)
        try store.connection.execute("INSERT INTO settings VALUES ('stale_after', \(4 * hour))")
        #expect(try store.life(of: 1) == .dead)
        #expect(try store.run("1").status == .killed)
        try store.connection.execute("DELETE FROM settings WHERE key = 'stale_after'")
        for moment in [Int64.min, .max] {
            try store.connection.execute(
                "UPDATE runs SET heartbeat = \(moment)".replacing(
                    "-9223372036854775808",
                    with: "-9223372036854775807 - 1"
                )
            )
            #expect(try store.life(of: 1) == (moment < 0 ? .dead : .remote))
        }
        // It may be deleted at any time.
        #expect(try store.delete([1]) == [1])
    }

    @Test
    func `an experiment is deleted with runs that have no process, and by force with those that nobody can judge`()
        throws
    {
        var recorder = try Recorder(store)
        var new = NewRun()
        new.experiment = "depth"
        for _ in 1...2 { _ = try recorder.start(new, layers: []) }
        #expect(storeError { _ = try store.deleteExperiment("depth") } == .runIsRunning(number: 1, experiment: "depth"))
        #expect(storeError { _ = try store.compact() } == .recording(run: 1, path: store.path))
        try store.connection.execute("UPDATE runs SET host = NULL, pid = NULL")
        _ = try store.compact()
        try store.connection.execute("UPDATE runs SET host = 'elsewhere', pid = 1 WHERE id = 2")
        #expect(storeError { _ = try store.compact() } == .recording(run: 2, path: store.path))
        let error = storeError { _ = try store.deleteExperiment("depth") }
        guard case .mayBeRecorded(run: 2, _, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try store.run("1").status == .running, "all of it or nothing")
        #expect(try store.deleteExperiment("depth", isForced: true) == 2)
        #expect(try store.run(number: 2)?.status == .killed)
    }

    @Test func `the list in SQL that people type calls dead what all commands call dead`() throws {
        var recorder = try Recorder(store)
        for _ in 1...2 { _ = try recorder.start(NewRun(), layers: []) }
        let listed = "SELECT run, status, ended FROM run_list ORDER BY run"
        func rows() throws -> [[SQLValue]] {
            var rows: [[SQLValue]] = []
            try Store(path: store.path, for: .typed).query(listed) { rows.append($0) }
            return rows
        }
        let running: [SQLValue] = [.integer(1), .text("running"), .null]
        #expect(try rows() == [running, [.integer(2), .text("running"), .null]])
        try store.connection.execute("UPDATE runs SET pid = 1 << 40 WHERE id = 2")
        #expect(try rows() == [running, [.integer(2), .text("killed"), .null]])
        let columns = "SELECT * FROM run_list"
        #expect(try Store(path: store.path, for: .typed).columns(of: columns).count == 14)
        #expect(try store.connection.prepareOnly(columns).columnCount == 14)
    }

    @Test func `a recorder of the same number and start in another namespace is another one`() throws {
        var recorder = try Recorder(store)
        let run = try recorder.start(NewRun(), layers: [])
        try store.connection.execute("UPDATE runs SET pid_namespace = 'pid:[1]'")
        try recorder.log(run, step: 0, metric: "loss", 1)
        #expect(storeError { try recorder.flush() } == .endedByOthers(run: 1))
    }

    @Test func `a purge leaves what may still be recorded, unless it is forced`() throws {
        var recorder = try Recorder(store)
        _ = try recorder.start(NewRun(), layers: [])
        try store.connection.execute("UPDATE runs SET host = 'elsewhere', lifecycle = 'deleted'")
        #expect(try store.purge().runs == 0)
        #expect(try store.purgeableRuns(isForced: true) == [1])
        let error = storeError { _ = try store.purgeableRuns([1]) }
        guard case .mayBeRecorded(run: 1, _, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try store.purge(isForced: true).runs == 1)
    }
}
