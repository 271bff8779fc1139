/// How far two numbers lie apart that were float32 once.
public struct ValueDistance: Sendable, Equatable {
    /// How many float32 values apart the two are, to the nearest; nil where one is missing or not finite.
    public let ulps: Int?
    /// The difference as a share of the first; nil likewise, and where the first is 0.
    public let relative: Double?

    /// Measures from one number to another.
    public init(from first: Double?, to second: Double?) {
        guard let first, let second, first.isFinite, second.isFinite else {
            ulps = nil
            relative = nil
            return
        }
        ulps = abs(Self.ordinal(Float(first)) - Self.ordinal(Float(second)))
        relative = first == 0 ? nil : abs(second - first) / abs(first)
    }

    /// The place of a value among all float32 values, neighbours one apart.
    private static func ordinal(_ value: Float) -> Int {
        let magnitude = Int(value.magnitude.bitPattern)
        return value.sign == .minus ? -magnitude : magnitude
    }
}
