/// Which runs of two groups belong together: those of the same seed, which share their initial weights and batches.
public struct Pairing: Sendable, Equatable {
    /// How it is decided whether groups are compared in pairs.
    public enum Rule: Sendable {
        /// In pairs where the seeds in common are at least 2, and at least half of the runs of the smaller group.
        case automatic
        /// In pairs, by hand: all other runs are left out.
        case paired
        /// Group against group, by hand.
        case unpaired
    }

    /// The seeds that both groups have, in order.
    public let seeds: [Int64]
    /// The seeds that only A has, in order.
    public let onlyA: [Int64]
    /// The seeds that only B has, in order.
    public let onlyB: [Int64]
    /// Whether the groups are compared seed by seed, all other runs left out, those without a seed too; otherwise group
    /// against group, and nothing is left out.
    public let isPaired: Bool

    /// Finds the seeds that two groups have in common, from the seeds of all their runs.
    public init(_ a: [Int64?], _ b: [Int64?], rule: Rule = .automatic) {
        let (setA, setB) = (Set(a.compactMap(\.self)), Set(b.compactMap(\.self)))
        seeds = setA.intersection(setB).sorted()
        onlyA = setA.subtracting(setB).sorted()
        onlyB = setB.subtracting(setA).sorted()
        isPaired =
            switch rule {
            case .automatic: seeds.count >= 2 && 2 * seeds.count >= min(a.count, b.count)
            case .paired: true
            case .unpaired: false
            }
    }

    /// Compares one row of both groups, in pairs or not.
    ///
    /// A row may lack some runs. Where values are paired and one group has several of a seed, the first counts.
    public func contrast(_ a: [Seeded<Double>], _ b: [Seeded<Double>], scale: Contrast.Scale) -> Contrast {
        guard isPaired else { return Contrast(unpaired: a.map(\.value), b.map(\.value), scale: scale) }
        let (a, b) = (Self.bySeed(a), Self.bySeed(b))
        return Contrast(
            paired: seeds.compactMap { seed in
                guard let a = a[seed], let b = b[seed] else { return nil }
                return (a, b)
            },
            scale: scale
        )
    }

    private static func bySeed(_ values: [Seeded<Double>]) -> [Int64: Double] {
        Dictionary(
            values.compactMap { value in value.seed.map { ($0, value.value) } },
            uniquingKeysWith: { first, _ in first }
        )
    }
}
