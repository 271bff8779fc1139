public import ArgumentParser
public import Runner

/// The settings of a network and its training, by the names they have in `params`; several values give a grid.
struct TrainingOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: .value("n,…", "Optimiser updates. (default: 1)"))
    var steps: ValueList<Int>?

    @Option(
        parsing: .unconditional,
        help: .value("n,…", "Passes over the training examples, instead of --steps.")
    )
    var epochs: ValueList<Int>?

    @Option(help: .value("k", "Record every k steps; the first and the last always."))
    var recordEvery = Configuration().recordEvery

    @Option(parsing: .unconditional, help: .value("n,…", "Residual blocks."))
    var blocks = ValueList(Configuration().blocks)

    @Option(parsing: .unconditional, help: .value("n,…", "Hidden units in every layer."))
    var width = ValueList(Configuration().width)

    @Option(parsing: .unconditional, help: .value("name,…", "Initial weights."))
    var initialization = ValueList(Configuration().initialization)

    @Option(parsing: .unconditional, help: .value("n,…", "Examples in a step."))
    var batchSize = ValueList(Configuration().batchSize)

    @Option(parsing: .unconditional, help: .value("x,…", "The learning rate of SGD."))
    var learningRate = ValueList(Configuration().learningRate)

    @Option(parsing: .unconditional, help: .value("x,…", "The momentum of SGD."))
    var momentum = ValueList(Configuration().momentum)

    /// All combinations of the settings with some architectures, which alternate fastest: what is compared stays
    /// together.
    ///
    /// - Throws: `ConfigurationError` that names the setting and its range; ``UsageError``.
    func configurations(_ architectures: [Architecture]) throws -> [Configuration] {
        var all = Combinations()
        all.configurations[0].recordEvery = recordEvery
        switch (steps, epochs) {
        case (nil, nil): break
        case (let steps?, nil):
            try all.vary(\.duration, steps.numbers("--steps", in: Configuration.stepBounds).map { .steps($0) })
        case (nil, let epochs?):
            try all.vary(\.duration, epochs.numbers("--epochs", in: Configuration.epochBounds).map { .epochs($0) })
        case (_?, _?): throw UsageError("--steps and --epochs exclude each other: give one of them")
        }
        try all.vary(\.blocks, blocks.numbers("--blocks", in: Configuration.blockBounds))
        try all.vary(\.width, width.numbers("--width", in: Configuration.widthBounds))
        let names = Initialization.allCases.map(\.rawValue).joined(separator: ", ")
        try all.vary(\.initialization, initialization.values("--initialization", "one of \(names)"))
        try all.vary(\.batchSize, batchSize.numbers("--batch-size", in: Configuration.batchSizeBounds))
        try all.vary(\.learningRate, learningRate.numbers("--learning-rate", in: Configuration.learningRateBounds))
        try all.vary(\.momentum, momentum.numbers("--momentum", in: Configuration.momentumBounds))
        try all.vary(\.architecture, architectures)
        for configuration in all.configurations { try configuration.validate() }
        return all.configurations
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
