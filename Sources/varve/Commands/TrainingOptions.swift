import ArgumentParser
import Runner

/// The settings of a network and its training, by the names they have in `params`.
struct TrainingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Optimiser updates. (default: 1)", valueName: "n"))
    var steps: Int?

    @Option(help: ArgumentHelp("Passes over the training examples, instead of --steps.", valueName: "n"))
    var epochs: Int?

    @Option(help: ArgumentHelp("Record every so many steps; the first and the last always.", valueName: "k"))
    var recordEvery = Configuration().recordEvery

    @Option(help: ArgumentHelp("Residual blocks.", valueName: "n"))
    var blocks = Configuration().blocks

    @Option(help: ArgumentHelp("Hidden units in every layer.", valueName: "n"))
    var width = Configuration().width

    @Option(help: ArgumentHelp("Initial weights: he-uniform, he-normal, xavier-uniform, default.", valueName: "name"))
    var initialization = Configuration().initialization.rawValue

    @Option(help: ArgumentHelp("Examples in a step.", valueName: "n"))
    var batchSize = Configuration().batchSize

    @Option(help: ArgumentHelp("The learning rate of SGD.", valueName: "x"))
    var learningRate = Configuration().learningRate

    @Option(help: ArgumentHelp("The momentum of SGD.", valueName: "x"))
    var momentum = Configuration().momentum

    /// The configuration of one architecture.
    ///
    /// - Throws: `ConfigurationError` that names the setting and its range; `UsageError`.
    func configuration(_ architecture: Architecture) throws -> Configuration {
        var configuration = Configuration(architecture)
        switch (steps, epochs) {
        case (nil, nil): break
        case (let steps?, nil): configuration.duration = .steps(steps)
        case (nil, let epochs?): configuration.duration = .epochs(epochs)
        case (_?, _?): throw UsageError("--steps and --epochs exclude each other: give one of them")
        }
        configuration.recordEvery = recordEvery
        configuration.blocks = blocks
        configuration.width = width
        guard let drawn = Initialization(rawValue: initialization) else {
            let known = Initialization.allCases.map(\.rawValue).joined(separator: ", ")
            throw UsageError("there is no initialization '\(initialization)': choose from \(known)")
        }
        configuration.initialization = drawn
        configuration.batchSize = batchSize
        configuration.learningRate = learningRate
        configuration.momentum = momentum
        try configuration.validate()
        return configuration
    }
}
