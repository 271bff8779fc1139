public import Storage

/// Executes runs and records them: the bridge between training, which knows no store, and the store.
public struct Experiment {
    /// The dataset that runs are executed on.
    public let dataset: StoredDataset
    /// The name of the experiment the runs are grouped under.
    public var name = "Default"
    public var tags: [(key: String, value: String)] = []
    /// The weights that are stored with each run.
    public var weights: WeightStages = .final

    private let environment: JSON

    /// Prepares runs on a dataset, and looks at the machine and the source tree once for all of them.
    public init(on dataset: StoredDataset) {
        self.dataset = dataset
        let machine = Machine.current
        let checkout = Checkout.current()
        environment = [
            "varve": .string(Version.varve),
            "instruction_set": .string(InstructionSet.widest.rawValue),
            "processor": .string(machine.processor),
            "system": .string(machine.system),
            "kernel": .string(machine.kernel),
            "sqlite": .string(Store.sqliteVersion),
            "git_commit": checkout.map { .string($0.commit) } ?? .null,
            "git_dirty": checkout.map { .bool($0.isDirty) } ?? .null,
        ]
    }

    /// Tells whether a configuration can be trained on the dataset, before anything is recorded.
    ///
    /// - Throws: ``ConfigurationError``.
    public func check(_ configuration: Configuration) throws(ConfigurationError) {
        _ = try configuration.steps(examples: dataset.content.training.examples)
    }

    /// Executes one run and records it.
    ///
    /// The run's row is committed before its first step. A run that fails is recorded as failed, one that is
    /// interrupted as killed, each with the steps it came to.
    ///
    /// - Parameters:
    ///   - configuration: what to train.
    ///   - seed: starts every random stream of the run, so that runs of one seed share weights and batches.
    ///   - recorder: writes the run.
    ///   - workspace: the memory to train in, to be used for one run after the other.
    ///   - isInterrupted: asked before each step.
    /// - Returns: the run's number.
    /// - Throws: ``ConfigurationError`` before anything is recorded; ``Interrupted``; what the recorder throws.
    public func execute(
        _ configuration: Configuration,
        seed: UInt32,
        recorder: inout Recorder,
        workspace: Workspace,
        isInterrupted: () -> Bool = { false }
    ) throws -> Int64 {
        var training = try Training(configuration, seed: seed, on: dataset.content, in: workspace, keeping: weights)
        let run = try recorder.start(
            newRun(configuration, seed: seed),
            layers: configuration.layers.map(LayerPlace.init)
        )
        do {
            while !training.isFinished {
                if isInterrupted() { throw Interrupted(run: run.number) }
                guard let record = training.step() else {
                    try recorder.beat()
                    continue
                }
                try recorder.log(run, step: record.step, variances: record.variances)
                try recorder.log(run, step: record.step, metric: "loss", Double(record.loss))
            }
            try recorder.finish(run, RunEnding(training.result()))
            return run.number
        } catch {
            // What went wrong may also keep the ending from being written; the run then shows as killed.
            try? recorder.finish(run, RunEnding(error is Interrupted ? .killed : .failed, steps: training.done))
            throw error
        }
    }

    private func newRun(_ configuration: Configuration, seed: UInt32) -> NewRun {
        var run = NewRun()
        run.experiment = name
        run.dataset = dataset.record.id
        run.architecture = configuration.architecture.rawValue
        run.seed = Int64(seed)
        run.params = configuration.parameters.map { ($0.key, SQLValue($0.value)) }
        run.tags = tags
        run.configuration = .object(run.params.map { JSON.Member($0.key, JSON($0.value)) })
        run.numerics = Version.numerics
        run.environment = environment
        return run
    }
}

/// A run was ended from outside before it was done.
public struct Interrupted: Error {
    /// Its number; it is recorded as killed.
    public let run: Int64
}

extension RunEnding {
    fileprivate init(_ result: TrainingResult) {
        self.init(.finished, steps: result.steps)
        initialWeightsDigest = result.initialWeightsDigest
        batchOrderDigest = result.batchOrderDigest
        finalWeightsDigest = result.finalWeightsDigest
        initialTensors = (result.initialTensors ?? []).map(TensorRecord.init)
        finalTensors = (result.finalTensors ?? []).map(TensorRecord.init)
    }
}

extension TensorRecord {
    fileprivate init(_ tensor: Tensor) {
        self.init(name: tensor.name, shape: tensor.shape, dtype: tensor.dtype.rawValue, bytes: tensor.bytes)
    }
}

extension LayerPlace {
    fileprivate init(_ layer: Layer) {
        self.init(
            name: layer.name,
            shortName: layer.shortName,
            position: layer.position,
            measure: Self.populationMean,
            afterNorm: layer.afterNorm
        )
    }
}

extension SQLValue {
    fileprivate init(_ value: ParameterValue) {
        self =
            switch value {
            case .integer(let value): .integer(value)
            case .real(let value): .real(value)
            case .text(let value): .text(value)
            }
    }
}
