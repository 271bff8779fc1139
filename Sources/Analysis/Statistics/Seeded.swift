/// What one run gave, by the seed that pairs it with runs of other groups; nil where the seed is not known.
public struct Seeded<Value> {
    public let seed: Int64?
    public let value: Value

    /// Puts a value and its seed together.
    public init(seed: Int64?, value: Value) {
        self.seed = seed
        self.value = value
    }
}

extension Seeded: Sendable where Value: Sendable {}
extension Seeded: Equatable where Value: Equatable {}
