import TestSupport
import Testing

@testable import Storage

@Suite struct RunTests {
    private let folder: TemporaryFolder
    private let store: Store

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.file("varve.db"), for: .writing)
    }

    private func addRun(_ change: (inout NewRun) -> Void = { _ in }) throws -> OpenRun {
        var recorder = try Recorder(store)
        var new = NewRun()
        change(&new)
        let open = try recorder.start(new, layers: [])
        try recorder.finish(open, RunEnding(.finished))
        return open
    }

    @Test func `runs come newest first and as many as asked for`() throws {
        for _ in 0..<5 { _ = try addRun() }
        var numbers: [Int64] = []
        try store.forEachRun { numbers.append($0.number) }
        #expect(numbers == [5, 4, 3, 2, 1])
        numbers = []
        try store.forEachRun(limit: 2) { numbers.append($0.number) }
        #expect(numbers == [5, 4])
    }

    @Test func `a run is found by number and by a unique beginning of its uuid`() throws {
        let run = try addRun()
        #expect(try store.run("1").uuid == run.uuid)
        #expect(try store.run("0001").uuid == run.uuid)
        #expect(try store.run(run.uuid).number == 1)
        #expect(try store.run(run.uuid.uppercased()).number == 1)
        #expect(run.uuid.utf8.count == 32)
        try store.connection.execute("UPDATE runs SET uuid = 'abcd0000000000000000000000000001'")
        #expect(try store.run("abcd").number == 1)
        _ = try addRun()
        try store.connection.execute("UPDATE runs SET uuid = 'abcd0000000000000000000000000002' WHERE id = 2")
        let error = #expect(throws: StoreError.self) { try store.run("abcd") }
        #expect(error?.description.contains("1, 2") == true)
    }

    @Test(arguments: ["2", "99999999999999999999", "abc", "zzzz", "", "dead", "-1", "1 OR 1"])
    func `a word that names no run is refused`(_ word: String) throws {
        _ = try addRun()
        try store.connection.execute("UPDATE runs SET uuid = 'abcd0000000000000000000000000001'")
        let error = #expect(throws: StoreError.self) { try store.run(word) }
        #expect(error?.code == .missing)
    }

    @Test func `a number is never given twice`() throws {
        _ = try addRun()
        let last = try addRun()
        try store.connection.execute("DELETE FROM runs WHERE id = \(last.number)")
        #expect(try addRun().number == last.number + 1)
    }

    @Test func `an experiment is made by its first run and a deleted one is refused`() throws {
        _ = try addRun { $0.experiment = "depth" }
        #expect(try store.run("1").experiment == "depth")
        #expect(try store.connection.value("SELECT id FROM experiments WHERE name = 'Default'", as: Int64.self) == 0)
        try store.connection.execute("UPDATE experiments SET lifecycle = 'deleted' WHERE name = 'depth'")
        #expect(throws: StoreError.self) { try addRun { $0.experiment = "depth" } }
        // Nothing of the refused run stays.
        #expect(try store.connection.value("SELECT count(*) FROM runs", as: Int.self) == 1)
    }

    @Test func `a run whose process has died reads as killed and is noted so by the next writer`() throws {
        var recorder = try Recorder(store)
        let open = try recorder.start(NewRun(), layers: [])
        #expect(try store.run("1").status == .running)
        // The same process number, but the process began at another time.
        try store.connection.execute("UPDATE runs SET process_started = process_started - 1")

        let reader = try Store(path: store.path, for: .reading)
        #expect(try reader.run("1").status == .killed)
        var listed: [RunStatus] = []
        try reader.forEachRun { listed.append($0.status) }
        #expect(listed == [.killed])
        #expect(try reader.connection.value("SELECT status FROM runs", as: String.self) == "running")

        _ = try Store(path: store.path, for: .writing)
        #expect(try reader.connection.value("SELECT status FROM runs", as: String.self) == "killed")
        // A recorder whose run was sealed says so.
        let error = #expect(throws: StoreError.self) { try recorder.finish(open, RunEnding(.finished)) }
        #expect(error == .endedByOthers(run: 1))
        #expect(try reader.run("1").status == .killed)
    }
}
