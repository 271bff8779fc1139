import TestSupport
import Testing

@testable import Storage

/// Copies of one run in two stores: those that differ, and those that were taken while it ran.
@Suite struct MergeCopiesTests: MergeSuite {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    static let differences = [
        ("UPDATE layer_variances SET variance = 7.5 WHERE run_id = 2 AND step = 9", "their variances"),
        ("UPDATE layer_variances SET variance = 1.0 WHERE run_id = 2 AND variance IS NULL", "their variances"),
        ("DELETE FROM layer_variances WHERE run_id = 2 AND step = 9", "their variances"),
        ("INSERT INTO layer_variances VALUES (2, 99, 1, 1.0)", "their variances"),
        ("UPDATE metrics SET value = -1 WHERE run_id = 2 AND step = 9", "their metrics"),
        ("UPDATE params SET value = 8 WHERE run_id = 2 AND key = 'width'", "their params"),
        ("DELETE FROM tensors WHERE run_id = 2 AND position = 1", "their weights"),
        ("UPDATE runs SET seed = 8 WHERE id = 2", "what they were begun with"),
        ("UPDATE runs SET status = 'failed' WHERE id = 2", "how they ended"),
    ]

    @Test(arguments: differences)
    func `the same uuid with other content is named, and holds up nothing else`(
        _ sql: String,
        _ what: String
    ) throws {
        try fill(store("a.db"), salt: 1)
        let all = try store("all.db")
        _ = try outcomes(all, "a.db")
        try fill(store("a.db"), salt: 1, runs: 1)
        let changed = try store("a.db")
        try changed.connection.execute(sql)
        try seal(2, in: changed)
        let before = try content(all)
        var merged: [MergedRun] = []
        _ = try all.merge(reading("a.db")) { merged.append($0) }
        #expect(merged.map(\.outcome) == [.present, .conflict, .present, .added])
        #expect(merged[1].difference == what)
        _ = try all.delete([4])
        _ = try all.purge()
        #expect(try content(all) == before)
        #expect(try isSound("all.db"))
        // The store can be written to and merged into as before.
        try fill(store("b.db"), salt: 2, runs: 1)
        #expect(try outcomes(all, "b.db") == [.added])
    }

    /// Gives a run's rows the checksums that they have.
    private func seal(_ run: Int64, in store: Store) throws {
        let rows = try RowChecksums(store)
        try store.connection.prepareOnly("UPDATE runs SET variances_checksum = ?, metrics_checksum = ? WHERE id = ?")
            .run(rows.variances(of: run), rows.metrics(of: run), run)
    }

    @Test func `rows of a run that is here already are not looked at where their checksums are equal`() throws {
        try fill(store("a.db"), salt: 1)
        let all = try store("all.db")
        _ = try outcomes(all, "a.db")
        let before = try content(all)
        try store("a.db").connection.execute("UPDATE layer_variances SET variance = 7.5 WHERE run_id = 2")
        #expect(try outcomes(all, "a.db") == [.present, .present, .present])
        #expect(try content(all) == before)
        // Where they would be copied they are.
        let other = try store("other.db")
        #expect(throws: StoreError.self) { try outcomes(other, "a.db") }
        #expect(try content(other).isEmpty)
    }

    /// A run that goes on.
    private func begin(_ recorder: inout Recorder) throws -> OpenRun {
        var run = try recorder.start(NewRun(), layers: twoLayers)
        try recorder.log(run, step: 0, variances: [1, 2])
        try recorder.log(run, step: 0, metric: "loss", 1)
        try recorder.flush()
        _ = try recorder.add(LayerPlace(name: "late", position: 2, measure: "unknown"), to: &run)
        return run
    }

    @Test(arguments: [false, true])
    func `a run that was merged while it ran is brought up to date once it has ended`(_ isTakenForDead: Bool) throws {
        var recorder = try Recorder(store("a.db"))
        let run = try begin(&recorder)
        let all = try store("all.db")
        #expect(try outcomes(all, "a.db") == [.added])
        #expect(try outcomes(all, "a.db") == [.present])
        try all.tag([1], with: [("mine", "yes")])
        if isTakenForDead {
            // On another machine its process cannot be seen, and after minutes it counts as dead.
            try all.connection.execute("UPDATE runs SET status = 'killed', ended = heartbeat")
        }
        try recorder.log(run, step: 1, variances: [3, 4, 5])
        // A program that goes back to a checkpoint records a step again.
        try recorder.log(run, step: 0, layer: 0, variance: 9)
        try recorder.log(run, param: "given", .text("late"))
        try recorder.flush()
        #expect(try outcomes(all, "a.db") == [.updated])
        #expect(try all.run("1").lastStep == 1)
        var ending = RunEnding(.finished, steps: 2)
        ending.finalTensors = [TensorRecord(name: "w", shape: [1], dtype: "F32", bytes: [1, 2, 3, 4])]
        try recorder.finish(run, ending)
        #expect(try outcomes(all, "a.db") == [.updated])
        #expect(try all.run("1").status == .finished)
        #expect(try all.tags(of: 1) == [Entry(key: "mine", value: .text("yes"))])
        try all.connection.execute("DELETE FROM tags")
        #expect(try content(all) == content(reading("a.db")))
        #expect(try isSound("all.db"))
        #expect(try outcomes(all, "a.db") == [.present])
    }

