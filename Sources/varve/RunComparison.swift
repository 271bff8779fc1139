import Analysis
import Questions
import Storage

/// What `compare` found: two sides, layer by layer, with what has to be said about them.
struct RunComparison {
    /// One layer, on both sides or on one.
    struct Layer {
        /// A's place, or B's where A has none.
        let place: LayerPlace
        let isBehindNorm: (a: Bool, b: Bool)
        let a: Summary
        let b: Summary
        /// The values of the runs that are compared.
        let values: (a: [ComparisonSide.Value], b: [ComparisonSide.Value])
        /// Nil where one side has no such layer.
        let comparison: Comparison?
    }

    /// What one side measured behind a block, before a norm.
    struct ResidualSum {
        let block: Int
        let name: String
        let values: [ComparisonSide.Value]
    }

    /// How one side grows across depth.
    struct Growing {
        /// The short names of the residual sums that were fitted, in order.
        let layers: [String]
        let growth: Growth
    }

    let a: ComparisonSide
    let b: ComparisonSide
    let pairing: Pairing
    /// What was compared: nil where the runs' last steps are not all the same.
    let step: Int64?
    let layers: [Layer]
    /// The layers named `residual1`, `residual2` … that each side measured before a norm, in the order of the blocks.
    let residualSums: (a: [ResidualSum], b: [ResidualSum])
    let growth: (a: Growing?, b: Growing?)
    /// The params in which the sides differ.
    let differs: [String]
    /// What was the same; nil where it is not known.
    let equal: (dataset: Bool?, initialWeights: Bool?, batchOrder: Bool?)

    /// Compares two sides.
    ///
    /// - Throws: `StoreError` where a side is empty or mixed, or has nothing recorded at the step.
    init(_ first: String, _ second: String, step: RecordedStep, in store: Store) throws {
        // A word that cannot be read comes before what is wrong with the runs of the other one.
        let filters = try [first, second].map { try Filter(group: $0, in: store) }
        a = try ComparisonSide(first, filters[0], name: "A", step: step.number, in: store)
        b = try ComparisonSide(second, filters[1], name: "B", step: step.number, in: store)
        for (name, side) in [("A", a), ("B", b)] where side.layers.isEmpty {
            throw try Self.nothingRecorded(name, side, a, b, step, store)
        }
        pairing = Pairing(a.runs.map(\.seed), b.runs.map(\.seed))
        let lastSteps = Set(a.lastSteps + b.lastSteps)
        self.step = step.number ?? (lastSteps.count == 1 ? lastSteps.first : nil)
        layers = Self.lineUp(a, b, pairing)
        residualSums = (Self.residualSums(layers, \.a, \.a), Self.residualSums(layers, \.b, \.b))
        growth = (Self.growth(residualSums.a), Self.growth(residualSums.b))

        let (ours, theirs) = (Dictionary(a.params), Dictionary(b.params))
        let keys = Set(ours.keys).union(theirs.keys).union(["architecture"])
        let isOneArchitecture = a.runs[0].architecture == b.runs[0].architecture
        differs = keys.sorted().filter { $0 == "architecture" ? !isOneArchitecture : ours[$0] != theirs[$0] }
        equal = (
            Self.areEqual(a, b, pairing, \.dataset),
            Self.areEqual(a, b, pairing, \.initialWeightsDigest),
            Self.areEqual(a, b, pairing, \.batchOrderDigest)
        )
    }

    /// Says why nothing can be compared, and which step could be.
    private static func nothingRecorded(
        _ name: String,
        _ side: ComparisonSide,
        _ a: ComparisonSide,
        _ b: ComparisonSide,
        _ step: RecordedStep,
        _ store: Store
    ) throws -> CommandError {
        guard let number = step.number else {
            return CommandError(.missing, "\(name) ('\(side.label)') has no recorded variances")
        }
        let (first, second) = (a.runs[0].number, b.runs[0].number)
        let common =
            try store.commonStep(of: first, and: second, from: number) ?? store.commonStep(of: first, and: second)
        return CommandError(
            .missing,
            "\(name) ('\(side.label)') did not record step \(number); "
                + (common.map { "a step that both sides have is --step \($0)" } ?? "A and B have no common step")
        )
    }

