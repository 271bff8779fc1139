import TestSupport
import Testing

@testable import Storage

@Suite struct EditTests {
    private let folder: TemporaryFolder
    private let store: Store

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.file("varve.db"), for: .writing)
    }

    /// Records a run as another program reports it, or as Varve executes it.
    private func addRun(executed: Bool = false, isFinished: Bool = true) throws -> Int64 {
        var recorder = try Recorder(store)
        var new = NewRun()
        new.architecture = "resnt"
        new.params = [("lr", .real(0.1)), ("optimiser", .text("sgd"))]
        if executed { new.configuration = ["width": .integer(100)] }
        let open = try recorder.start(new, layers: twoLayers)
        try recorder.log(open, step: 0, variances: [1, .nan])
        try recorder.log(open, step: 1, variances: [2, 3])
        if isFinished { try recorder.finish(open, RunEnding(.finished)) } else { try recorder.flush() }
        return open.number
    }

    @Test func `what a logged run was called is corrected, and the old values are kept`() throws {
        let run = try addRun()
        var edit = RunEdit()
        edit.name = "first"
        edit.experiment = "depth"
        edit.architecture = "resnet"
        edit.seed = 3
        edit.status = .failed
        edit.measure = "second_moment"
        edit.params = [("lr", .real(0.2)), ("width", .integer(8))]
        edit.removedParams = ["optimiser"]
        let edits = try store.edit([run], edit)
        #expect(
            edits.map(\.field) == [
                "experiment", "name", "architecture", "seed", "status", "measure", "params.lr", "params.optimiser",
                "params.width",
            ]
        )
        let found = try #require(try store.run(number: run))
        #expect(found.name == "first" && found.experiment == "depth" && found.architecture == "resnet")
        #expect(found.seed == 3 && found.status == .failed)
        #expect(try store.params(of: run).map(\.key) == ["lr", "width"])
        #expect(try store.measures(of: found).map(\.measure) == ["second_moment", "second_moment"])
        #expect(try store.measures(of: found).map(\.variance) == [2, 3])
        #expect(try Set(store.edits(of: run).map(\.old)).isSuperset(of: [.text("resnt"), .real(0.1), .text("sgd")]))
        #expect(try store.damages() == [])
        // The same again is no change; two changes in one moment are two.
        #expect(try store.edit([run], edit).isEmpty)
        for seed in 4...6 {
            var next = RunEdit()
            next.seed = Int64(seed)
            #expect(try store.edit([run], next).count == 1)
        }
        #expect(
            try store.edits(of: run).filter { $0.field == "seed" }.map(\.new) == [3, 4, 5, 6].map(SQLValue.integer)
        )
    }

    @Test func `of a run that Varve executed only name and experiment change`() throws {
        let (logged, executed) = (try addRun(), try addRun(executed: true))
        var edit = RunEdit()
        edit.name = "good"
        edit.experiment = "depth"
        #expect(try store.edit([logged, executed], edit).count == 4)
        #expect(try store.damages() == [])
        edit.seed = 4
        #expect(throws: StoreError.executedRunEdited(number: executed)) { try store.edit([logged, executed], edit) }
        #expect(try store.run(number: logged)?.seed == nil)
    }

    @Test func `what a process records is edited when it has ended`() throws {
        let run = try addRun(isFinished: false)
        var edit = RunEdit()
        edit.architecture = "resnet"
        #expect(throws: StoreError.runIsRecorded(number: run)) { try store.edit([run], edit) }
        edit.architecture = nil
        edit.name = "first"
        #expect(try store.edit([run], edit).count == 1)
        // One that came from elsewhere has no process.
        try store.connection.execute("UPDATE runs SET pid = NULL, heartbeat = started + 5")
        edit.status = .killed
        #expect(try store.edit([run], edit).map(\.field) == ["status"])
        let found = try #require(try store.run(number: run))
        #expect(found.ended == found.started + 5)
        #expect(try store.damages() == [])
    }

    @Test func `an edit mends no damage, and layers never become one`() throws {
        let run = try addRun()
        try store.connection.execute("UPDATE layer_variances SET variance = 9 WHERE step = 1")
        var edit = RunEdit()
        edit.measure = "other"
        #expect(try store.edit([run], edit).count == 1)
        #expect(try !store.damages().isEmpty)

        var recorder = try Recorder(store)
        let places = ["population_mean", "second_moment"].map { LayerPlace(name: "in", position: 0, measure: $0) }
        let open = try recorder.start(NewRun(), layers: places)
        try recorder.log(open, step: 0, variances: [1, 2])
        try recorder.finish(open, RunEnding(.finished))
        #expect(throws: StoreError.layersWouldBeOne(run: open.number, layer: "in", measure: "other")) {
            try store.edit([open.number], edit)
        }
    }

    @Test func `a run is found by its name where it is the only one`() throws {
        let (first, second) = (try addRun(), try addRun())
        var edit = RunEdit()
        edit.name = "my run"
        _ = try store.edit([first], edit)
        #expect(try store.run("my run").number == first)
        _ = try store.edit([second], edit)
        #expect(throws: StoreError.ambiguousRun(word: "my run", runs: [first, second])) { try store.run("my run") }
        _ = try store.delete([first])
        #expect(try store.run("my run").number == second)
        #expect(throws: StoreError.notARun(word: "my")) { try store.run("my") }
    }

    @Test func `tags that are removed and runs that are purged leave a note`() throws {
        let (first, second) = (try addRun(), try addRun())
        try store.tag([first], with: [("colour", "blue")])
        try store.tag([first, second], with: [], removing: ["colour"])
        #expect(try store.connection.value("SELECT count(*) FROM tag_removals WHERE removed > 0", as: Int.self) == 1)
        _ = try store.delete([first, second])
        #expect(throws: StoreError.runGone(number: 9, path: store.path)) { try store.purge([second, 9]) }
        #expect(try store.purge([second]).runs == 1)
        #expect(try store.connection.value("SELECT run FROM purges", as: Int64.self) == second)
        #expect(try store.runNumbers(matching: .all, lifecycle: .deleted) == [first])
        _ = try store.restore([first])
        #expect(throws: StoreError.runIsActive(number: first)) { try store.purge([first]) }
    }
}
