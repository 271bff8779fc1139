import Crypto

/// A run in progress: a network, its batches, and the steps done so far.
///
/// A pure function of configuration, seed and data: the same bits on every machine.
public struct Training: ~Copyable {
    private let configuration: Configuration
    private let examples: Dataset.Split
    private let validationExamples: Dataset.Split
    private let keeping: WeightStages
    private let measures: Set<Measure>
    /// What each value of a record was measured at; see ``Configuration/layers(recording:)``.
    public let layers: [Layer]
    /// The number of steps to do.
    public let steps: Int
    private let workspace: Workspace
    private let slab: Slab

    private(set) var generator: TorchGenerator
    private(set) var loader: ShuffledLoader
    private(set) var network: ResidualNetwork
    private var labels: [Int64] = []
    private var batchOrder = SHA256()
    private var record: StepRecord
    /// The number of steps done.
    public private(set) var done = 0
    /// The evaluation after the last step, if that ended an epoch and there are examples to evaluate on.
    public private(set) var validation: Validation?
    /// Where the run lost finiteness, if it has; it goes on all the same.
    public private(set) var firstNonFinite: Divergence?

    /// Taken before the first step.
    private var initialWeightsDigest: String?
    private var initialTensors: [Tensor]?
    /// How many batches the norms had seen before the first step.
    private var batchesBefore = 0

    /// Checks the configuration, seeds the streams and draws the network's weights.
    ///
    /// What is recorded has no influence on the run's course.
    public init(
        _ configuration: Configuration,
        seed: UInt32,
        on dataset: Dataset,
        in workspace: Workspace,
        keeping: WeightStages = .final,
        recording: Set<Measure> = [.variance]
    ) throws(ConfigurationError) {
        try self.init(configuration, .seed(seed), on: dataset, in: workspace, keeping: keeping, recording: recording)
    }

    /// Continues a stream of random numbers that may have been used before, as the notebook's second model does.
    init(
        _ configuration: Configuration,
        from generator: TorchGenerator,
        on dataset: Dataset,
        in workspace: Workspace,
        keeping: WeightStages
    ) throws(ConfigurationError) {
        try self.init(
            configuration,
            .generator(generator),
            on: dataset,
            in: workspace,
            keeping: keeping,
            recording: [.variance]
        )
    }

    /// Where the random numbers come from.
    private enum Source {
        case seed(UInt32)
        case generator(TorchGenerator)
    }

    private init(
        _ configuration: Configuration,
        _ source: Source,
        on dataset: Dataset,
        in workspace: Workspace,
        keeping: WeightStages,
        recording: Set<Measure>
    ) throws(ConfigurationError) {
        let steps = try configuration.steps(on: dataset)
        let slab = workspace.takeSlab()
        let network = slab.carve { carver in
            configuration.network(on: dataset, workspace.instructionSet, from: &carver)
        }
        guard let network else {
            throw ConfigurationError("width", "and blocks and batch_size together need more memory than there is left")
        }
        // The order of the notebook: the model's weights come first out of the stream, then the batches.
        switch source {
        case .seed(let seed):
            let key = DrawnWeights.Key(
                seed: seed,
                initialization: configuration.initialization,
                blocks: configuration.blocks,
                width: configuration.width,
                features: dataset.features,
                classes: dataset.classes
            )
            if let drawn = workspace.drawnWeights?.draw(key, into: network) {
                generator = drawn.generator
                initialWeightsDigest = drawn.digest
            } else {
                generator = TorchGenerator(seed: seed)
                network.initialize(configuration.initialization, from: &generator)
            }
        case .generator(let started):
            generator = started
            network.initialize(configuration.initialization, from: &generator)
        }
        loader = ShuffledLoader(examples: dataset.training.examples, batchSize: configuration.batchSize)
        labels.reserveCapacity(min(configuration.batchSize, dataset.training.examples))

        self.configuration = configuration
        self.examples = dataset.training
        self.validationExamples = dataset.validation
        self.keeping = keeping
        measures = recording
        layers = configuration.layers(recording: recording)
        self.steps = steps
        self.workspace = workspace
        self.slab = slab
        self.network = network
        record = StepRecord(step: 0, loss: 0, values: [Float](repeating: 0, count: layers.count))
        initialTensors = keeping.contains(.initial) ? network.tensors(steps: 0) : nil
    }

    deinit { workspace.giveBack(slab) }

    /// Starts from given weights instead of those that were drawn; the batches stay those of the seed.
    ///
    /// To be called before the first step. As in PyTorch `load_state_dict(strict=True)` on the model of the seed.
    ///
    /// - Throws: ``DataError`` when they are not those of this network.
    mutating func start(from tensors: [Tensor]) throws(DataError) {
        batchesBefore = try network.load(tensors)
        network.unifyNaN()
        initialWeightsDigest = nil
        if keeping.contains(.initial) { initialTensors = network.tensors(steps: batchesBefore) }
    }

    /// SHA-256 over the whole state before the first step, as ``TrainingResult/finalWeightsDigest`` after the last.
    var startDigest: String { network.stateDigest(steps: batchesBefore) }

    /// Whether all steps are done.
    public var isFinished: Bool { done == steps }

    /// Does one step and returns what was measured, or nothing if this step is not recorded.
    public mutating func step() -> StepRecord? {
        let step = done
        if step == 0, initialWeightsDigest == nil { initialWeightsDigest = network.linearDigest() }
        let isRecorded = step.isMultiple(of: configuration.recordEvery) || step == steps - 1

        let batch = loader.next(&generator)
        network.load(loader.order[batch], of: examples.inputs)
        labels.removeAll(keepingCapacity: true)
        for index in loader.order[batch] { labels.append(examples.labels[Int(index)]) }
        loader.order[batch].withUnsafeBytes { batchOrder.update(bufferPointer: $0) }

        let measures = isRecorded ? measures : []
        network.forward(measuring: measures)
        let loss = network.loss(labels: labels.span)
        network.backward(measuring: measures)
        slab.update(
            learningRate: Float(configuration.learningRate),
            momentum: Float(configuration.momentum),
            with: network.kernel
        )
        done += 1
        validation = loader.isAtEpochEnd ? evaluate(step) : nil

        guard isRecorded else { return nil }
        // In place: nothing is allocated unless an earlier record was kept.
        record.step = step
        record.loss = loss
        for place in layers.indices {
            record.values[place] = network.measured[layers[place].measure, layers[place].position]
        }
        if firstNonFinite == nil { firstNonFinite = divergence }
        return record
    }

    /// What of the record is not finite, if anything.
    private var divergence: Divergence? {
        let place = record.values.firstIndex { !$0.isFinite }
        guard place != nil || !record.loss.isFinite else { return nil }
        return Divergence(step: record.step, layer: place.map { layers[$0] })
    }

    private mutating func evaluate(_ step: Int) -> Validation? {
        network.evaluate(on: validationExamples).map { Validation(step: step, loss: $0.loss, accuracy: $0.accuracy) }
    }

    /// Digests of what was done so far, and the weights asked for.
    public func result() -> TrainingResult {
        network.unifyNaN()
        return TrainingResult(
            steps: done,
            lastStep: done - 1,
            initialWeightsDigest: initialWeightsDigest ?? network.linearDigest(),
            batchOrderDigest: batchOrder.finalize().hex,
            finalWeightsDigest: network.stateDigest(steps: batchesBefore + done),
            initialTensors: initialTensors,
            finalTensors: keeping.contains(.final) ? network.tensors(steps: batchesBefore + done) : nil
        )
    }
}
