/// All combinations of some settings' values.
public struct Combinations: Sendable {
    /// The most that there may be; they are held in memory.
    private static let limit = 100_000

    /// One at first, with the defaults.
    public var configurations = [Configuration()]

    public init() {}

    /// Gives a setting several values, which alternate faster than those before it.
    ///
    /// - Throws: ``ConfigurationError`` where there would be too many.
    public mutating func vary<Value>(
        _ setting: WritableKeyPath<Configuration, Value>,
        _ values: [Value]
    ) throws(ConfigurationError) {
        guard values.count <= Self.limit / configurations.count else {
            throw ConfigurationError(
                "the lists of values",
                "give more than \(Self.limit) configurations: give shorter ones"
            )
        }
        configurations = configurations.flatMap { configuration in
            values.map { value in
                var varied = configuration
                varied[keyPath: setting] = value
                return varied
            }
        }
    }
}
