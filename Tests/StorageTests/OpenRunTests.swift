import TestSupport
import Testing

@testable import Storage

/// Runs that are being recorded: gone on with, flushed alone, given times, deleted under their recorder.
@Suite struct OpenRunTests {
    private let folder: TemporaryFolder
    private let store: Store

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.file("varve.db"), for: .writing)
    }

    /// A finished run of two layers and a metric, with steps 0 to 4.
    private func finishedRun() throws -> OpenRun {
        var recorder = try Recorder(store)
        let run = try recorder.start(NewRun(), layers: twoLayers)
        for step in 0..<5 {
            try recorder.log(run, step: step, variances: [1, 2])
            try recorder.log(run, step: step, metric: "loss", Double(step), at: 1)
        }
        try recorder.finish(run, RunEnding(.finished))
        return run
    }

    @Test func `a run goes on where it ended, and is as whole as one that never stopped`() throws {
        let first = try finishedRun()
        let other = try finishedRun()
        let untouched = try store.run(number: other.number)
        var recorder = try Recorder(store)
        var run = try recorder.reopen(uuid: first.uuid)
        #expect(run.number == first.number)
        #expect(try store.run(number: run.number)?.status == .running)
        #expect(try store.run(number: run.number)?.ended == nil)
        // No seal while it is open.
        let sealed = "SELECT run_checksum IS NOT NULL FROM runs WHERE id = \(run.number)"
        #expect(try store.connection.value(sealed) == 0)
        let output = try recorder.add(twoLayers[1], to: &run)
        try recorder.log(run, step: 4, layer: output, variance: 7)
        try recorder.log(run, step: 9, layer: output, variance: 8)
        try recorder.log(run, step: 9, metric: "loss", 0.5, at: 2)
        // What is there already is dropped.
        try recorder.log(run, step: 4, metric: "loss", 4, at: 1)
        try recorder.finish(run, RunEnding(.finished))
        #expect(try store.connection.value(sealed) == 1)
        let found = try #require(try store.run(number: run.number))
        #expect(found.lastStep == 9)
        #expect(found.steps == 10)
        #expect(try store.variances(of: found).map(\.variance) == [1, 8])
        #expect(try store.variances(of: found, step: 4).map(\.variance) == [1, 7])
        #expect(try store.lastMetrics(of: run.number) == [Metric(key: "loss", step: 9, value: StoredReal(0.5))])
        #expect(try store.run(number: other.number) == untouched)
        #expect(try store.damages() == [])
    }

    @Test func `a layer that the run has keeps its place, a new one comes after`() throws {
        let first = try finishedRun()
        var recorder = try Recorder(store)
        var run = try recorder.reopen(uuid: first.uuid)
        let further = LayerPlace(name: "Further", position: 2, measure: LayerPlace.populationMean)
        #expect(try twoLayers.map { try recorder.add($0, to: &run) } == [0, 1])
        #expect(try recorder.add(further, to: &run) == 2)
        try recorder.log(run, step: 5, variances: [1, 2, 3])
        try recorder.finish(run, RunEnding(.finished))
        #expect(try store.layers(ofRun: run.number).map(\.place.name) == ["Input", "Output", "Further"])
        #expect(try store.damages() == [])
    }

    @Test func `a run that is not there, or is deleted, or somebody else's, does not go on`() throws {
        var recorder = try Recorder(store)
        #expect(throws: StoreError.self) { try recorder.reopen(uuid: String(repeating: "0", count: 32)) }
        let deleted = try finishedRun()
        _ = try store.delete([deleted.number])
        #expect(throws: StoreError.self) { try recorder.reopen(uuid: deleted.uuid) }
        let foreign = try recorder.start(NewRun(), layers: [])
        // Process 1 lives, in this boot of this machine.
        try store.connection.prepareOnly("UPDATE runs SET pid = 1, process_started = ? WHERE id = ?")
            .run(try #require(Owner.startTime(of: 1)), foreign.number)
        let error = #expect(throws: StoreError.self) { try recorder.reopen(uuid: foreign.uuid) }
        #expect(error?.description.contains("another process") == true)
    }

    @Test func `flushing one run touches no other`() throws {
        var recorder = try Recorder(store)
        let run = try recorder.start(NewRun(), layers: twoLayers)
        let other = try recorder.start(NewRun(), layers: twoLayers)
        for open in [run, other] {
            try recorder.log(open, step: 3, variances: [1, 2])
            try recorder.log(open, step: 3, metric: "loss", 1)
        }
        let before = try store.run(number: other.number)
        try recorder.flush(run)
        let rows = "SELECT count(*) FROM layer_variances WHERE run_id = "
        #expect(try store.connection.value(rows + "\(run.number)") == 2)
        #expect(try store.connection.value(rows + "\(other.number)") == 0)
        #expect(try store.run(number: run.number)?.lastStep == 3)
        #expect(try store.run(number: other.number) == before)
        try recorder.finish(run, RunEnding(.finished))
        #expect(try store.connection.value(rows + "\(other.number)") == 0)
        try recorder.flush()
        #expect(try store.connection.value(rows + "\(other.number)") == 2)
    }

    @Test func `the steps of a run that goes on or was killed are those that were recorded`() throws {
        var recorder = try Recorder(store)
        let run = try recorder.start(NewRun(), layers: twoLayers)
        try recorder.log(run, step: 6, variances: [1, 2])
        try recorder.flush()
        #expect(try store.run(number: run.number)?.steps == 7)
        try recorder.log(run, step: 9, metric: "loss", 1)
        try recorder.finish(run, RunEnding(.killed))
        #expect(try store.run(number: run.number)?.steps == 10)
        #expect(try store.run(number: run.number)?.lastStep == 6)
        let exact = try recorder.start(NewRun(), layers: twoLayers)
        try recorder.log(exact, step: 6, variances: [1, 2])
        try recorder.finish(exact, RunEnding(.finished, steps: 12))
        #expect(try store.run(number: exact.number)?.steps == 12)
    }

    @Test func `steps may be negative, and the greatest is the last`() throws {
        var recorder = try Recorder(store)
        let run = try recorder.start(NewRun(), layers: twoLayers)
        for step in [-3, -7] {
            try recorder.log(run, step: step, variances: [Float(step), 1])
            try recorder.log(run, step: step, metric: "loss", Double(step))
        }
        try recorder.finish(run, RunEnding(.finished))
        let found = try #require(try store.run(number: run.number))
        #expect(found.lastStep == -3)
        #expect(found.steps == 0)
        #expect(try store.variances(of: found).map(\.variance) == [-3, 1])
        #expect(try store.lastMetrics(of: run.number) == [Metric(key: "loss", step: -3, value: StoredReal(-3))])
        #expect(try store.commonStep(of: run.number, and: run.number) == -7)
        #expect(try store.damages() == [])
    }

    @Test(arguments: [Int.max, Int.min, 1 << 62 + 1]) func `steps that could not be counted are refused`(_ step: Int)
        throws
    {
        var recorder = try Recorder(store)
        let run = try recorder.start(NewRun(), layers: twoLayers)
        for error in [
            #expect(throws: StoreError.self) { try recorder.log(run, step: step, variances: [1, 2]) },
            #expect(throws: StoreError.self) { try recorder.log(run, step: step, layer: 0, variance: 1) },
            #expect(throws: StoreError.self) { try recorder.log(run, step: step, metric: "loss", 1) },
        ] { #expect(error?.description.contains("\(step)") == true) }
        try recorder.finish(run, RunEnding(.finished))
        #expect(try store.run(number: run.number)?.steps == 0)
    }

    @Test func `start, end and timestamps are kept as given, within the years 1 to 9999`() throws {
        var recorder = try Recorder(store)
        var new = NewRun()
        new.started = Moment.range.lowerBound
        let run = try recorder.start(new, layers: [])
        try recorder.log(run, step: 0, metric: "loss", 1, at: Moment.range.upperBound)
        var ending = RunEnding(.finished)
        ending.ended = 5
        for wrong in [Moment.range.lowerBound - 1, Moment.range.upperBound + 1, .min, .max] {
            var (early, late) = (new, ending)
            early.started = wrong
            late.ended = wrong
            #expect(throws: StoreError.self) { try recorder.start(early, layers: []) }
            #expect(throws: StoreError.self) { try recorder.log(run, step: 1, metric: "loss", 1, at: wrong) }
            #expect(throws: StoreError.self) { try recorder.finish(run, late) }
        }
        try recorder.finish(run, ending)
        let found = try #require(try store.run(number: run.number))
        #expect(found.started == Moment.range.lowerBound)
        #expect(found.ended == 5)
        #expect(found.status == .finished)
        #expect(try store.connection.value("SELECT timestamp FROM run_metric_keys") == Moment.range.upperBound)
        #expect(
            try store.connection.value("SELECT started_at || ', ' || ended_at FROM run_list")
                == "0001-01-01 00:00:00, 1970-01-01 00:00:00"
        )
    }

    @Test func `a run that may be running is deleted only by force, and its recorder says so, once`() throws {
        var recorder = try Recorder(store)
        let run = try recorder.start(NewRun(), layers: twoLayers)
        let other = try recorder.start(NewRun(), layers: twoLayers)
        try recorder.log(run, step: 0, variances: [1, 2])
        try recorder.flush()
        #expect(throws: StoreError.self) { try store.delete([run.number], isForced: true) }
        try store.connection.execute("UPDATE runs SET host = 'elsewhere' WHERE id = \(run.number)")
        let error = #expect(throws: StoreError.self) { try store.delete([run.number]) }
        #expect(error?.description.contains("run 1 may still be recorded, by a process on elsewhere") == true)
        #expect(try store.delete([run.number], isForced: true) == [run.number])
        #expect(try store.run(number: run.number)?.status == .killed)
        for open in [run, other] { try recorder.log(open, step: 1, variances: [3, 4]) }
        let gone = #expect(throws: StoreError.self) { try recorder.flush() }
        #expect(gone?.description.contains("run \(run.number) was deleted") == true)
        // It has ended for this recorder; the other one goes on.
        #expect(throws: StoreError.self) { try recorder.log(run, step: 2, variances: [3, 4]) }
        try recorder.finish(other, RunEnding(.finished))
        #expect(try store.run(number: other.number)?.lastStep == 1)
        #expect(try store.damages() == [])
        // It can be purged like any other, and restored as it was until then.
        #expect(try store.purgeableRuns() == [run.number])
        _ = try store.restore([run.number])
        #expect(try store.run(number: run.number)?.lastStep == 0)
    }

    @Test func `a run that was purged under its recorder is said to be gone`() throws {
        var recorder = try Recorder(store)
        let run = try recorder.start(NewRun(), layers: twoLayers)
        try store.connection.execute("UPDATE runs SET host = 'elsewhere'")
        _ = try store.delete([run.number], isForced: true)
        _ = try store.purge()
        try recorder.log(run, step: 0, variances: [1, 2])
        #expect(throws: StoreError.self) { try recorder.finish(run, RunEnding(.finished)) }
        #expect(try store.connection.value("SELECT count(*) FROM layer_variances") == 0)
        #expect(try store.damages() == [])
    }

    private func named(_ name: String) -> RunEdit {
        var edit = RunEdit()
        edit.name = name
        return edit
    }

    @Test func `another name breaks no seal, and mends none`() throws {
        let run = try finishedRun()
        _ = try store.edit([run.number], named("a good one"))
        #expect(try store.run(number: run.number)?.name == "a good one")
        #expect(try store.damages() == [])
        try store.connection.execute("UPDATE runs SET architecture = 'other'")
        _ = try store.edit([run.number], named(""))
        #expect(try store.run(number: run.number)?.name == nil)
        #expect(try store.damages().count == 1)
        #expect(throws: StoreError.self) { try store.edit([99], named("nobody")) }
    }

    @Test func `whatever changes a run is dated`() throws {
        let run = try finishedRun()
        func updated(_ change: () throws -> Void) throws -> Bool {
            try store.connection.execute("UPDATE runs SET updated = 7; UPDATE tags SET updated = 7")
            try change()
            return try store.connection.value("SELECT updated FROM runs") as Int64 > 7
        }
        #expect(try updated { try store.tag([run.number], with: [("colour", "blue")]) })
        #expect(try store.connection.value("SELECT updated FROM tags") as Int64 > 7)
        #expect(try updated { try store.tag([run.number], with: [], removing: ["colour"]) })
        #expect(try updated { _ = try store.edit([run.number], named("other")) })
        #expect(try updated { _ = try store.delete([run.number]) })
        #expect(try updated { _ = try store.restore([run.number]) })
        #expect(
            try updated {
                var recorder = try Recorder(store)
                try recorder.finish(recorder.reopen(uuid: run.uuid), RunEnding(.finished))
            }
        )
    }
}
