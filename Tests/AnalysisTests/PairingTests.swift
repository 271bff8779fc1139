import Testing

@testable import Analysis

@Suite struct PairingTests {
    @Test func `seeds in common are paired and the others named`() {
        let pairing = Pairing([7, 3, 1, nil, 5], [5, 1, 9, 3, nil])
        #expect(pairing.isPaired)
        #expect(pairing.seeds == [1, 3, 5])
        #expect(pairing.onlyA == [7])
        #expect(pairing.onlyB == [9])
        #expect(!Pairing([1, 2], [2, 3]).isPaired)
    }

    @Test(
        arguments: [
            // Two in common are enough for two runs, not for 98 of which 96 would be thrown away.
            (0..<2, 0..<2, true), (0..<50, 48..<98, false), (0..<10, 5..<60, true), (0..<10, 6..<60, false),
            (0..<3, 2..<3, false), (0..<1, 0..<1, false),
        ] as [(Range<Int64>, Range<Int64>, Bool)]
    )
    func `groups are paired where half of the smaller one has partners`(a: Range<Int64>, b: Range<Int64>, paired: Bool)
    {
        let pairing = Pairing(Array(a), Array(b))
        #expect(pairing.isPaired == paired)
        #expect(pairing.seeds == Array(a.clamped(to: b)))
        #expect(Pairing(Array(a), Array(b), rule: .paired).isPaired)
        #expect(!Pairing(Array(a), Array(b), rule: .unpaired).isPaired)
        #expect(Pairing(Array(b), Array(a)).isPaired == paired)
    }

    @Test func `runs without a seed count as runs of their group`() {
        #expect(Pairing([0, 1, nil, nil], [0, 1, 2, 3]).isPaired)
        #expect(!Pairing([0, 1, nil, nil, nil], [0, 1, 2, 3, 4]).isPaired)
    }

    private func seeded(_ values: KeyValuePairs<Int64?, Double>) -> [Seeded<Double>] {
        values.map { Seeded(seed: $0.key, value: $0.value) }
    }

    @Test func `pairs are made by seed, whatever the order, with seeds missing`() {
        let pairing = Pairing([0, 1, 2, 8], [2, 1, 0, 9])
        let a = seeded([8: 100, 0: 1, 1: 2, 2: 4])
        let b = seeded([2: 8, 9: 100, 1: 4, 0: 3])
        #expect(pairing.contrast(a, b, scale: .ratio) == pairing.contrast(a.reversed(), b, scale: .ratio))
        #expect(pairing.contrast(a, b, scale: .ratio).a.maximum == 4)
        #expect(pairing.contrast(a, b, scale: .ratio).count == 3)
        // One layer that only some runs recorded stays paired.
        #expect(pairing.contrast(a, seeded([1: 4, 9: 100]), scale: .ratio).count == 1)
        #expect(pairing.contrast([], b, scale: .ratio).verdict == .empty)
    }

    @Test func `without pairs all runs of both sides are compared`() {
        let a = seeded([0: 1, 1: 2, nil: 4])
        let b = seeded([1: 3, 2: 5, 3: 7, nil: 9])
        let contrast = Pairing(a.map(\.seed), b.map(\.seed)).contrast(a, b, scale: .ratio)
        #expect(contrast == Contrast(unpaired: [1, 2, 4], [3, 5, 7, 9], scale: .ratio))
        #expect(contrast.counts == Contrast.Counts(a: 3, b: 4))
    }

    @Test func `Holm's adjustment equals that of statsmodels`() throws {
        for record in try StatisticsVectors.load().adjustments {
            let adjusted = holm(record.p)
            #expect(adjusted.count == record.adjusted.count)
            for (p, reference) in zip(adjusted, record.adjusted) { #expect(agree(p, reference, within: 1e-14)) }
        }
    }

    @Test func `rows that were not tested are outside the family, which is one over all groups`() throws {
        func contrast(_ b: [Double], _ scale: Contrast.Scale) -> Contrast {
            Contrast(paired: zip([1, 2, 3, 4, 5], b).map { (a: $0, b: $1) }, scale: scale)
        }
        let layers = [contrast([1, 2, 3, 4, 5], .ratio), contrast([2, 4.1, 6, 8, 10], .ratio)]
        let others = [contrast([2, 4, 6, 8, 10], .ratio), contrast([1.1, 1.9, 3.1, 4, 4.9], .ratio)]
        let metrics = [contrast([1.5, 2.5, 3.4, 4.6, 5.5], .difference)]
        let families = Contrast.adjusted([layers, others, metrics])
        #expect(
            families.map { $0.map(\.verdict) } == [[.identical, .different], [.noSpread, .notShown], [.different]]
        )
        #expect(families[0][0].adjustedP == nil && families[1][0].adjustedP == nil)
        #expect(families[0][1].adjustedP == 3 * (try #require(layers[1].p)))
        #expect(families[2][0].adjustedP == 2 * (try #require(metrics[0].p)))
        #expect(families[1][1].adjustedP == others[1].p)
    }

    @Test(arguments: [(1, Contrast.Verdict.single), (2, .unstable), (4, .unstable), (5, .different)])
    func `few pairs allow to say less`(count: Int, verdict: Contrast.Verdict) {
        let pairs = (1...count).map { (a: Double($0), b: 10 * Double($0) + 0.01) }
        #expect(Contrast(paired: pairs, scale: .ratio).verdict == verdict)
    }
}
