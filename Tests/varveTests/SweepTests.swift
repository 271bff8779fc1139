import Foundation
import Testing

@Suite struct SweepTests {
    private let place: Workplace

    init() throws { place = try Workplace() }

    @Test func `lists of values give all combinations, and the summary a column for each`() throws {
        let outcome = try place.varve(
            "run",
            "plain",
            "batchnorm",
            "--width",
            "10,20",
            "--momentum",
            "0,0.5",
            "--seeds",
            "0-2",
            "--weights",
            "none"
        )
        #expect(outcome.status == 0)
        let head = outcome.output.split(separator: "\n")[0]
        for label in ["plain width=10 momentum=0.0 (n = 3)", "batchnorm width=20 momentum=0.5 (n = 3)"] {
            #expect(head.contains(label), "\(head)")
        }
        #expect(try place.rows("SELECT count(*), count(DISTINCT configuration_digest) FROM runs") == ["24,8"])
        let order =
            "SELECT seed, value, architecture FROM runs JOIN params ON run_id = id AND key = 'width' ORDER BY id"
        #expect(
            try place.rows(order).prefix(5) == [
                "0,10,plain", "0,10,batchnorm", "0,10,plain", "0,10,batchnorm", "0,20,plain",
            ]
        )
    }

    @Test func `a plan shows the runs and makes no store`() throws {
        let outcome = try place.varve(
            "run",
            "plain",
            "--width",
            "10,20",
            "--seeds",
            "0-99",
            "--steps",
            "5",
            "--dry-run",
            "--format",
            "json"
        )
        #expect(outcome.status == 0)
        let plan = try outcome.objects()
        #expect(plan.map { $0["runs"] as? Int } == [100, 100])
        #expect(plan.map { $0["steps"] as? Int } == [5, 5])
        #expect(plan.compactMap { ($0["params"] as? [String: Any])?["width"] as? Int } == [10, 20])
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).isEmpty)
    }

    @Test func `a plan of resuming says how many runs are there already`() throws {
        let sweep = ["run", "plain", "--blocks", "1", "--width", "4,5", "--seeds"]
        #expect(try place.varve(sweep + ["0-2"]).status == 0)
        let outcome = try place.varve(sweep + ["1-4", "--resume", "--dry-run", "--format", "json"])
        #expect(try outcome.objects().map { $0["skipped"] as? Int } == [2, 2])
        #expect(outcome.complaints == ["4 of 8 runs are there already"])
        // Weights that were not kept have to be computed.
        let both = try place.varve(sweep + ["1-4", "--resume", "--dry-run", "--weights", "both", "--format", "json"])
        #expect(try both.objects().map { $0["skipped"] as? Int } == [0, 0])
        #expect(try place.rows("SELECT count(*) FROM runs") == ["6"])
    }

    @Test func `more steps than can be counted are refused`() throws {
        let outcome = try place.varve("run", "--steps", "1000000000", "--seeds", "0-4294967295", "--width", "1,2,3")
        #expect(outcome.status == 64)
        #expect(outcome.complaints.count == 1)
        #expect(outcome.error.contains("steps of all runs together"))
    }

    @Test func `a run that fails does not stop the others, and the sweep says so`() throws {
        // The wide network finds no memory.
        let command = "run plain --width 6000,10 --seeds 0-1 --weights none --format json"
        let outcome = try place.shell("ulimit -v 1500000; exec \"$0\" \(command)")
        #expect(outcome.status == 1, "\(outcome)")
        #expect(outcome.error.contains("run 1 (plain width=6000, seed 0) failed"), "\(outcome.error)")
        #expect(outcome.error.contains("2 of 4 runs failed"), "\(outcome.error)")
        // What failed is no result.
        #expect(try outcome.objects().map { $0["run"] as? Int } == [2, 4])
        #expect(
            try place.rows("SELECT status FROM runs ORDER BY id") == ["failed", "finished", "failed", "finished"]
        )
    }

    @Test func `two sweeps into one store at once both succeed`() throws {
        let processes = ["0-19", "20-39"].map { seeds in
            place.process(["run", "plain", "--seeds", seeds, "--weights", "none", "--quiet"])
        }
        for process in processes {
            process.standardOutput = FileHandle.nullDevice
            try process.run()
        }
        for process in processes {
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
        #expect(
            try place.rows("SELECT count(*), count(DISTINCT seed) FROM runs WHERE status = 'finished'") == ["40,40"]
        )
        #expect(try place.rows("SELECT count(*) FROM layer_variances") == ["280"])
    }
}
