public import Storage

/// What runs have in common: the dataset they are executed on, and what is recorded with each.
public struct Experiment: Sendable {
    /// The dataset that runs are executed on.
    public let dataset: StoredDataset
    /// The name of the experiment the runs are grouped under.
    public var name = Store.defaultExperiment
    public var tags: [(key: String, value: String)] = []
    /// The weights that are stored with each run.
    public var weights: WeightStages = .final
    /// What is measured and recorded at the layers of each run.
    public var measures: Set<Measure> = [.variance]
    /// What runs start from whose configuration says so.
    private(set) var start: StartingWeights?

    private let environment: JSON

    /// Prepares runs on a dataset, and looks at the machine and the source tree once for all of them.
    public init(on dataset: StoredDataset) {
        self.dataset = dataset
        environment = .object(
            Machine.environment + [JSON.Member("instruction_set", .string(InstructionSet.widest.rawValue))]
        )
    }

    /// Lets runs start from given weights instead of drawing their own.
    ///
    /// Their initial weights are then kept too, so that the store alone can prove them.
    ///
    /// - Returns: the configurations, each with the digest of the state that it starts from.
    /// - Throws: ``DataError`` when the weights do not fit a configuration; ``ConfigurationError``.
    public mutating func start(_ configurations: [Configuration], from weights: StartingWeights) throws
        -> [Configuration]
    {
        start = weights
        self.weights.insert(.initial)
        let workspace = Workspace()
        return try configurations.map { configuration in
            var training = try Training(configuration, seed: 0, on: dataset.content, in: workspace, keeping: [])
            var started = configuration
            do {
                try training.start(from: weights.tensors)
                started.weightsFrom = training.startDigest
            } catch {
                let network = configuration.architecture.rawValue
                throw DataError("the weights of \(weights.source) do not fit \(network): \(error)")
            }
            return started
        }
    }

    /// The places that are recorded of a run.
    func places(_ configuration: Configuration) -> [LayerPlace] {
        configuration.layers(recording: measures).map(LayerPlace.init)
    }

    /// A run as it is begun in the store.
    func newRun(_ configuration: Configuration, seed: UInt32) -> NewRun {
        var run = NewRun()
        run.experiment = name
        run.dataset = dataset.record.id
        run.architecture = configuration.architecture.rawValue
        run.seed = Int64(seed)
        run.params = configuration.parameters.map { ($0.key, SQLValue($0.value)) }
        run.tags = tags
        run.configuration = configuration.json
        run.numerics = Version.numerics
        run.environment = environment
        return run
    }
}

extension Machine {
    /// What a run is recorded on, as the store keeps it: versions, machine, and the source tree it was started in.
    public static var environment: [JSON.Member] {
        let machine = Machine.current
        let checkout = Checkout.current()
        return [
            JSON.Member("varve", .string(Version.varve)),
            JSON.Member("processor", .string(machine.processor)),
            JSON.Member("system", .string(machine.system)),
            JSON.Member("kernel", .string(machine.kernel)),
            JSON.Member("sqlite", .string(Store.sqliteVersion)),
            JSON.Member("git_commit", checkout.map { .string($0.commit) } ?? .null),
            JSON.Member("git_dirty", checkout?.isDirty.map { .bool($0) } ?? .null),
        ]
    }
}

extension Configuration {
    /// All settings by their names.
    public var json: JSON { .object(parameters.map { JSON.Member($0.key, JSON(SQLValue($0.value))) }) }

    /// SHA-256 of the canonical JSON, as the store keeps it with each run.
    public var digest: String { Digest.sha256(json.canonical.text.utf8) }

    /// Reads what ``json`` gave.
    ///
    /// - Returns: nil for any other JSON, also for settings that are not known.
    init?(json: JSON) {
        guard case .object(let members) = json else { return nil }
        var parameters: [String: ParameterValue] = [:]
        for member in members {
            switch member.value {
            case .integer(let value): parameters[member.key] = .integer(value)
            case .real(let value): parameters[member.key] = .real(value)
            case .string(let value): parameters[member.key] = .text(value)
            default: return nil
            }
        }
        self.init(parameters: parameters)
        guard self.parameters.count == members.count else { return nil }
    }
}

extension RunEnding {
    init(_ result: TrainingResult) {
        self.init(.finished, steps: result.steps)
        initialWeightsDigest = result.initialWeightsDigest
        batchOrderDigest = result.batchOrderDigest
        finalWeightsDigest = result.finalWeightsDigest
        initialTensors = (result.initialTensors ?? []).map(TensorRecord.init)
        finalTensors = (result.finalTensors ?? []).map(TensorRecord.init)
    }
}

extension TensorRecord {
    init(_ tensor: Tensor) {
        self.init(name: tensor.name, shape: tensor.shape, dtype: tensor.dtype.rawValue, bytes: tensor.bytes)
    }
}

extension LayerPlace {
    init(_ layer: Layer) {
        self.init(
            name: layer.name,
            shortName: layer.shortName,
            position: layer.position,
            measure: layer.measure.rawValue,
            afterNorm: layer.afterNorm
        )
    }
}

extension SQLValue {
    /// The value as it is in `params`.
    public init(_ value: ParameterValue) {
        self =
            switch value {
            case .integer(let value): .integer(value)
            case .real(let value): .real(value)
            case .text(let value): .text(value)
            }
    }
}
