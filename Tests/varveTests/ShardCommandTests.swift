import Foundation
import Testing

@testable import Storage

/// `varve run --shard`, and going on with what another machine may still execute.
@Suite struct ShardCommandTests {
    private let place: Workplace
    private let sweep = ["run", "--blocks", "1", "--width", "4,5", "--seeds", "0-4", "--weights", "none"]

    init() throws { place = try Workplace() }

    @Test func `each shard has a store of its own, and together they are the sweep`() throws {
        for index in 0..<4 {
            let outcome = try place.varve(sweep + ["--shard", "\(index)/4", "--store", "{shard}.db"])
            #expect(outcome.status == 0, "\(outcome.error)")
        }
        let stores = (0..<4).map { "\($0).db" }
        #expect(try place.varve(["--store", "all.db", "merge"] + stores).status == 0)
        #expect(try place.varve(sweep + ["--store", "whole.db"]).status == 0)
        func rows(_ store: String) throws -> String {
            let sql = """
                SELECT configuration_digest, seed, initial_weights_digest, batch_order_digest, final_weights_digest,
                    variances_checksum, (SELECT group_concat(variance) FROM layer_variances WHERE run_id = runs.id)
                FROM runs ORDER BY 1, 2
                """
            return try place.varve(["sql", sql, "--format", "csv", "--store", store]).output
        }
        #expect(try rows("all.db") == rows("whole.db"))
        #expect(try rows("all.db").split(separator: "\n").count == 21)
        let again = try place.varve(sweep + ["--store", "all.db", "--resume", "--dry-run", "--shard", "all/4"])
        #expect(again.complaints == ["0 of 20 runs are missing"])
    }

    @Test func `what is missing is told by shards`() throws {
        for index in [0, 2] { _ = try place.varve(sweep + ["--shard", "\(index)/4"]) }
        _ = try place.varve(sweep.dropLast(4) + ["--seeds", "0", "--weights", "none"])
        let outcome = try place.varve(
            sweep + ["--resume", "--dry-run", "--shard", "all/4", "--format", "json"]
        )
        // Seed 0 is units 0 and 1, of which 1 is the first of shard 1.
        #expect(outcome.complaints == ["8 of 20 runs are missing", "shards to run again: 1,3"])
        let shards = try outcome.objects()
        #expect(shards.map { $0["shard"] as? Int } == [1, 3])
        #expect(shards.map { $0["missing"] as? Int } == [4, 4])
        let points = try #require(shards[0]["points"] as? [[String: Any]])
        #expect(points.compactMap { $0["seed"] as? Int } == [2, 2, 4, 4])
    }

    /// Begins a shard, and ends it by SIGTERM, as Slurm and Kubernetes do, once it has recorded something.
    private func end(_ words: [String], store: String) throws -> Int32 {
        let process = place.process(words)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        while process.isRunning {
            let outcome = try place.varve("runs", "--format", "csv", "--store", store)
            if outcome.status == 0, outcome.output.contains("running") { break }
        }
        kill(process.processIdentifier, SIGTERM)
        process.waitUntilExit()
        return process.terminationStatus
    }

    private func statuses(_ store: String) throws -> [Substring] {
        let sql = "SELECT status FROM runs ORDER BY id"
        return try place.varve("sql", sql, "--format", "csv", "--store", store).output.split(separator: "\n")
            .dropFirst()
            .map { $0 }
    }

    @Test func `a shard that is ended by SIGTERM leaves killed runs, and the same line goes on`() throws {
        let words = sweep + ["--steps", "200", "--shard", "1/2"]
        let status = try end(words + ["--store", "{shard}.db"], store: "1.db")
        #expect(status == 143 || status == 0)
        #expect(try statuses("1.db").allSatisfy { $0 == (status == 0 ? "finished" : $0) && $0 != "running" })
        let again = try place.varve(words + ["--store", "{shard}.db", "--resume", "--force"])
        #expect(again.status == 0, "\(again.error)")
        #expect(try place.varve(words + ["--store", "whole.db"]).status == 0)
        func rows(_ store: String) throws -> String {
            let sql = """
                SELECT configuration_digest, seed, final_weights_digest, variances_checksum FROM runs
                WHERE status = 'finished' ORDER BY 1, 2
                """
            return try place.varve("sql", sql, "--format", "csv", "--store", store).output
        }
        #expect(try rows("1.db") == rows("whole.db"))
        #expect(try rows("1.db").split(separator: "\n").count == 11)
    }

