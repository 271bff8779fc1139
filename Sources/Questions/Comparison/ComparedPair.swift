public import Analysis
public import Storage

/// Two groups of runs, A the baseline and B, row by row.
public struct ComparedPair: Sendable {
    /// One of the two groups.
    public struct Side: Sendable {
        /// `A`, `B` …, by the place of the group in the question.
        public let name: String
        public let group: Group
        /// What this side has not, and why, by seed.
        public let leftOut: [LeftOut]
        /// How many of its runs are compared.
        public let count: Int
        public let growth: SideGrowth
    }

    /// A seed, or a run without one, that does not count on a side.
    public struct LeftOut: Sendable, Equatable {
        /// Why it does not; the raw value is the word in JSON.
        public enum Reason: String, Sendable {
            /// The other side has the seed, this one has no run of it.
            case noRun = "no_run"
            case failed, killed, deleted, running
        }

        public let seed: Int64?
        /// The run of this side that would have counted.
        public let run: Int64?
        public let reason: Reason
    }

    /// One layer or metric, on both sides or on one.
    public struct Row: Sendable {
        /// What a row is about.
        public enum Subject: Sendable {
            /// A's place, or B's where A has none.
            case layer(LayerPlace)
            case metric(String)
        }

        public let subject: Subject
        public let scale: Contrast.Scale
        public let a: Part
        public let b: Part
        /// Nil where one side has no such layer.
        public internal(set) var contrast: Contrast?
        /// The effect that was asked for, a ratio or a difference.
        public let asked: Double?

        /// What one side recorded.
        public struct Part: Sendable {
            public let isAfterNorm: Bool
            public let summary: Summary
            /// The values of the runs that are compared.
            public let values: [Group.Value]
            /// How many of the runs to be compared recorded a value, also those without a partner.
            let recorded: Int
        }

        /// Runs a side to show the effect that was asked for.
        public var seedsNeeded: Int? { asked.flatMap { contrast?.seedsNeeded(toDetect: $0) } }

        public var place: LayerPlace? { if case .layer(let place) = subject { place } else { nil } }

        public var metric: String? { if case .metric(let key) = subject { key } else { nil } }

        /// The short name of a layer, the key of a metric.
        public var name: String { place?.shortName ?? metric ?? "" }
    }

    public let a: Side
    public let b: Side
    public let pairing: Pairing
    /// The step of all values; nil where they are the last ones and not of one step.
    public let step: Int64?
    /// The layers in the order of A, what only B has before what follows it there, then the metrics, by name.
    public private(set) var rows: [Row]
    /// The short names that several layers have.
    let repeatedNames: Set<ExactText>
    /// The params in which the sides differ.
    public let differs: [String]
    public let equal: Equal
    /// The factor of growth of B over that of A; nil where one of them is not known.
    public let growthRatio: Contrast?
    let measure: MeasureWord?
    /// Whether each layer and metric is compared at its own last step.
    let isFinal: Bool

    /// What was the same on both sides, of the seeds that are paired or of all runs where none are; nil where it is not known.
    public struct Equal: Sendable, Equatable {
        public let dataset: Bool?
        public let initialWeights: Bool?
        public let batchOrder: Bool?
    }

    var sides: [Side] { [a, b] }

