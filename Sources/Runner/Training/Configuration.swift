/// The kinds of residual network that can be trained, by the names that commands and the store use.
public enum Architecture: String, CaseIterable, Sendable {
    /// No norm: the notebook's `ResidualNetwork`.
    case plain
    /// Norms on the trunk: the notebook's `ResidualNetworkWithBatchNorm`.
    case batchnorm
    /// A norm inside each residual branch, before the relu: Prince, *Understanding Deep Learning*, figure 11.6c.
    case branchnorm
    /// A layer norm at the places of `branchnorm`'s batch norms.
    case layernorm

    /// Whether examples know of each other: a batch norm needs two.
    var hasBatchNorm: Bool { self == .batchnorm || self == .branchnorm }
}

/// How the linear layers' weights are drawn, by PyTorch's formulas from PyTorch's stream.
public enum Initialization: String, CaseIterable, Sendable {
    /// `torch.nn.init.kaiming_uniform_` for weights, zero for biases: the notebook's `weights_init`.
    case heUniform = "he-uniform"
    /// `torch.nn.init.kaiming_normal_` for weights, zero for biases.
    case heNormal = "he-normal"
    /// `torch.nn.init.xavier_uniform_` for weights, zero for biases.
    case xavierUniform = "xavier-uniform"
    /// What the constructor of `torch.nn.Linear` draws, for weights and biases.
    case torchDefault = "default"
}

/// Everything that decides how a network is built and trained, except the seed and the data.
///
/// The defaults are the notebook's. Two runs of equal configuration, seed and dataset give the same bits on any machine.
public struct Configuration: Sendable, Equatable {
    /// How long to train.
    public enum Duration: Sendable, Equatable {
        /// A number of optimiser updates.
        case steps(Int)
        /// A number of passes over the training examples.
        case epochs(Int)
    }

    public var architecture: Architecture
    /// The number of residual blocks.
    public var blocks = 5
    /// The number of hidden units in every layer.
    public var width = 100
    public var initialization = Initialization.heUniform
    /// The number of examples in a step; the last batch of an epoch may be shorter.
    public var batchSize = 200
    public var learningRate = 0.05
    public var momentum = 0.9
    public var duration = Duration.steps(1)
    /// Every how many steps the variances are recorded; the first and the last step always are.
    public var recordEvery = 1
    /// The digest of the state that training starts from, if it does not start from drawn weights.
    public var weightsFrom: String?

    /// Makes the notebook's configuration for one architecture.
    public init(_ architecture: Architecture = .plain) {
        self.architecture = architecture
    }
}

/// The value of a parameter as it is stored and shown.
public enum ParameterValue: Sendable, Equatable, CustomStringConvertible {
    case integer(Int64)
    case real(Double)
    case text(String)

    public var description: String {
        switch self {
        case .integer(let value): value.description
        case .real(let value): value.description
        case .text(let value): value
        }
    }
}

extension Configuration {
    /// Every setting by its name in the store and on the command line, in their order there.
    public var parameters: [(key: String, value: ParameterValue)] {
        let duration: (String, ParameterValue) =
            switch duration {
            case .steps(let count): ("steps", .integer(Int64(count)))
            case .epochs(let count): ("epochs", .integer(Int64(count)))
            }
        return [
            ("architecture", .text(architecture.rawValue)),
            ("blocks", .integer(Int64(blocks))),
            ("width", .integer(Int64(width))),
            ("initialization", .text(initialization.rawValue)),
            ("batch_size", .integer(Int64(batchSize))),
            ("learning_rate", .real(learningRate)),
            ("momentum", .real(momentum)),
            duration,
            ("record_every", .integer(Int64(recordEvery))),
        ] + (weightsFrom.map { [("weights_from", .text($0))] } ?? [])
    }

    /// The numbers of blocks, of hidden units and of examples in a step that are possible.
    public static let blockBounds = 1...1000
    public static let widthBounds = 1...8192
    public static let batchSizeBounds = 1...1_000_000
    /// What learning rate and momentum may be.
    public static let learningRateBounds = 0.0...1000.0
    public static let momentumBounds = 0.0...1.0
    /// How long a run may take.
    public static let stepBounds = 1...1_000_000_000
    public static let epochBounds = 1...1_000_000

    /// Checks every setting against its range.
    public func validate() throws(ConfigurationError) {
        try check("blocks", blocks, in: Self.blockBounds)
        try check("width", width, in: Self.widthBounds)
        try check("batch_size", batchSize, in: Self.batchSizeBounds)
        try check("learning_rate", learningRate, in: Self.learningRateBounds)
        try check("momentum", momentum, in: Self.momentumBounds)
        try checkIsKept("learning_rate", learningRate)
        try checkIsKept("momentum", momentum)
        switch duration {
        case .steps(let count): try check("steps", count, in: Self.stepBounds)
        case .epochs(let count): try check("epochs", count, in: Self.epochBounds)
        }
        try check("record_every", recordEvery, in: 1...1_000_000_000)
    }

    /// The number of updates in a run over a number of training examples, after checking that it is possible.
    func steps(examples: Int) throws(ConfigurationError) -> Int {
        try validate()
        guard examples <= ShuffledLoader.limit else {
            throw ConfigurationError("dataset", "must have at most \(ShuffledLoader.limit) training examples")
        }
        let batches = (examples + batchSize - 1) / batchSize
        let steps =
            switch duration {
            case .steps(let count): count
            case .epochs(let count): count * batches
            }
        // PyTorch refuses it too: one example has no variance.
        let shortest = examples % batchSize == 0 ? batchSize : steps < batches ? batchSize : examples % batchSize
        guard !architecture.hasBatchNorm || shortest > 1 else {
            throw ConfigurationError(
                "batch_size",
                "\(batchSize) leaves a batch of one of \(examples) examples, too few for a batch norm"
            )
        }
        return steps
    }

    /// Networks are trained in float32, which makes 0 of what is too small for it.
    private func checkIsKept(_ parameter: String, _ value: Double) throws(ConfigurationError) {
        guard value == 0 || Float(value) != 0 else {
            throw ConfigurationError(
                parameter,
                "must be 0 or at least \(Float.leastNonzeroMagnitude), float32's smallest number, not \(value)"
            )
        }
    }

    private func check<Value: Comparable>(
        _ parameter: String,
        _ value: Value,
        in range: ClosedRange<Value>
    ) throws(ConfigurationError) {
        guard range.contains(value) else {
            throw ConfigurationError(parameter, "must be from \(range.lowerBound) to \(range.upperBound), not \(value)")
        }
    }
}

/// A setting that no network can be built or trained with.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// The parameter's name in the store and on the command line, or `dataset`.
    public let parameter: String
    /// What is wrong with it, to be read after the name: "must be from 1 to 8192, not 0".
    public let reason: String

    init(_ parameter: String, _ reason: String) {
        self.parameter = parameter
        self.reason = reason
    }

    public var description: String { "\(parameter) \(reason)" }
}