    @Test func `a shard of programs that is ended by SIGTERM goes on by the same line`() throws {
        let program = ["--", "sh", "-c", "test -e \(place.file("go")) || sleep 600"]
        let words = ["exec", "--seeds", "0-3", "--shard", "1/2", "--store", "{shard}.db"]
        #expect(try end(words + program, store: "1.db") == 143)
        let interrupted = try statuses("1.db")
        #expect(!interrupted.isEmpty && interrupted.allSatisfy { $0 == "killed" }, "\(interrupted)")
        try Data().write(to: URL(filePath: place.file("go")))
        let again = place.process(words + ["--resume", "--force"] + program)
        again.standardError = FileHandle.nullDevice
        try again.run()
        again.waitUntilExit()
        #expect(again.terminationStatus == 0)
        #expect(try statuses("1.db").count { $0 == "finished" } == 2)
    }

    @Test func `a shard without work says so, and is no failure`() throws {
        let outcome = try place.varve(["run", "--shard", "5/9", "--seeds", "0-4"])
        #expect(outcome.status == 0)
        #expect(outcome.output.isEmpty)
        #expect(outcome.error.contains("shard 5/9 has nothing to do"))
        #expect(try place.varve(["run", "--shard", "5/9", "--format", "json"]).objects().isEmpty)
    }

    @Test(arguments: [
        ["--shard", "4/4"], ["--shard", "auto"], ["--shard", "all/4"], ["--store", "{shard}.db"], ["--force"],
        ["--shard", "all/4", "--resume", "--dry-run", "--store", "{shard}.db"],
    ])
    func `what makes no sense is one line, and makes no store`(_ words: [String]) throws {
        let outcome = try place.varve(["run"] + words)
        #expect(outcome.status == 64)
        #expect(outcome.complaints.count == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).isEmpty)
    }

    @Test func `the task's number names the shard and its store`() throws {
        let task = [
            "SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_MAX": "4",
            "SLURM_ARRAY_TASK_STEP": "1", "SLURM_ARRAY_TASK_COUNT": "4",
        ]
        let outcome = try place.execute(sweep + ["--shard", "auto", "--store", "{shard}.db"], environment: task)
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(FileManager.default.fileExists(atPath: place.file("2.db")))
    }

    @Test func `a point that may be executed elsewhere is left out and named, and repeated only by force`() throws {
        let line = ["run", "plain", "--blocks", "1", "--width", "4", "--seeds", "0-2", "--weights", "none"]
        #expect(try place.varve(line).status == 0)
        try giveAway(run: 2)

        let careful = try place.varve(line + ["--resume"])
        #expect(careful.status == 1)
        #expect(careful.error.contains("run 2"), "\(careful.error)")
        #expect(careful.error.contains("--force"))
        #expect(try place.rows("SELECT id, status FROM runs ORDER BY id") == ["1,finished", "2,running", "3,finished"])

        let forced = try place.varve(line + ["--resume", "--force"])
        #expect(forced.status == 0, "\(forced.error)")
        #expect(
            try place.rows("SELECT id, seed, status FROM runs ORDER BY id")
                == ["1,0,finished", "2,1,killed", "3,2,finished", "4,1,finished"]
        )
    }

    /// Lets a run look as if another machine executed it.
    private func giveAway(run: Int) throws {
        let store = try Store(path: place.file("varve.db"), for: .writing)
        try store.connection.execute("UPDATE runs SET status = 'running', host = 'elsewhere' WHERE id = \(run)")
    }
}