    init(_ a: Comparison.Recorded, _ b: Comparison.Recorded, _ question: ComparisonQuestion, _ measure: MeasureWord?)
        throws
    {
        let groups = [a.group, b.group]
        let pairing = Pairing(a.group.runs.map(\.seed), b.group.runs.map(\.seed), rule: question.pairing)
        if pairing.isPaired, pairing.seeds.isEmpty {
            throw QuestionError.noCommonSeed(a: a.group.word, b: b.group.word)
        }
        self.pairing = pairing
        self.measure = measure
        isFinal = question.step == .final
        rows =
            Self.layers(a.layers, b.layers, pairing, measure, question.detection.ratio)
            + Self.metrics(a.metrics, b.metrics, pairing, question.detection)
        let names = rows.filter { $0.place != nil }.map { ExactText($0.name) }
        repeatedNames = Set(Dictionary(grouping: names, by: \.self).filter { $0.value.count > 1 }.keys)
        let steps = Set(rows.flatMap { $0.a.values + $0.b.values }.map(\.step))
        step = question.step.number ?? (steps.count == 1 ? steps.first : nil)

        let (ours, theirs) = (a.group.params, b.group.params)
        let (architecture, seed) = (ExactText("architecture"), ExactText("seed"))
        let keys = Set(ours.keys).union(theirs.keys).subtracting([seed]).union([architecture])
        let architectures = groups.map { $0.runs[0].architecture.map(ExactText.init) }
        differs = keys.sorted().filter {
            $0 == architecture
                ? architectures[0] != architectures[1] : ours[$0]?.canonical != theirs[$0]?.canonical
        }.map(\.text)
        equal = Equal(
            dataset: Self.areEqual(groups, pairing, \.dataset),
            initialWeights: Self.areEqual(groups, pairing, \.initialWeightsDigest),
            batchOrder: Self.areEqual(groups, pairing, \.batchOrderDigest)
        )
        let parts = rows.compactMap { row in row.place.map { (place: $0, a: row.a, b: row.b) } }
        func side(_ side: Comparison.Recorded, missing: [Int64], _ parts: [(LayerPlace, Row.Part)]) -> Side {
            Side(
                name: side.name,
                group: side.group,
                leftOut: Self.leftOut(side, missing: pairing.isPaired ? missing : []),
                count: pairing.isPaired ? pairing.seeds.count : side.group.runs.count,
                growth: SideGrowth(of: parts, fitting: question.growth, measure)
            )
        }
        self.a = side(a, missing: pairing.onlyB, parts.map { ($0.place, $0.a) })
        self.b = side(b, missing: pairing.onlyA, parts.map { ($0.place, $0.b) })
        growthRatio =
            if let ours = self.a.growth.growth, let theirs = self.b.growth.growth {
                pairing.contrast(ours.factors, theirs.factors, scale: .ratio)
            } else { nil }
    }

    /// Takes over the rows' contrasts, adjusted over all groups.
    mutating func take(_ adjusted: [Contrast]) {
        var contrasts = adjusted.makeIterator()
        for index in rows.indices where rows[index].contrast != nil { rows[index].contrast = contrasts.next() }
    }

    func part(_ row: Row, _ side: Side) -> Row.Part { side.name.isExactly(a.name) ? row.a : row.b }

    /// What a side leaves out: its runs that did not finish, those of missing seeds that were deleted, and the missing seeds
    /// of which it has no run.
    private static func leftOut(_ side: Comparison.Recorded, missing: [Int64]) -> [LeftOut] {
        let present = Set(side.group.runs.compactMap(\.seed))
        let missing = Set(missing)
        var found: [LeftOut] = []
        var explained: Set<Int64> = []
        // A run that did not finish explains more than one that was put away, and a new one more than an old one.
        for lifecycle in [Lifecycle.active, .deleted] {
            for run in side.leftOut where run.lifecycle == lifecycle {
                if let seed = run.seed {
                    guard !present.contains(seed), lifecycle == .active || missing.contains(seed),
                        explained.insert(seed).inserted
                    else { continue }
                } else if lifecycle == .deleted {
                    continue
                }
                found.append(LeftOut(seed: run.seed, run: run.number, reason: reason(of: run)))
            }
        }
        found += missing.subtracting(explained).map { LeftOut(seed: $0, run: nil, reason: .noRun) }
        return found.sorted { ($0.seed ?? .max, $0.run ?? 0) < ($1.seed ?? .max, $1.run ?? 0) }
    }

    private static func reason(of run: LeftOutRun) -> LeftOut.Reason {
        if run.lifecycle == .deleted { return .deleted }
        return switch run.status {
        case .killed: .killed
        case .running, RunStatus(rawValue: "scheduled"): .running
        default: .failed
        }
    }

    private static func areEqual<Digest: Hashable>(
        _ groups: [Group],
        _ pairing: Pairing,
        _ digest: KeyPath<GroupedRun, Digest?>
    ) -> Bool? {
        let common = Set(pairing.seeds)
        let sets = groups.map { group -> Set<Digest>? in
            let runs = pairing.isPaired ? group.runs.filter { $0.seed.map(common.contains) ?? false } : group.runs
            let known = runs.compactMap { $0[keyPath: digest] }
            return known.count == runs.count ? Set(known) : nil
        }
        guard let ours = sets[0], let theirs = sets[1] else { return nil }
        return ours == theirs
    }
}
