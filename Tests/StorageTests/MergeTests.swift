import Foundation
import Testing

@testable import Storage

@Suite struct MergeTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func store(_ name: String) throws -> Store { try Store(path: folder.file(name), for: .writing) }

    private func reading(_ name: String) throws -> Store { try Store(path: folder.file(name), for: .reading) }

    /// Adds a dataset and runs of every kind; what they hold depends on the salt.
    private func fill(_ store: Store, salt: Int, dataset: String = "small", runs: Int = 3) throws {
        let record = try store.addDataset(
            name: dataset,
            source: ["generator": "test"],
            features: 1,
            classes: 2,
            training: SplitContent(inputs: [Float(salt)], labels: [0]),
            validation: SplitContent(inputs: [2], labels: [1])
        ).record
        var recorder = try Recorder(store)
        for index in 0..<runs {
            var new = NewRun()
            new.experiment = "of \(salt % 2)"
            new.dataset = record.id
            new.name = "run \(salt).\(index)"
            new.seed = Int64(index)
            new.params = [("width", .integer(Int64(salt))), ("rate", .real(0.1)), ("kind", .text("a"))]
            new.tags = [("note", "of \(salt)")]
            new.configuration = ["width": .integer(Int64(salt))]
            new.environment = ["host": .string("node \(salt)")]
            // Layers come in another order in each store, so their keys differ.
            let layers = salt % 2 == 0 ? twoLayers : twoLayers.reversed()
            let run = try recorder.start(new, layers: layers)
            for step in 0..<50 {
                try recorder.log(run, step: step, variances: [Float(step + salt), step == 3 ? .nan : .infinity])
                try recorder.log(run, step: step, metric: "loss \(salt % 2)", step == 4 ? .nan : Double(step))
            }
            var ending = RunEnding(.finished, steps: 50)
            ending.finalTensors = [0, salt].map { byte in
                TensorRecord(name: "w", shape: [4], dtype: "F32", bytes: [UInt8](repeating: UInt8(byte), count: 16))
            }
            try recorder.finish(run, ending)
        }
    }

    /// Everything that is recorded of runs, by what stays the same in every store.
    private static let content = """
        SELECT runs.uuid, runs.name, architecture, seed, status, runs.started, ended, steps, last_step, configuration,
            configuration_digest, experiments.name, datasets.digest, environments.content,
            (SELECT group_concat(key || '=' || typeof(value) || value) FROM params WHERE run_id = runs.id),
            (SELECT group_concat(key || '=' || value) FROM tags WHERE run_id = runs.id),
            (SELECT group_concat(line) FROM (
                SELECT step || layers.name || layers.measure || coalesce(variance, 'NaN') AS line
                FROM layer_variances JOIN layers ON layers.id = layer_id WHERE run_id = runs.id ORDER BY step, layers.name)),
            (SELECT group_concat(line) FROM (
                SELECT key || step || timestamp || value || is_nan AS line
                FROM metrics JOIN metric_keys ON metric_keys.id = key_id WHERE run_id = runs.id ORDER BY key, step)),
            (SELECT group_concat(stage || position || name || shape || dtype || hex(bytes))
                FROM tensors JOIN blobs USING (digest) WHERE run_id = runs.id)
        FROM runs JOIN experiments ON experiments.id = experiment_id
        LEFT JOIN datasets ON datasets.id = dataset_id LEFT JOIN environments ON environments.id = environment_id
        ORDER BY runs.uuid
        """

    private func content(_ store: Store) throws -> [[SQLValue]] {
        let statement = try store.connection.prepareOnly(Self.content)
        var rows: [[SQLValue]] = []
        while try statement.step() { rows.append((0..<statement.columnCount).map { statement.value(at: $0) }) }
        return rows
    }

    private func outcomes(_ store: Store, _ source: String) throws -> [MergedRun.Outcome] {
        var outcomes: [MergedRun.Outcome] = []
        _ = try store.merge(reading(source)) { outcomes.append($0.outcome) }
        return outcomes
    }

    private func isSound(_ name: String) throws -> Bool {
        var findings: [Finding] = []
        try StoreCheck(path: folder.file(name), isMending: false).execute { findings.append($0) }
        return findings.isEmpty
    }

    @Test func `runs of two stores come together with everything, under new numbers`() throws {
        try fill(store("a.db"), salt: 1)
        try fill(store("b.db"), salt: 2, dataset: "other", runs: 2)
        let all = try store("all.db")
        var merged: [MergedRun] = []
        for source in ["a.db", "b.db"] { #expect(try all.merge(reading(source)) { merged.append($0) } == []) }
        #expect(merged.map(\.sourceNumber) == [1, 2, 3, 1, 2])
        #expect(merged.map(\.number) == [1, 2, 3, 4, 5])
        #expect(merged.allSatisfy { $0.outcome == .added })
        let expected = try (content(reading("a.db")) + content(reading("b.db"))).sorted { "\($0[0])" < "\($1[0])" }
        #expect(try content(all) == expected)
        #expect(try isSound("all.db"))
        // What is equal is there once.
        #expect(try all.connection.value("SELECT count(*) FROM layers", as: Int.self) == 2)
        #expect(try all.connection.value("SELECT count(*) FROM blobs", as: Int.self) == 3)
        #expect(try all.run("3").uuid == merged[2].uuid)
    }

    @Test func `merging again changes nothing, also not what was changed since`() throws {
        try fill(store("a.db"), salt: 1)
        let all = try store("all.db")
        _ = try outcomes(all, "a.db")
        try all.tag([1], with: [("note", "mine")])
        _ = try all.delete([2])
        try all.renameExperiment("of 1", to: "renamed")
        let before = try content(all)
        #expect(try outcomes(all, "a.db") == [.present, .present, .present])
        #expect(try content(all) == before)
        #expect(try all.runNumbers(matching: .all, lifecycle: .deleted) == [2])
        // And back: the source has all of it already.
        #expect(try store("a.db").merge(reading("all.db")) == [])
        #expect(try store("a.db").connection.value("SELECT count(*) FROM runs", as: Int.self) == 3)
    }

    @Test func `a dataset whose name is taken by other content gets another one`() throws {
        for (name, salt) in [("a.db", 1), ("b.db", 2), ("c.db", 3), ("d.db", 1)] { try fill(store(name), salt: salt) }
        let all = try store("all.db")
        #expect(try all.merge(reading("a.db")) == [])
        #expect(try all.merge(reading("b.db")) == [RenamedDataset(name: "small", newName: "small-2")])
        #expect(try all.merge(reading("c.db")) == [RenamedDataset(name: "small", newName: "small-3")])
        #expect(try all.merge(reading("d.db")) == [])
        #expect(try all.datasets().map(\.name) == ["small", "small-2", "small-3"])
        #expect(try all.run("4").datasetName == "small-2")
        #expect(try isSound("all.db"))
    }

    @Test func `numbers that were given once are not given again`() throws {
        try fill(store("a.db"), salt: 1)
        let all = try store("all.db")
        try fill(all, salt: 2)
        _ = try all.delete([3])
        _ = try all.purge()
        var numbers: [Int64] = []
        _ = try all.merge(reading("a.db")) { numbers.append($0.number) }
        #expect(numbers == [4, 5, 6])
        try fill(all, salt: 2, runs: 1)
        #expect(try all.run("7").name == "run 2.0")
    }

    // MARK: Copies that differ

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
    func `the same uuid with other content is named, and nothing of its store is merged`(
        _ sql: String,
        _ what: String
    ) throws {
        try fill(store("a.db"), salt: 1)
        let all = try store("all.db")
        _ = try outcomes(all, "a.db")
        try fill(store("a.db"), salt: 1, runs: 1)
        try store("a.db").connection.execute(sql)
        let before = try content(all)
        let error = #expect(throws: StoreError.self) { try outcomes(all, "a.db") }
        #expect(error?.code == .invalid)
        #expect(error?.description.contains("run 2 of") == true && error?.description.contains(what) == true)
        #expect(try content(all) == before)
        #expect(try isSound("all.db"))
        // The store can be written to and merged into as before.
        try fill(store("b.db"), salt: 2, runs: 1)
        #expect(try outcomes(all, "b.db") == [.added])
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
    func `a run that was merged while it ran is replaced once it has ended`(_ isTakenForDead: Bool) throws {
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
        #expect(try outcomes(all, "a.db") == [.running])
        #expect(try all.run("1").lastStep == 0)
        var ending = RunEnding(.finished, steps: 2)
        ending.finalTensors = [TensorRecord(name: "w", shape: [1], dtype: "F32", bytes: [1, 2, 3, 4])]
        try recorder.finish(run, ending)
        #expect(try outcomes(all, "a.db") == [.replaced])
        #expect(try all.run("1").status == .finished)
        #expect(try RunDetails(all).tags(of: 1) == [Entry(key: "mine", value: .text("yes"))])
        try all.connection.execute("DELETE FROM tags")
        #expect(try content(all) == content(reading("a.db")))
        #expect(try isSound("all.db"))
        #expect(try outcomes(all, "a.db") == [.present])
    }

    @Test(arguments: [false, true], [false, true])
    func `a run that was merged while it ran is replaced once it was killed`(
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
        #expect(try outcomes(all, "a.db") == [.replaced])
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
        try store("a.db").connection.execute("UPDATE layer_variances SET variance = 7.5")
        let error = #expect(throws: StoreError.self) { try outcomes(all, "a.db") }
        #expect(error?.description.contains("their rows") == true)
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

    // MARK: Sources that are none

    @Test func `the store itself, an older and a damaged one are refused, and nothing of them stays`() throws {
        let all = try store("all.db")
        try fill(all, salt: 1)
        #expect(throws: StoreError.self) { try all.merge(reading("all.db")) }
        let before = try content(all)
        let damages = [
            "DELETE FROM layers WHERE id = 1", "DELETE FROM metric_keys", "DELETE FROM datasets",
            "DELETE FROM environments", "DELETE FROM blobs", "UPDATE blobs SET bytes = zeroblob(17)",
            "UPDATE environments SET content = '{}'", "UPDATE dataset_splits SET inputs = zeroblob(length(inputs))",
            "UPDATE runs SET uuid = 'evil' || id", "UPDATE runs SET uuid = upper(uuid)",
        ]
        for (index, damage) in damages.enumerated() {
            let name = "damaged\(index).db"
            try fill(store(name), salt: 2, dataset: "other")
            try store(name).connection.execute("PRAGMA foreign_keys = OFF; " + damage)
            let error = #expect(throws: StoreError.self, "\(damage)") { try outcomes(all, name) }
            #expect(error?.code == .invalid)
            #expect(error?.description.contains(name) == true)
        }
        #expect(try content(all) == before)
        #expect(try isSound("all.db"))
    }

    @Test func `a source is only read`() throws {
        try fill(store("a.db"), salt: 1)
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.file("a.db")))
        _ = try outcomes(store("all.db"), "a.db")
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("a.db"))) == before)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!names.contains("a.db-wal") && !names.contains("a.db-shm"), "\(names)")
        let all = try store("all.db")
        try all.connection.attach(folder.file("a.db"), as: "source", isImmutable: false)
        let error = #expect(throws: SQLiteError.self) { try all.connection.execute("DELETE FROM source.runs") }
        #expect(error?.kind == .readOnly)
    }

    @Test(arguments: ["a b?c#d%20.db", "ü;'\".db", "file:x.db", ":memory:"])
    func `odd names of files are no more than names`(_ name: String) throws {
        try fill(store(name), salt: 1)
        #expect(try outcomes(store("all.db"), name).count == 3)
    }
}
