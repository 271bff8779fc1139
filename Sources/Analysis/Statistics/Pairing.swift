/// Which runs of two sides belong together: those of the same seed, which share their initial weights and batches.
public struct Pairing: Sendable, Equatable {
    /// The values of one layer on one side, a run each; a run whose seed is not known has none.
    public typealias Values = [(seed: Int64?, value: Double)]

    /// The seeds that both sides have, in order.
    public let seeds: [Int64]
    /// The seeds that only A has, in order.
    public let onlyA: [Int64]
    /// The seeds that only B has, in order.
    public let onlyB: [Int64]

    /// Finds the seeds that two sides have in common.
    public init(_ a: [Int64?], _ b: [Int64?]) {
        let (a, b) = (Set(a.compactMap(\.self)), Set(b.compactMap(\.self)))
        seeds = a.intersection(b).sorted()
        onlyA = a.subtracting(b).sorted()
        onlyB = b.subtracting(a).sorted()
    }

    /// Whether the sides are compared seed by seed, all other runs left out, those without a seed too; otherwise side
    /// against side, and nothing is left out.
    public var isPaired: Bool { seeds.count > 1 }

    /// Compares the sides at every layer, with Holm's adjustment over the layers.
    ///
    /// A layer may lack some runs. Where values are paired and one side has several of a seed, the first counts.
    public func compare(_ layers: [(a: Values, b: Values)]) -> [Comparison] {
        var comparisons = layers.map {
            isPaired ? paired($0.a, $0.b) : Comparison(unpaired: $0.a.map(\.value), $0.b.map(\.value))
        }
        for (index, p) in holm(comparisons.map(\.p)).enumerated() { comparisons[index].adjustedP = p }
        return comparisons
    }

    private func paired(_ a: Values, _ b: Values) -> Comparison {
        let (a, b) = (bySeed(a), bySeed(b))
        return Comparison(
            paired: seeds.compactMap { seed in
                guard let a = a[seed], let b = b[seed] else { return nil }
                return (a, b)
            }
        )
    }

    private func bySeed(_ values: Values) -> [Int64: Double] {
        Dictionary(
            values.compactMap { value in value.seed.map { ($0, value.value) } },
            uniquingKeysWith: { first, _ in first }
        )
    }
}
