public import Storage

/// What came of executing a recorded run again.
public struct Verdict: Sendable, Equatable {
    public enum Result: String, Sendable {
        /// Every recorded variance, loss and digest is what was computed now.
        case identical
        /// Something is not the same; `difference` or `reason` says what.
        case differs
        /// What was recorded of it, or the dataset or weights that it needs, is not what was stored.
        case damaged
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

        /// How far the two are apart.
        public var distance: ValueDistance { ValueDistance(from: recorded, to: computed) }
    }

    /// The run's number.
    public let run: Int64
    public let uuid: String
    public let result: Result
    public var difference: Difference?
    /// Why it could not be verified, or what it is that differs where that is no variance.
    public var reason: String?
}
