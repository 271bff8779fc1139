import Crypto

/// What one step of training tells its observer.
public struct StepRecord: Sendable, Equatable {
    /// The step's number, from 0.
    public internal(set) var step: Int
    /// The mean cross entropy over the batch, before the update.
    public internal(set) var loss: Float
    /// The variance at each of ``Configuration/layers``, before the update.
    public internal(set) var variances: [Float]
}

/// Which weights a run hands back.
public struct WeightStages: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// As drawn, before the first step.
    public static let initial = WeightStages(rawValue: 1)
    /// After the last step.
    public static let final = WeightStages(rawValue: 2)
}

/// What is known when a run has ended.
public struct TrainingResult: Sendable {
    /// The number of updates done.
    public let steps: Int
    /// The greatest step recorded, `steps - 1`.
    public let lastStep: Int
    /// SHA-256 over the linear layers' weights and biases in order, as float32 little-endian, in lower-case hex.
    ///
    /// Norms are left out, so architectures of the same seed agree.
    public let initialWeightsDigest: String
    /// SHA-256 over the indices of all examples consumed, as int64 little-endian, all batches in a row.
    public let batchOrderDigest: String
    /// SHA-256 over the whole state in the order of PyTorch's `state_dict`, as float32 little-endian.
    ///
    /// `num_batches_tracked` is converted to float32 too.
    public let finalWeightsDigest: String
    /// The state as drawn, if asked for: names, shapes and order of PyTorch's `state_dict`.
    public let initialTensors: [Tensor]?
    /// The state after the last step, if asked for.
    public let finalTensors: [Tensor]?
}

/// Trains a network from a seed: shuffle, forward, loss, backward, update, until the configured end.
///
/// A pure function of configuration, seed and data: the same bits on every machine. Gives way to other tasks after
/// every step, and throws `CancellationError` at the next step when its task is cancelled.
///
/// - Parameters:
///   - configuration: How to build and train the network.
///   - seed: What starts PyTorch's stream of random numbers.
///   - dataset: The examples; only the training split is used.
///   - workspace: The worker's memory, to be used for one run after another.
///   - keeping: Which weights to hand back.
///   - record: Called with every step to be recorded, in order; what it throws ends the run.
/// - Returns: Digests, and the weights asked for.
public func train(
    _ configuration: Configuration,
    seed: UInt32,
    on dataset: Dataset,
    in workspace: Workspace,
    keeping: WeightStages = .final,
    record: (StepRecord) async throws -> Void
) async throws -> TrainingResult {
    var training = try Training(configuration, seed: seed, on: dataset, in: workspace, keeping: keeping)
    while !training.isFinished {
        try Task.checkCancellation()
        if let step = training.step() { try await record(step) }
        await Task.yield()
    }
    return training.result()
}

/// A run in progress: a network, its batches, and the steps done so far.
public struct Training: ~Copyable {
    /// Seeds the streams and draws the network's weights.
    public init(
        _ configuration: Configuration,
        seed: UInt32,
        on dataset: Dataset,
        in workspace: Workspace,
        keeping: WeightStages = .final
    ) throws(ConfigurationError) {
    }

    /// Whether all steps are done.
    public var isFinished: Bool { true }

    /// Does one step and tells what was measured, or nothing if this step is not recorded.
    public mutating func step() -> StepRecord? { nil }

    /// Digests of what was done so far, and the weights asked for.
    public func result() -> TrainingResult {
        TrainingResult(
            steps: 0,
            lastStep: -1,
            initialWeightsDigest: "",
            batchOrderDigest: "",
            finalWeightsDigest: "",
            initialTensors: nil,
            finalTensors: nil
        )
    }
}

/// The memory of one worker: one slab for weights, gradients and activations, reused for all its runs.
///
/// Not Sendable: each worker makes its own.
public final class Workspace {
    public init() {}
}
