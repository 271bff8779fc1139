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

    @Test func `pairs are made by seed, whatever the order and whoever is missing`() {
        let pairing = Pairing([0, 1, 2, 8], [2, 1, 0, 9])
        let a: Pairing.Values = [(8, 100), (0, 1), (1, 2), (2, 4)]
        let b: Pairing.Values = [(2, 8), (9, 100), (1, 4), (0, 3)]
        #expect(pairing.compare([(a: a, b: b)])[0] == pairing.compare([(a: a.reversed(), b: b)])[0])
        #expect(pairing.compare([(a: a, b: b)])[0].a.maximum == 4)
        #expect(pairing.compare([(a: a, b: b)])[0].count == 3)
        // One layer that only some runs recorded stays paired.
        #expect(pairing.compare([(a: a, b: [(1, 4), (9, 100)])])[0].count == 1)
        #expect(pairing.compare([(a: [], b: b)])[0].verdict == .empty)
    }

    @Test func `fewer than two common seeds compare all runs of both sides`() {
        let a: Pairing.Values = [(0, 1), (1, 2), (nil, 4)]
        let b: Pairing.Values = [(1, 3), (2, 5), (3, 7), (nil, 9)]
        let comparison = Pairing(a.map(\.seed), b.map(\.seed)).compare([(a: a, b: b)])[0]
        #expect(comparison == adjusted(Comparison(unpaired: [1, 2, 4], [3, 5, 7, 9])))
        #expect(comparison.a.count == 3 && comparison.b.count == 4)
    }

    /// A comparison that was the only test.
    private func adjusted(_ comparison: Comparison) -> Comparison {
        var comparison = comparison
        comparison.adjustedP = comparison.p
        return comparison
    }

    @Test func `Holm's adjustment equals that of statsmodels`() throws {
        for record in try StatisticsVectors.load().adjustments {
            let adjusted = holm(record.p)
            #expect(adjusted.count == record.adjusted.count)
            for (p, reference) in zip(adjusted, record.adjusted) { #expect(agree(p, reference, within: 1e-14)) }
        }
    }

    @Test func `layers that were not tested are outside the family`() throws {
        let seeds: [Int64] = [0, 1, 2, 3, 4]
        func layer(_ b: [Double]) -> (a: Pairing.Values, b: Pairing.Values) {
            (zip(seeds, [1, 2, 3, 4, 5]).map { ($0, $1) }, zip(seeds, b).map { ($0, $1) })
        }
        let comparisons = Pairing(seeds, seeds).compare([
            layer([1, 2, 3, 4, 5]), layer([2, 4.1, 6, 8, 10]), layer([1.1, 1.9, 3.1, 4, 4.9]), layer([2, 4, 6, 8, 10]),
        ])
        #expect(comparisons.map(\.verdict) == [.identical, .different, .notShown, .noSpread])
        #expect(comparisons[0].adjustedP == nil && comparisons[3].adjustedP == nil)
        #expect(comparisons[1].adjustedP == 2 * (try #require(comparisons[1].p)))
        #expect(comparisons[2].adjustedP == comparisons[2].p)
    }

    @Test(arguments: [(1, Comparison.Verdict.single), (2, .unstable), (4, .unstable), (5, .different)])
    func `few pairs allow to say less`(count: Int, verdict: Comparison.Verdict) {
        let values = (0..<count).map { (seed: Int64?(Int64($0)), value: Double($0 + 1)) }
        let tenfold = values.map { (seed: $0.seed, value: 10 * $0.value + 0.01) }
        let comparisons = Pairing(values.map(\.seed), tenfold.map(\.seed)).compare([(a: values, b: tenfold)])
        #expect(comparisons.map(\.verdict) == [verdict])
    }
}
