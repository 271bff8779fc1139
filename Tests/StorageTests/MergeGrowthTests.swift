import Foundation
import TestSupport
import Testing

@testable import Storage

/// Runs that have grown since they were merged: only their new rows are copied.
@Suite struct MergeGrowthTests: MergeSuite {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func log(_ recorder: inout Recorder, _ run: OpenRun, _ steps: Range<Int>) throws {
        for step in steps {
            try recorder.log(run, step: step, variances: [Float(step), step % 7 == 0 ? .nan : .infinity])
            try recorder.log(
                run,
                step: step,
                metric: "loss",
                step % 5 == 0 ? .nan : Double(step),
                at: 1_700_000_000_000
            )
            if step % 10 == 0 { try recorder.log(run, step: step, metric: "late \(step / 1000)", 1) }
        }
        try recorder.flush()
    }

    /// How many rows a merge changes.
    private func changes(_ all: Store) throws -> Int64 {
        let before: Int64 = try all.connection.value("SELECT total_changes()")
        #expect(try outcomes(all, "a.db") == [.updated])
        return try all.connection.value("SELECT total_changes()") - before
    }

    @Test func `a run that grew is brought up to date by its new rows, and is then what it is there`() throws {
        let source = try store("a.db")
        var recorder = try Recorder(source)
        let run = try recorder.start(NewRun(), layers: twoLayers)
        try log(&recorder, run, 0..<3000)
        let all = try store("all.db")
        #expect(try outcomes(all, "a.db") == [.added])
        for steps in [3000..<3001, 3001..<3010, 3010..<4500] {
            try log(&recorder, run, steps)
            // Rows of runs, layers, keys and labels come to them.
            #expect(try changes(all) < 4 * Int64(steps.count) + 60)
            #expect(try content(all) == content(source))
            #expect(try isSound("all.db"))
        }
        // A metric at a step that was reached before, and later in time.
        try recorder.log(run, step: 4499, metric: "loss", 7, at: 1_700_000_000_001)
        try recorder.flush()
        #expect(try changes(all) < 60)
        try recorder.finish(run, RunEnding(.finished))
        #expect(try changes(all) < 60)
        #expect(try content(all) == content(source))
        #expect(try isSound("all.db"))
    }

    @Test func `a run that went back to an earlier step is copied whole`() throws {
        let source = try store("a.db")
        var recorder = try Recorder(source)
        let run = try recorder.start(NewRun(), layers: twoLayers)
        try log(&recorder, run, 0..<300)
        let all = try store("all.db")
        #expect(try outcomes(all, "a.db") == [.added])
        _ = try recorder.rewind(run, to: 100)
        try log(&recorder, run, 100..<110)
        #expect(try outcomes(all, "a.db") == [.updated])
        #expect(try content(all) == content(source))
        // Values in the place of others, and at earlier steps.
        try recorder.log(run, step: 3, layer: 0, variance: 9)
        try recorder.log(run, step: 4, metric: "loss", 9)
        try log(&recorder, run, 110..<120)
        #expect(try outcomes(all, "a.db") == [.updated])
        #expect(try content(all) == content(source))
        #expect(try isSound("all.db"))
    }

    @Test func `a new row that is damaged there is found`() throws {
        var recorder = try Recorder(store("a.db"))
        let run = try recorder.start(NewRun(), layers: twoLayers)
        try log(&recorder, run, 0..<30)
        let all = try store("all.db")
        #expect(try outcomes(all, "a.db") == [.added])
        let before = try content(all)
        try log(&recorder, run, 30..<40)
        try store("a.db").connection.execute(
            "UPDATE layer_variances SET variance = 3.5 WHERE step = 35 AND layer_id = 1"
        )
        #expect(throws: StoreError.self) { try outcomes(all, "a.db") }
        #expect(try content(all) == before)
    }

    @Test func `a store that is cut off anywhere harms nothing`() throws {
        try fill(store("a.db"), salt: 1)
        let whole = try Data(contentsOf: URL(fileURLWithPath: folder.file("a.db")))
        let all = try store("all.db")
        try fill(all, salt: 2)
        let before = try content(all)
        var isMerged = false
        var random = SystemRandomNumberGenerator()
        for _ in 0..<40 {
            let count = Int.random(in: 0..<whole.count, using: &random)
            try whole.prefix(count).write(to: URL(fileURLWithPath: folder.file("cut.db")))
            isMerged = (try? outcomes(all, "cut.db")) != nil || isMerged
            #expect(try content(all).count == before.count || isMerged, "cut off at \(count)")
        }
        #expect(try isSound("all.db"))
        _ = try outcomes(all, "a.db")
        #expect(try isSound("all.db"))
    }
}
