public import Analysis
public import Storage

/// What `compare` answers: two groups of runs, A the baseline and B, layer by layer, with what has to be said about them.
public struct Comparison: Sendable {
    /// One of the two groups.
    public struct Side: Sendable {
        /// `A` or `B`.
        public let name: String
        public let group: Group
        /// What it measured before a norm behind each block, in the order of the blocks.
        public internal(set) var residualSums: [ResidualSum] = []
        public internal(set) var growth: Growth?
        /// The seeds that this side alone has, in order.
        public let ownSeeds: [Int64]
    }

    /// One layer, on both sides or on one.
    public struct Layer: Sendable {
        /// A's place, or B's where A has none.
        public let place: LayerPlace
        public let a: Part
        public let b: Part
        /// Nil where one side has no such layer.
        public let contrast: Contrast?

        /// What one side measured there.
        public struct Part: Sendable {
            public let isAfterNorm: Bool
            public let summary: Summary
            /// The values of the runs that are compared.
            public let values: [Group.Value]
        }

        public var isAfterNorm: Bool { a.isAfterNorm || b.isAfterNorm }

        func part(_ side: Side) -> Part { side.name == "A" ? a : b }
    }

    /// What one side measured behind a block, before a norm.
    public struct ResidualSum: Sendable {
        public let block: Int
        public let name: String
        public let values: [Group.Value]
    }

    public private(set) var a: Side
    public private(set) var b: Side
    public let pairing: Pairing
    /// The step compared; nil where it is each run's last one, and these are not all the same.
    public let step: Int64?
    public let layers: [Layer]
    /// The params in which the sides differ.
    public let differs: [String]
    /// What was the same on both sides; nil where it is not known.
    public let equal: Equal

    /// What was the same on both sides: of the seeds that are paired, or of all runs where none are.
    public struct Equal: Sendable, Equatable {
        public let dataset: Bool?
        public let initialWeights: Bool?
        public let batchOrder: Bool?
    }

    var sides: [Side] { [a, b] }

    /// Compares two groups, in one snapshot of the store.
    ///
    /// - Parameters:
    ///   - words: two, each an architecture, a RUN or a FILTER; the first is the baseline.
    ///   - step: the step.
    ///   - store: where they were recorded.
    /// - Throws: ``QuestionError`` where a group is empty or mixed, or has nothing recorded at the step.
    public init(_ first: String, _ second: String, step: RecordedStep = .final, in store: Store) throws {
        self = try store.snapshot { try Comparison(reading: first, second, step, store) }
    }

    private init(reading first: String, _ second: String, _ step: RecordedStep, _ store: Store) throws {
        // A word that cannot be read comes before what is wrong with the runs of the other one.
        let filters = try [first, second].map { try Filter(group: $0, in: store) }
        let groups = try [Group(first, filters[0], in: store), Group(second, filters[1], in: store)]
        let measured = try groups.map { try $0.layers(at: step.number, in: store) }
        for (group, layers) in zip(groups, measured) where layers.isEmpty {
            throw QuestionError.nothingRecorded(
                word: group.word,
                step: step.number,
                common: try Self.commonStep(groups, from: step.number, in: store)
            )
        }
        pairing = Pairing(groups[0].runs.map(\.seed), groups[1].runs.map(\.seed))
        a = Side(name: "A", group: groups[0], ownSeeds: pairing.onlyA)
        b = Side(name: "B", group: groups[1], ownSeeds: pairing.onlyB)
        let lastSteps = Set(groups.flatMap(\.lastSteps))
        self.step = step.number ?? (lastSteps.count == 1 ? lastSteps.first : nil)
        layers = Self.lineUp(measured[0], measured[1], pairing)

        let (ours, theirs) = (groups[0].params, groups[1].params)
        let keys = Set(ours.keys).union(theirs.keys).union(["architecture"])
        let isOneArchitecture = groups[0].runs[0].architecture == groups[1].runs[0].architecture
        differs = keys.sorted().filter { $0 == "architecture" ? !isOneArchitecture : ours[$0] != theirs[$0] }
        equal = Equal(
            dataset: Self.areEqual(groups, pairing, \.dataset),
            initialWeights: Self.areEqual(groups, pairing, \.initialWeightsDigest),
            batchOrder: Self.areEqual(groups, pairing, \.batchOrderDigest)
        )
        a.residualSums = residualSums(of: a)
        b.residualSums = residualSums(of: b)
        a.growth = Self.growth(a.residualSums)
        b.growth = Self.growth(b.residualSums)
    }

