import TestSupport
import Testing

@testable import Storage

@Suite struct LifecycleTests {
    private let folder: TemporaryFolder
    private let store: Store

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.file("varve.db"), for: .writing)
    }

    @discardableResult
    private func addRun(experiment: String = "Default", finished: Bool = true) throws -> Int64 {
        var recorder = try Recorder(store)
        var new = NewRun()
        new.experiment = experiment
        let open = try recorder.start(new, layers: [])
        if finished { try recorder.finish(open, RunEnding(.finished)) }
        return open.number
    }

    private func listed(_ lifecycle: Lifecycle = .active) throws -> [Int64] {
        try store.runNumbers(matching: .all, lifecycle: lifecycle)
    }

    @Test func `deleted runs are left out until they are restored`() throws {
        for _ in 1...4 { try addRun() }
        #expect(try store.delete([4, 2]) == [4, 2])
        #expect(try listed() == [1, 3])
        #expect(try listed(.deleted) == [2, 4])
        #expect(try store.connection.value("SELECT count(*) FROM variances", as: Int.self) == 0)
        // What is deleted already is no mistake, and is said.
        #expect(try store.delete([1, 2]) == [1])
        #expect(try store.restore([4, 3]) == [4])
        #expect(try listed() == [3, 4])
        // It can still be looked at.
        #expect(try store.run("1").number == 1)
    }

    @Test func `all runs are deleted or none`() throws {
        try addRun()
        try addRun(finished: false)
        #expect(storeError { _ = try store.delete([1, 2]) } == .runIsRunning(number: 2, experiment: nil))
        #expect(storeError { _ = try store.delete([1, 9]) } == .runGone(number: 9, path: store.path))
        #expect(try listed() == [1, 2])
        // The process of the second one has died.
        try store.connection.execute("UPDATE runs SET process_started = process_started - 1 WHERE id = 2")
        #expect(try store.delete([1, 2]) == [1, 2])
    }

    @Test func `an experiment takes its runs along and brings back those and no others`() throws {
        for _ in 1...3 { try addRun(experiment: "depth") }
        try addRun()
        #expect(try store.delete([2]) == [2])
        #expect(try store.deleteExperiment("depth") == 2)
        #expect(try listed() == [4])
        #expect(try store.experiments().map(\.name) == ["Default"])
        #expect(try store.experiments(.deleted).map(\.name) == ["depth"])
        #expect(throws: StoreError.self) { try addRun(experiment: "depth") }
        #expect(storeError { _ = try store.restore([1]) } == .runOfDeletedExperiment(number: 1, experiment: "depth"))

        #expect(try store.restoreExperiment("depth") == 2)
        #expect(try listed() == [1, 3, 4])
        #expect(try store.experiments().map(\.runs) == [1, 2])
        #expect(try store.tags(of: 1).isEmpty)
        #expect(try store.restore([2]) == [2])
        // The second time as the first.
        #expect(try store.deleteExperiment("depth") == 3)
        #expect(try store.restoreExperiment("depth") == 3)
    }

    @Test func `an experiment with a running run is not deleted`() throws {
        try addRun(experiment: "depth")
        try addRun(experiment: "depth", finished: false)
        #expect(storeError { _ = try store.deleteExperiment("depth") } == .runIsRunning(number: 2, experiment: "depth"))
        #expect(try listed() == [1, 2])
        #expect(try store.experiments().count == 2)
    }

    @Test func `experiments are created and renamed, but never twice of one name`() throws {
        try store.createExperiment(named: "depth")
        try store.renameExperiment("depth", to: "width")
        #expect(try store.experiments().map(\.name) == ["Default", "width"])
        #expect(try store.experiments().map(\.id) == [0, 1])
        #expect(storeError { try store.createExperiment(named: "width") } == .experimentExists(name: "width"))
        #expect(storeError { try store.createExperiment(named: "") } == .emptyExperimentName)
        #expect(storeError { try store.renameExperiment("width", to: "Default") } == .experimentExists(name: "Default"))
        #expect(storeError { try store.renameExperiment("Default", to: "x") } == .experimentStays(name: "Default"))
        #expect(storeError { _ = try store.deleteExperiment("Default") } == .experimentStays(name: "Default"))
        #expect(storeError { _ = try store.deleteExperiment("none") } == .noExperiment(name: "none", path: store.path))
        #expect(storeError { _ = try store.restoreExperiment("width") } == .experimentIsActive(name: "width"))
        _ = try store.deleteExperiment("width")
        #expect(storeError { try store.createExperiment(named: "width") } == .experimentIsDeleted(name: "width"))
        #expect(storeError { _ = try store.deleteExperiment("width") } == .experimentIsDeleted(name: "width"))
    }

    @Test func `tags are set, replaced and removed, all or none`() throws {
        try addRun()
        try addRun()
        try store.tag([1, 2], with: [("a", "1"), ("a", "2"), ("b", "")])
        try store.tag([2], with: [("c", "3")], removing: ["a", "none"])
        #expect(try store.tags(of: 1).map(\.key) == ["a", "b"])
        #expect(try store.tags(of: 1).map(\.value) == [.text("2"), .text("")])
        #expect(try store.tags(of: 2).map(\.key) == ["b", "c"])
        #expect(throws: StoreError.self) { try store.tag([1, 9], with: [("d", "4")]) }
        #expect(try store.tags(of: 1).count == 2)
    }

    @Test(arguments: ["", String(repeating: "k", count: 251), "a\u{1B}b", "a\n", "varve.x"])
    func `keys that nobody could type are refused`(_ key: String) throws {
        try addRun()
        #expect(throws: StoreError.self) { try store.tag([1], with: [(key, "x")]) }
        var recorder = try Recorder(store)
        var new = NewRun()
        new.tags = [(key, "x")]
        #expect(throws: StoreError.self) { try recorder.start(new, layers: []) }
        new.tags = []
        new.params = [(key, .integer(1))]
        if key != "varve.x" { #expect(throws: StoreError.self) { try recorder.start(new, layers: []) } }
        try store.tag([1], with: [(String(repeating: "é", count: 250), "x")])
    }
}