    /// Puts the layers of two sides beside each other by their short names; those of different measure stay apart.
    private static func lineUp(_ a: ComparisonSide, _ b: ComparisonSide, _ pairing: Pairing) -> [Layer] {
        typealias Measured = ComparisonSide.MeasuredLayer
        func compared(_ values: [ComparisonSide.Value]) -> [ComparisonSide.Value] {
            guard pairing.isPaired else { return values }
            return values.filter { value in value.seed.map { contains($0) } ?? false }
        }
        let common = Set(pairing.seeds)
        func contains(_ seed: Int64) -> Bool { common.contains(seed) }

        var rest = b.layers
        var rows: [(a: Measured?, b: Measured?)] = a.layers.map { layer in
            let partner = rest.firstIndex {
                $0.place.shortName == layer.place.shortName && $0.place.measure == layer.place.measure
            }
            return (layer, partner.map { rest.remove(at: $0) })
        }
        for layer in rest {
            let place = rows.firstIndex { ($0.a ?? $0.b)?.place.position ?? 0 > layer.place.position } ?? rows.endIndex
            rows.insert((nil, layer), at: place)
        }
        let both = rows.compactMap { row -> (a: Pairing.Values, b: Pairing.Values)? in
            guard let a = row.a, let b = row.b else { return nil }
            return (a.values.map { ($0.seed, $0.value) }, b.values.map { ($0.seed, $0.value) })
        }
        var comparisons = pairing.compare(both).makeIterator()
        return rows.compactMap { row in
            guard let place = (row.a ?? row.b)?.place else { return nil }
            let comparison = row.a != nil && row.b != nil ? comparisons.next() : nil
            let values = (a: compared(row.a?.values ?? []), b: compared(row.b?.values ?? []))
            return Layer(
                place: place,
                isBehindNorm: (row.a?.place.afterNorm ?? false, row.b?.place.afterNorm ?? false),
                a: comparison?.a ?? Summary(values.a.map(\.value)),
                b: comparison?.b ?? Summary(values.b.map(\.value)),
                values: values,
                comparison: comparison
            )
        }
    }

    /// Fits the residual sums of one side.
    private static func growth(_ sums: [ResidualSum]) -> Growing? {
        let blocks = sums.map(\.block)
        // A block that is there twice was measured in two ways.
        guard Set(blocks).count == blocks.count else { return nil }
        var byRun: [Int64: [Double]] = [:]
        for sum in sums {
            for value in sum.values { byRun[value.run, default: []].append(value.value) }
        }
        guard let growth = Growth(byRun.sorted { $0.key < $1.key }.map(\.value), blocks: blocks) else { return nil }
        return Growing(layers: sums.map(\.name), growth: growth)
    }

    private static func residualSums(
        _ layers: [Layer],
        _ values: KeyPath<(a: [ComparisonSide.Value], b: [ComparisonSide.Value]), [ComparisonSide.Value]>,
        _ isBehindNorm: KeyPath<(a: Bool, b: Bool), Bool>
    ) -> [ResidualSum] {
        layers.compactMap { layer in
            let (name, values) = (layer.place.shortName, layer.values[keyPath: values])
            guard name.hasPrefix("residual"), let block = Int(name.dropFirst("residual".count)),
                !layer.isBehindNorm[keyPath: isBehindNorm], !values.isEmpty
            else { return nil }
            return ResidualSum(block: block, name: name, values: values)
        }.sorted { $0.block < $1.block }
    }

    /// Whether a digest is the same on both sides: of the seeds that are paired, or of all runs where none are.
    private static func areEqual<Digest: Hashable>(
        _ a: ComparisonSide,
        _ b: ComparisonSide,
        _ pairing: Pairing,
        _ digest: KeyPath<GroupedRun, Digest?>
    ) -> Bool? {
        let common = Set(pairing.seeds)
        func digests(_ side: ComparisonSide) -> Set<Digest>? {
            let runs = pairing.isPaired ? side.runs.filter { $0.seed.map(common.contains) ?? false } : side.runs
            let known = runs.compactMap { $0[keyPath: digest] }
            return known.count == runs.count ? Set(known) : nil
        }
        guard let ours = digests(a), let theirs = digests(b) else { return nil }
        return ours == theirs
    }
}

extension Dictionary {
    fileprivate init(_ params: [(key: Key, value: Value)]) {
        self.init(params.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    }
}