    private static func commonStep(_ groups: [Group], from step: Int64?, in store: Store) throws -> Int64? {
        guard let step else { return nil }
        let (first, second) = (groups[0].runs[0].number, groups[1].runs[0].number)
        return try store.commonStep(of: first, and: second, from: step) ?? store.commonStep(of: first, and: second)
    }

    /// Puts the layers of two sides beside each other by their names; those of different measure stay apart.
    private static func lineUp(
        _ a: [Group.MeasuredLayer],
        _ b: [Group.MeasuredLayer],
        _ pairing: Pairing
    ) -> [Layer] {
        let common = Set(pairing.seeds)
        func part(_ layer: Group.MeasuredLayer?, _ summary: Summary?) -> Layer.Part {
            let values = (layer?.values ?? []).filter { value in
                !pairing.isPaired || value.seed.map { common.contains($0) } ?? false
            }
            return Layer.Part(
                isAfterNorm: layer?.place.afterNorm ?? false,
                summary: summary ?? Summary(values.map(\.value)),
                values: values
            )
        }
        var rest = b
        var rows: [(a: Group.MeasuredLayer?, b: Group.MeasuredLayer?)] = a.map { layer in
            let partner = rest.firstIndex {
                $0.place.shortName == layer.place.shortName && $0.place.measure == layer.place.measure
            }
            return (layer, partner.map { rest.remove(at: $0) })
        }
        for layer in rest {
            let place = rows.firstIndex { ($0.a ?? $0.b)?.place.position ?? 0 > layer.place.position } ?? rows.endIndex
            rows.insert((nil, layer), at: place)
        }
        let both = rows.compactMap { row -> Contrast? in
            guard let a = row.a, let b = row.b else { return nil }
            return pairing.contrast(
                a.values.map { Seeded(seed: $0.seed, value: $0.value) },
                b.values.map { Seeded(seed: $0.seed, value: $0.value) },
                scale: .ratio
            )
        }
        var contrasts = Contrast.adjusted([both]).joined().makeIterator()
        return rows.compactMap { row in
            guard let place = (row.a ?? row.b)?.place else { return nil }
            let contrast = row.a != nil && row.b != nil ? contrasts.next() : nil
            return Layer(place: place, a: part(row.a, contrast?.a), b: part(row.b, contrast?.b), contrast: contrast)
        }
    }

    /// The layers named `residual1`, `residual2` … that a side measured before a norm.
    private func residualSums(of side: Side) -> [ResidualSum] {
        layers.compactMap { layer in
            let (name, part) = (layer.place.shortName, layer.part(side))
            guard name.hasPrefix("residual"), let block = Int(name.dropFirst("residual".count)), !part.isAfterNorm,
                !part.values.isEmpty
            else { return nil }
            return ResidualSum(block: block, name: name, values: part.values)
        }.sorted { $0.block < $1.block }
    }

    private static func growth(_ sums: [ResidualSum]) -> Growth? {
        let blocks = sums.map(\.block)
        // A block that is there twice was measured in two ways.
        guard Set(blocks).count == blocks.count else { return nil }
        var byRun: [Int64: [Double]] = [:]
        for sum in sums {
            for value in sum.values { byRun[value.run, default: []].append(value.value) }
        }
        let seeds = byRun.sorted { $0.key < $1.key }.map { Seeded(seed: nil, value: $0.value) }
        return try? Growth.measure(seeds, blocks: blocks).get()
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
