public import Storage

/// What `diff` answers: two runs, fact by fact, and where their metrics and variances part.
public struct Difference: Sendable {
    /// One fact of both runs; `.null` where a run does not have it.
    public struct Fact: Sendable {
        public let key: String
        public let a: JSON
        public let b: JSON
        /// Whether the two are not the same by the one rule of values: 1, 1.0 and the text 1 are.
        public let differs: Bool
    }

    /// The first place at which the variances are not the same.
    public struct Parting: Sendable {
        public let step: Int64
        public let place: LayerPlace
        /// NaN is a value like others here; nil where a run has no such row.
        public let a: Double?
        public let b: Double?

        /// How far B's value lies from A's.
        public var distance: ValueDistance { ValueDistance(from: a, to: b) }
    }

    /// A metric that both runs recorded.
    public struct MetricFact: Sendable {
        public let metric: String
        /// At how many steps both recorded it, and at how many one alone.
        public internal(set) var steps = (common: 0, onlyA: 0, onlyB: 0)
        /// The first step at which the values are not the same, with both; nil where a run has fewer values there.
        public internal(set) var parting: (step: Int64, a: Double?, b: Double?)?
    }

    public let a: Run
    public let b: Run
    /// Lifecycle, status, seed and the like.
    public let facts: [Fact]
    public let params: [Fact]
    public let tags: [Fact]
    public let digests: [Fact]
    public let environment: [Fact]
    /// The metrics in common, by name.
    public internal(set) var metrics: [MetricFact] = []
    public internal(set) var parting: Parting?
    /// Up to the parting: how many steps both runs recorded variances at, and how many one of them alone.
    public internal(set) var steps = (common: 0, onlyA: 0, onlyB: 0)
    /// Up to the parting: at how many of the common steps nothing was measured in the same way, so that nothing was compared.
    public internal(set) var incomparableSteps = 0
    /// What was not compared, each in a few words.
    public internal(set) var notCompared: [String] = []

    /// Compares two runs, in one snapshot of the store.
    ///
    /// - Throws: `StoreError` for a RUN that is not there; `SQLiteError`.
    public init(_ a: String, _ b: String, in store: Store) throws {
        self = try store.snapshot { try Difference(store.run(a), store.run(b), in: store) }
    }

    private init(_ a: Run, _ b: Run, in store: Store) throws {
        self.a = a
        self.b = b
        func facts(_ values: (Run) throws -> [JSON.Member]) throws -> [Fact] {
            Self.facts(try values(a), try values(b)) { !$0.text.utf8.elementsEqual($1.text.utf8) }
        }
        func entries(_ values: (Int64) throws -> [Entry]) throws -> [Fact] {
            let (ours, theirs) = (try values(a.number), try values(b.number))
            func members(_ entries: [Entry]) -> [JSON.Member] { entries.map { .init($0.key, JSON($0.value)) } }
            return Self.facts(members(ours), members(theirs)) { $0.value.canonical != $1.value.canonical }
        }
        self.facts = try facts { run in
            [
                .init("experiment", .string(run.experiment)), .init("name", JSON(run.name)),
                .init("architecture", JSON(run.architecture)), .init("seed", JSON(run.seed)),
                .init("dataset", JSON(run.datasetName)), .init("status", .string(run.status.rawValue)),
                .init("lifecycle", JSON(try store.lifecycle(of: run.number)?.rawValue)),
                .init("steps", .integer(run.steps)), .init("last_step", JSON(run.lastStep)),
                .init("numerics", JSON(run.numerics)),
            ]
        }
        params = try entries { run throws(SQLiteError) in try store.params(of: run) }
        tags = try entries { run throws(SQLiteError) in try store.tags(of: run) }
        digests = try facts { run in
            [
                .init("configuration", JSON(run.configurationDigest)), .init("dataset", JSON(run.datasetDigest)),
                .init("initial_weights", JSON(run.initialWeightsDigest)),
                .init("batch_order", JSON(run.batchOrderDigest)), .init("final_weights", JSON(run.finalWeightsDigest)),
            ]
        }
        environment = try facts { try WholeRun.environment(of: $0, in: store)?.members ?? [] }
        try walkMetrics(store)
        try walkVariances(store)
        try noteWeights(store)
    }

    /// Lines facts up by their keys, byte by byte: those of A in their order, then those that B alone has.
    private static func facts(
        _ ours: [JSON.Member],
        _ theirs: [JSON.Member],
        differ: (JSON, JSON) -> Bool
    ) -> [Fact] {
        func byKey(_ members: [JSON.Member]) -> [ExactText: JSON] {
            Dictionary(members.map { (ExactText($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
        }
        let (a, b) = (byKey(ours), byKey(theirs))
        return (ours + theirs.filter { a[ExactText($0.key)] == nil }).map { member in
            let key = ExactText(member.key)
            let (left, right) = (a[key] ?? .null, b[key] ?? .null)
            return Fact(key: member.key, a: left, b: right, differs: differ(left, right))
        }
    }

    /// Weights are compared by their digests, which imported and logged runs do not have.
    private mutating func noteWeights(_ store: Store) throws {
        for run in a.number == b.number ? [a] : [a, b] {
            guard run.finalWeightsDigest == nil, try !store.tensors(of: run.number).isEmpty else { continue }
            notCompared.append("the weights of run \(run.number), which have no digest")
        }
    }
}

extension JSON {
    /// The value of a param or a tag that was made from one.
    fileprivate var value: SQLValue {
        switch self {
        case .integer(let value): .integer(value)
        case .real(let value): .real(value)
        case .string(let text): .text(text)
        case .null: .null
        default: .text(text)
        }
    }
}
