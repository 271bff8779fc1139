/// What came of executing a recorded run again.
public struct Verdict: Sendable, Equatable {
    public enum Result: String, Sendable {
        /// Every recorded variance, loss and digest is what was computed now.
        case identical
        case differs
        /// It could not be executed again, or not so that the same bits are to be expected.
        case notVerifiable = "not_verifiable"
    }

    /// The first thing that is not the same.
    public struct Difference: Sendable, Equatable {
        /// Nil for what belongs to the run as a whole.
        public var step: Int?
        /// Nil where it is no variance.
        public var layer: Layer?
        /// As it was recorded; nil where there is no such row.
        public var recorded: Double?
        /// As it was computed now.
        public var computed: Double?

        /// Makes a difference; between two values of any origin, the one held against the other.
        public init(step: Int? = nil, layer: Layer? = nil, recorded: Double?, computed: Double?) {
            self.step = step
            self.layer = layer
            self.recorded = recorded
            self.computed = computed
        }

        /// How many float32 values apart the two are, to the nearest; nil where one is missing or not finite.
        public var ulps: Int? {
            guard let recorded, let computed, recorded.isFinite, computed.isFinite else { return nil }
            return abs(Self.ordinal(Float(recorded)) - Self.ordinal(Float(computed)))
        }

        /// The difference as a share of the recorded value.
        public var relative: Double? {
            guard let recorded, let computed, recorded.isFinite, computed.isFinite, recorded != 0 else { return nil }
            return abs(computed - recorded) / abs(recorded)
        }

        /// The place of a value among all float32 values, neighbours one apart.
        private static func ordinal(_ value: Float) -> Int {
            let magnitude = Int(value.magnitude.bitPattern)
            return value.sign == .minus ? -magnitude : magnitude
        }
    }

    /// The run's number.
    public let run: Int64
    public let uuid: String
    public let result: Result
    public var difference: Difference?
    /// Why it could not be verified, or what it is that differs where that is no variance.
    public var reason: String?
}
