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

        /// Makes a difference; between two values of any origin, one compared with the other.
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

extension Verdict {
    /// The verdict with the keys that scripts see.
    public var members: [JSON.Member] {
        let layer = difference?.layer
        func number(_ value: Double?) -> JSON { value.map { .real($0) } ?? .null }
        func text(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }
        return [
            JSON.Member("run", .integer(run)),
            JSON.Member("uuid", .string(uuid)),
            JSON.Member("result", .string(result.rawValue)),
            JSON.Member("step", difference?.step.map { .integer(Int64($0)) } ?? .null),
            JSON.Member("layer", text(layer?.name)),
            JSON.Member("name", text(layer?.shortName)),
            JSON.Member("recorded", number(difference?.recorded)),
            JSON.Member("computed", number(difference?.computed)),
            JSON.Member("ulps", difference?.distance.ulps.map { .integer(Int64($0)) } ?? .null),
            JSON.Member("relative", number(difference?.distance.relative)),
            JSON.Member("reason", text(reason)),
        ]
    }
}

/// How many verdicts of each kind there are.
public struct VerdictTally: Sendable, CustomStringConvertible {
    private var counts: [Verdict.Result: Int] = [:]

    public init() {}

    public var total: Int { counts.values.reduce(0, +) }

    public subscript(result: Verdict.Result) -> Int { counts[result] ?? 0 }

    public mutating func add(_ verdict: Verdict) { counts[verdict.result, default: 0] += 1 }

    /// `3 identical, 1 differing`.
    public var description: String {
        let words: [(Verdict.Result, String)] = [
            (.identical, "identical"), (.differs, "differing"), (.damaged, "damaged"),
            (.notVerifiable, "not verifiable"),
        ]
        let parts = words.compactMap { result, word in counts[result].map { "\($0) \(word)" } }
        return parts.isEmpty ? "no run to verify" : parts.joined(separator: ", ")
    }
}
