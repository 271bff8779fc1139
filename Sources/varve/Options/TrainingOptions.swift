import ArgumentParser
import Runner

/// The settings of a network and its training, by the names they have in `params`; several values give a grid.
struct TrainingOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: .value("n,…", "Optimiser updates. (default: 1)"))
    var steps: String?

    @Option(parsing: .unconditional, help: .value("n,…", "Passes over the training examples, instead of --steps."))
    var epochs: String?

    @Option(help: .value("k", "Record every k steps; the first and the last always."))
    var recordEvery = Configuration().recordEvery

    @Option(parsing: .unconditional, help: .value("n,…", "Residual blocks."))
    var blocks = "\(Configuration().blocks)"

    @Option(parsing: .unconditional, help: .value("n,…", "Hidden units in every layer."))
    var width = "\(Configuration().width)"

    @Option(
        parsing: .unconditional,
        help: .value("name,…", "Initial weights: he-uniform, he-normal, xavier-uniform or default."),
        completion: .list(Initialization.allCases.map(\.rawValue))
    )
    var initialization = Configuration().initialization.rawValue

    @Option(parsing: .unconditional, help: .value("n,…", "Examples in a step."))
    var batchSize = "\(Configuration().batchSize)"

    @Option(parsing: .unconditional, help: .value("x,…", "The learning rate of SGD."))
    var learningRate = "\(Configuration().learningRate)"

    @Option(parsing: .unconditional, help: .value("x,…", "The momentum of SGD."))
    var momentum = "\(Configuration().momentum)"

    /// All combinations of the settings with some architectures, which alternate fastest: what is compared stays
    /// together.
    ///
    /// - Throws: `ConfigurationError` that names the setting and its range; ``UsageError``.
    func configurations(_ architectures: [Architecture]) throws -> [Configuration] {
        typealias Bounds = Configuration
        var all = Combinations()
        all.configurations[0].recordEvery = recordEvery
        if let steps {
            guard epochs == nil else {
                throw UsageError("--steps and --epochs exclude each other: give one of them")
            }
            try all.vary(\.duration, ValueList.numbers(steps, "--steps", in: Bounds.stepBounds).map { .steps($0) })
        } else if let epochs {
            try all.vary(\.duration, ValueList.numbers(epochs, "--epochs", in: Bounds.epochBounds).map { .epochs($0) })
        }
        try all.vary(\.blocks, ValueList.numbers(blocks, "--blocks", in: Bounds.blockBounds))
        try all.vary(\.width, ValueList.numbers(width, "--width", in: Bounds.widthBounds))
        try all.vary(\.initialization, ValueList.choices(initialization, "--initialization"))
        try all.vary(\.batchSize, ValueList.numbers(batchSize, "--batch-size", in: Bounds.batchSizeBounds))
        try all.vary(\.learningRate, ValueList.numbers(learningRate, "--learning-rate", in: Bounds.learningRateBounds))
        try all.vary(\.momentum, ValueList.numbers(momentum, "--momentum", in: Bounds.momentumBounds))
        try all.vary(\.architecture, architectures)
        for configuration in all.configurations { try configuration.validate() }
        return all.configurations
    }
}
