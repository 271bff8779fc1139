public import ArgumentParser
public import Runner

/// The settings of a network and its training, by the names they have in `params`; several values give a grid.
struct TrainingOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("Optimiser updates. (default: 1)", valueName: "n,…"))
    var steps: ValueList<Int>?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Passes over the training examples, instead of --steps.", valueName: "n,…")
    )
    var epochs: ValueList<Int>?

    @Option(help: ArgumentHelp("Record every so many steps; the first and the last always.", valueName: "k"))
    var recordEvery = Configuration().recordEvery

    @Option(parsing: .unconditional, help: ArgumentHelp("Residual blocks.", valueName: "n,…"))
    var blocks = ValueList(Configuration().blocks)

    @Option(parsing: .unconditional, help: ArgumentHelp("Hidden units in every layer.", valueName: "n,…"))
    var width = ValueList(Configuration().width)

    @Option(parsing: .unconditional, help: ArgumentHelp("Initial weights.", valueName: "name,…"))
    var initialization = ValueList(Configuration().initialization)

    @Option(parsing: .unconditional, help: ArgumentHelp("Examples in a step.", valueName: "n,…"))
    var batchSize = ValueList(Configuration().batchSize)

    @Option(parsing: .unconditional, help: ArgumentHelp("The learning rate of SGD.", valueName: "x,…"))
    var learningRate = ValueList(Configuration().learningRate)

    @Option(parsing: .unconditional, help: ArgumentHelp("The momentum of SGD.", valueName: "x,…"))
    var momentum = ValueList(Configuration().momentum)

    /// The most configurations that a grid may have; they are held in memory.
    private static let limit = 100_000

    /// All combinations of the settings with some architectures, which alternate fastest: what is compared stays
    /// together.
    ///
    /// - Throws: `ConfigurationError` that names the setting and its range; ``UsageError``.
    func configurations(_ architectures: [Architecture]) throws -> [Configuration] {
        var base = Configuration()
        base.recordEvery = recordEvery
        var all = [base]
        func vary<Value>(_ setting: WritableKeyPath<Configuration, Value>, _ values: [Value]) throws {
            guard values.count <= Self.limit / all.count else {
                throw UsageError("the lists of values give more than \(Self.limit) configurations: give shorter ones")
            }
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
        case (let steps?, nil):
            try vary(\.duration, steps.numbers("--steps", in: Configuration.stepBounds).map { .steps($0) })
        case (nil, let epochs?):
            try vary(\.duration, epochs.numbers("--epochs", in: Configuration.epochBounds).map { .epochs($0) })
        case (_?, _?): throw UsageError("--steps and --epochs exclude each other: give one of them")
        }
        try vary(\.blocks, blocks.numbers("--blocks", in: Configuration.blockBounds))
        try vary(\.width, width.numbers("--width", in: Configuration.widthBounds))
        let names = Initialization.allCases.map(\.rawValue).joined(separator: ", ")
        try vary(\.initialization, initialization.values("--initialization", "one of \(names)"))
        try vary(\.batchSize, batchSize.numbers("--batch-size", in: Configuration.batchSizeBounds))
        try vary(\.learningRate, learningRate.numbers("--learning-rate", in: Configuration.learningRateBounds))
        try vary(\.momentum, momentum.numbers("--momentum", in: Configuration.momentumBounds))
        try vary(\.architecture, architectures)
        for configuration in all { try configuration.validate() }
        return all
    }
}

/// The values of an option as a person types them: `50`, or `50,100,200` for a grid.
///
/// Read when they are asked for, so that the error can name the one that is wrong.
struct ValueList<Value: ExpressibleByArgument & Hashable & Sendable>: ExpressibleByArgument, CustomStringConvertible {
    let description: String

    init(_ value: Value) { description = value.defaultValueDescription }

    init(argument: String) { description = argument }

    /// Reads the values.
    ///
    /// - Parameters:
    ///   - option: the option's name, for errors.
    ///   - expected: what a value is, as `a number from 0 to 1`.
    ///   - isValid: whether a value is that.
    /// - Returns: the values in their order.
    /// - Throws: ``UsageError`` for a value that is none, or is given twice.
    func values(
        _ option: String,
        _ expected: String,
        where isValid: (Value) -> Bool = { _ in true }
    ) throws(UsageError) -> [Value] {
        var values: [Value] = []
        for word in description.split(separator: ",", omittingEmptySubsequences: false) {
            guard let value = Value(argument: String(word)), isValid(value) else {
                throw UsageError("\(option) \(description): '\(word)' is not \(expected)")
            }
            guard !values.contains(value) else { throw UsageError("\(option) \(description): \(word) is given twice") }
            values.append(value)
        }
        return values
    }

    static var allValueStrings: [String] { Value.allValueStrings }

    static var defaultCompletionKind: CompletionKind { Value.defaultCompletionKind }

    var defaultValueDescription: String { description }
}

extension ValueList where Value: Comparable {
    /// The values, each of which has to be in a range.
    func numbers(_ option: String, in bounds: ClosedRange<Value>) throws(UsageError) -> [Value] {
        let kind = Value.self == Int.self ? "a whole number" : "a number"
        return try values(option, "\(kind) from \(bounds.lowerBound) to \(bounds.upperBound)", where: bounds.contains)
    }
}

extension Initialization: ExpressibleByArgument {}
