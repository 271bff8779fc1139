import TestSupport
import Testing

@testable import Storage

/// A suite about stores of one folder that come together.
protocol MergeSuite {
    var folder: TemporaryFolder { get }
}

extension MergeSuite {
    func store(_ name: String) throws -> Store { try Store(path: folder.file(name), for: .writing) }

    func reading(_ name: String) throws -> Store { try Store(path: folder.file(name), for: .reading) }

    /// Adds a dataset and runs of every kind; what they hold depends on the salt.
    func fill(_ store: Store, salt: Int, dataset: String = "small", runs: Int = 3) throws {
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
    private static var content: String {
        """
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
    }

    func content(_ store: Store) throws -> [[SQLValue]] {
        let statement = try store.connection.prepareOnly(Self.content)
        var rows: [[SQLValue]] = []
        while try statement.step() { rows.append((0..<statement.columnCount).map { statement.value(at: $0) }) }
        return rows
    }

    func outcomes(_ store: Store, _ source: String) throws -> [MergedRun.Outcome] {
        var outcomes: [MergedRun.Outcome] = []
        _ = try store.merge(reading(source)) { outcomes.append($0.outcome) }
        return outcomes
    }

    func isSound(_ name: String) throws -> Bool {
        var findings: [Finding] = []
        try StoreCheck(path: folder.file(name), isMending: false).execute { findings.append($0) }
        return findings.isEmpty
    }
}
