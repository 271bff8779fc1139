import Runner
import Storage

/// Stores of any size, as sweeps of `plain` and `batchnorm` leave them, made through the public interface without
/// training.
///
/// Runs come seed by seed, in four experiments, of one configuration on the notebook's dataset. The variances lie where
/// those of training lie: both networks of a seed share what the seed does, steps wander. Equal numbers give equal rows;
/// uuids and times are the recorder's own. The digests of weights are those of words, so `verify` would not prove a run.
struct SampleStore {
    private let store: Store
    private let dataset: Int64
    private let environment: JSON
    private let configurations: [Configuration]
    private let layers: [[LayerPlace]]
    private let steps: Int
    private let runs: Int
    private let seed: UInt64

    /// Prepares a store, which may hold runs already.
    ///
    /// - Parameters:
    ///   - path: the store's file.
    ///   - runs: how many runs.
    ///   - rows: how many variance rows at least; the steps of a run are whole and equal in number.
    ///   - seed: what decides the values.
    /// - Throws: what opening a store throws.
    init(path: String, runs: Int, rows: Int, seed: UInt64) throws {
        store = try Store(path: path, for: .writing)
        dataset = try StoredDataset.generate(MNIST1D(), in: store).dataset.record.id
        environment = .object(
            Machine.environment + [JSON.Member("instruction_set", .string(InstructionSet.widest.rawValue))]
        )
        let rowsOfStep = runs * Configuration().layers.count
        let steps = max(1, (rows + rowsOfStep - 1) / rowsOfStep)
        configurations = [Architecture.plain, .batchnorm].map { architecture in
            var configuration = Configuration(architecture)
            configuration.duration = .steps(steps)
            return configuration
        }
        layers = configurations.map { configuration in
            configuration.layers.map { layer in
                LayerPlace(
                    name: layer.name,
                    shortName: layer.shortName,
                    position: layer.position,
                    measure: LayerPlace.populationMean,
                    afterNorm: layer.afterNorm
                )
            }
        }
        self.steps = steps
        self.runs = runs
        self.seed = seed
    }

    /// Records all runs and prints how much that was.
    func record() throws {
        var recorder = try Recorder(store)
        var open: OpenRun?
        var ending = RunEnding(.finished)
        for index in 0..<runs {
            let next = newRun(index)
            let layers = layers[index % 2]
            if let previous = open {
                open = try recorder.finish(previous, ending, starting: next, layers: layers)
            } else {
                open = try recorder.start(next, layers: layers)
            }
            if let open { try log(open, index, in: &recorder) }
            ending = self.ending(index)
        }
        if let open { try recorder.finish(open, ending) }
        try store.synchronize()
        print("\(runs) runs, \(runs * steps * layers[0].count) variances")
    }

    private func newRun(_ index: Int) -> NewRun {
        let configuration = configurations[index % 2]
        var run = NewRun()
        run.experiment = "sweep \(1 + 4 * index / runs)"
        run.dataset = dataset
        run.architecture = configuration.architecture.rawValue
        run.seed = Int64(index / 2)
        run.params = configuration.parameters.map { ($0.key, SQLValue($0.value)) }
        run.tags = [("node", "n\(index / 2 % 8)")]
        run.configuration = configuration.json
        run.numerics = Version.numerics
        run.environment = environment
        return run
    }

    private func ending(_ index: Int) -> RunEnding {
        var ending = RunEnding(.finished, steps: steps)
        ending.initialWeightsDigest = Digest.sha256("weights \(index / 2)".utf8)
        ending.batchOrderDigest = Digest.sha256("batches \(index / 2)".utf8)
        ending.finalWeightsDigest = Digest.sha256("trained \(index)".utf8)
        return ending
    }

    private func log(_ run: OpenRun, _ index: Int, in recorder: inout Recorder) throws {
        // What a seed does to both networks alike, then what is each network's own.
        var shared = Noise(seed: seed &+ UInt64(index / 2) &* 0x9E37_79B9_7F4A_7C15)
        var own = Noise(seed: shared.bits() &+ UInt64(index % 2))
        let levels = layers[index % 2].map { layer -> Float in
            let spread = 1 + 0.05 * shared.normal() + 0.02 * own.normal()
            switch (layer.position, layer.afterNorm, index % 2) {
            case (0, _, _): return 0.993
            case (_, true, _): return 1
            case (1, _, _): return 2 * spread
            case (_, _, 1): return 1.68 * spread
            case (let position, _, _): return 3.36 * spread * (2..<position).reduce(1) { level, _ in level * 1.763 }
            }
        }
        var variances = levels
        for step in 0..<steps {
            variances[0] = levels[0] * (1 + 0.01 * shared.normal())
            for layer in 1..<levels.count { variances[layer] = levels[layer] * (1 + 0.01 * own.normal()) }
            try recorder.log(run, step: step, variances: variances)
            let loss = 2 + (levels[levels.count - 1] / 2 + own.normal() / 10) * 30 / Float(30 + step)
            try recorder.log(run, step: step, metric: "loss", Double(loss))
            // Twenty batches of 200 are an epoch.
            guard step % 20 == 19 else { continue }
            try recorder.log(run, step: step, metric: "val_loss", Double(loss + 0.1))
            try recorder.log(run, step: step, metric: "val_accuracy", Double(min(0.9, 0.1 + Float(step) / 1000)))
        }
    }
}

/// Numbers that are the same wherever they are drawn; Sebastiano Vigna's SplitMix64.
private struct Noise {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func bits() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Mean 0, standard deviation 1, nearly normal: the sum of four uniform draws of 16 bits each.
    mutating func normal() -> Float {
        let bits = bits()
        let sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + bits >> 48
        return (Float(sum) / 65536 - 2) * 1.732_050_8
    }
}