    @Test(arguments: [false, true], [false, true])
    func `a run that was merged while it ran is brought up to date once it was killed`(
        _ isTakenForDead: Bool,
        _ isRecordedAgain: Bool
    ) throws {
        var recorder = try Recorder(store("a.db"))
        let run = try begin(&recorder)
        _ = try store("old.db").merge(reading("a.db"))
        let all = try store("all.db")
        #expect(try outcomes(all, "a.db") == [.added])
        for copy in [all, try store("old.db")] {
            // The next sign of life may come within the same millisecond.
            try copy.connection.execute("UPDATE runs SET heartbeat = heartbeat - 1")
            if isTakenForDead {
                try copy.connection.execute("UPDATE runs SET status = 'killed', ended = heartbeat")
                try RunSeal(copy).seal(1)
            }
        }
        if isRecordedAgain { try recorder.log(run, step: 0, layer: 0, variance: 9) }
        try recorder.finish(run, RunEnding(.killed, steps: 7))
        #expect(try outcomes(all, "a.db") == [.updated])
        #expect(try all.run("1").steps == 7)
        #expect(try content(all) == content(reading("a.db")))
        #expect(try isSound("all.db"))
        #expect(try outcomes(all, "a.db") == [.present])
        // The older copy changes neither.
        #expect(try outcomes(all, "old.db") == [.present])
        #expect(try outcomes(store("a.db"), "old.db") == [.present])
        #expect(try content(all) == content(reading("a.db")))
    }

    @Test func `a run that goes on here stays when a copy of it that was taken for dead comes back`() throws {
        let origin = try store("a.db")
        var recorder = try Recorder(origin)
        let run = try begin(&recorder)
        let copy = try store("copy.db")
        _ = try copy.merge(reading("a.db"))
        try copy.connection.execute("UPDATE runs SET status = 'killed', ended = heartbeat")
        try RunSeal(copy).seal(1)
        #expect(try outcomes(origin, "copy.db") == [.present])
        #expect(try origin.run("1").status == .running)
        try recorder.log(run, step: 0, layer: 0, variance: 9)
        try recorder.flush()
        try copy.connection.execute("UPDATE runs SET heartbeat = heartbeat - 1, ended = ended - 1")
        try RunSeal(copy).seal(1)
        #expect(try outcomes(origin, "copy.db") == [.present])
        #expect(try origin.run("1").status == .running)
    }

    @Test func `two copies of a killed run that both have ended and differ are a conflict`() throws {
        var recorder = try Recorder(store("a.db"))
        let run = try begin(&recorder)
        try recorder.finish(run, RunEnding(.killed, steps: 1))
        let all = try store("all.db")
        _ = try outcomes(all, "a.db")
        let changed = try store("a.db")
        try changed.connection.execute("UPDATE layer_variances SET variance = 7.5")
        try seal(1, in: changed)
        var merged: [MergedRun] = []
        _ = try all.merge(reading("a.db")) { merged.append($0) }
        #expect(merged.map(\.difference) == ["their variances"] || merged.map(\.difference) == ["their rows"])
    }

    @Test func `an older copy of a run does not take the place of the whole one`() throws {
        var recorder = try Recorder(store("a.db"))
        let run = try begin(&recorder)
        _ = try store("old.db").merge(reading("a.db"))
        try recorder.log(run, step: 1, variances: [3, 4, 5])
        try recorder.finish(run, RunEnding(.finished, steps: 2))
        let whole = try store("a.db")
        let before = try content(whole)
        #expect(try outcomes(whole, "old.db") == [.present])
        #expect(try content(whole) == before)
    }

    /// A logged run in two stores, changed by hand in both.
    @Test func `of what was changed by hand on both sides the later change counts`() throws {
        let there = try store("a.db")
        var recorder = try Recorder(there)
        for _ in 0..<2 { try recorder.finish(begin(&recorder), RunEnding(.finished)) }
        try there.tag([1], with: [("kept", "old"), ("gone", "old"), ("note", "old")])
        let all = try store("all.db")
        #expect(try outcomes(all, "a.db") == [.added, .added])
        try all.tag([1], with: [("note", "here")])
        try all.tag([1], with: [], removing: ["kept"])
        // Later than that.
        try there.connection.execute("UPDATE tags SET updated = updated + 5000 WHERE key = 'kept'")
        try there.tag([1], with: [], removing: ["gone"])
        var edit = RunEdit()
        edit.architecture = "resnet"
        edit.params = [("lr", .real(0.1))]
        _ = try there.edit([1], edit)
        _ = try there.delete([2])
        try there.connection.execute(

            """
            UPDATE runs SET updated = updated + 5000;
            UPDATE tag_removals SET removed = removed + 5000
            """

        )
        #expect(try outcomes(all, "a.db") == [.updated, .labelled])
        let tags = try all.tags(of: 1)
        #expect(tags == [Entry(key: "kept", value: .text("old")), Entry(key: "note", value: .text("here"))])
        #expect(try all.run("1").architecture == "resnet")
        #expect(try all.params(of: 1) == [Entry(key: "lr", value: .real(0.1))])
        #expect(try all.edits(of: 1).count == 2)
        #expect(try all.lifecycle(of: 2) == .deleted)
        #expect(try isSound("all.db"))
        #expect(try outcomes(all, "a.db") == [.present, .present])
        _ = try all.delete([1])
        try all.connection.execute("UPDATE runs SET updated = updated + 9000 WHERE id = 1")
        var deletions: [MergedRun.Deletion?] = []
        for _ in 0..<2 { _ = try all.merge(store("a.db")) { deletions.append($0.deletion) } }
        #expect(deletions == [.kept, nil, .kept, nil])
        // What was purged here after its last change there stays away.
        try all.connection.execute("UPDATE purges SET purged = purged + 9000")
        _ = try all.purge([2])
        try all.connection.execute("UPDATE purges SET purged = purged + 9000")
        #expect(try outcomes(all, "a.db") == [.present, .purged])
    }
}
