public import ArgumentParser
public import Runner

/// The settings of a network and its training, by the names they have in `params`; several values give a grid.
struct TrainingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Optimiser updates. (default: 1)", valueName: "n,…"))
    var steps: ValueList<Int>?

    @Option(help: ArgumentHelp("Passes over the training examples, instead of --steps.", valueName: "n,…"))
    var epochs: ValueList<Int>?

    @Option(help: ArgumentHelp("Record every so many steps; the first and the last always.", valueName: "k"))
    var recordEvery = Configuration().recordEvery

    @Option(help: ArgumentHelp("Residual blocks.", valueName: "n,…"))
    var blocks = ValueList(Configuration().blocks)

    @Option(help: ArgumentHelp("Hidden units in every layer.", valueName: "n,…"))
    var width = ValueList(Configuration().width)

    @Option(help: ArgumentHelp("Initial weights.", valueName: "name,…"))
    var initialization = ValueList(Configuration().initialization)

    @Option(help: ArgumentHelp("Examples in a step.", valueName: "n,…"))
    var batchSize = ValueList(Configuration().batchSize)

    @Option(help: ArgumentHelp("The learning rate of SGD.", valueName: "x,…"))
    var learningRate = ValueList(Configuration().learningRate)

    @Option(help: ArgumentHelp("The momentum of SGD.", valueName: "x,…"))
    var momentum = ValueList(Configuration().momentum)

    /// All combinations of the settings with some architectures, which alternate fastest: what is compared stays
    /// together.
    ///
    /// - Throws: `ConfigurationError` that names the setting and its range; ``UsageError``.
    func configurations(_ architectures: [Architecture]) throws -> [Configuration] {
        var base = Configuration()
        base.recordEvery = recordEvery
        var all = [base]
        func vary<Value>(_ setting: WritableKeyPath<Configuration, Value>, _ values: [Value]) {
            all = all.flatMap { configuration in
                values.map { value in
                    var varied = configuration
                    varied[keyPath: setting] = value
                    return varied
                }
            }
        }
        switch (steps, epochs) {
        case (nil, nil): break
        case (let steps?, nil): vary(\.duration, steps.values.map { .steps($0) })
        case (nil, let epochs?): vary(\.duration, epochs.values.map { .epochs($0) })
        case (_?, _?): throw UsageError("--steps and --epochs exclude each other: give one of them")
        }
        vary(\.blocks, blocks.values)
        vary(\.width, width.values)
        vary(\.initialization, initialization.values)
        vary(\.batchSize, batchSize.values)
        vary(\.learningRate, learningRate.values)
        vary(\.momentum, momentum.values)
        vary(\.architecture, architectures)
        for configuration in all { try configuration.validate() }
        return all
    }
}

/// The values of an option as a person types them: `50`, or `50,100,200` for a grid.
struct ValueList<Value: ExpressibleByArgument & Hashable & Sendable>: ExpressibleByArgument, CustomStringConvertible {
    let values: [Value]

    init(_ value: Value) { values = [value] }

    init?(argument: String) {
        var values: [Value] = []
        for word in argument.split(separator: ",", omittingEmptySubsequences: false) {
            guard let value = Value(argument: String(word)), !values.contains(value) else { return nil }
            values.append(value)
        }
        self.values = values
    }

    static var allValueStrings: [String] { Value.allValueStrings }

    static var defaultCompletionKind: CompletionKind { Value.defaultCompletionKind }

    var description: String { values.map { "\($0)" }.joined(separator: ",") }

    var defaultValueDescription: String { values.map(\.defaultValueDescription).joined(separator: ",") }
}

extension Initialization: ExpressibleByArgument {}
