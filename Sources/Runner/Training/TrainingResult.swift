/// What one step of training reports to its observer.
public struct StepRecord: Sendable, Equatable {
    /// The step's number, from 0.
    public internal(set) var step: Int
    /// The mean cross entropy over the batch, before the update.
    public internal(set) var loss: Float
    /// What was measured before the update, a value for each of ``Training/layers``.
    public internal(set) var values: [Float]
}

/// What a network makes of the whole validation split, in evaluation mode: norms go by their running statistics.
public struct Validation: Sendable, Equatable {
    /// The step after whose update it was measured, the last of an epoch.
    public let step: Int
    /// The mean cross entropy over the examples.
    public let loss: Float
    /// The share of examples whose greatest logit is the label's.
    public let accuracy: Double
}

/// Where a run first had a number that is not finite, as far as it is recorded.
public struct Divergence: Sendable, Equatable {
    /// The first recorded step with such a number.
    public let step: Int
    /// The first of ``Training/layers`` whose value is not finite; nil when only the loss is not.
    public let layer: Layer?
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
