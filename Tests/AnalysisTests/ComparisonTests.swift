import Testing

@testable import Analysis

@Suite struct ComparisonTests {
    let vectors: StatisticsVectors

    init() throws {
        vectors = try .load()
        #expect(vectors.paired.count == 17 && vectors.unpaired.count == 17)
    }

    private func expectEqual(_ comparison: Comparison, _ record: StatisticsVectors.Comparison) {
        #expect(comparison.count == record.count, "\(record.name)")
        #expect(agree(comparison.ratio, record.ratio), "\(record.name)")
        #expect(agree(comparison.interval?.low, record.low), "\(record.name)")
        #expect(agree(comparison.interval?.high, record.high), "\(record.name)")
        #expect(agree(comparison.p, record.p), "\(record.name)")
        #expect(agree(comparison.effectSize, record.effect), "\(record.name)")
        #expect(!comparison.isIdentical, "\(record.name)")
    }

    @Test func `paired values give what ttest_rel gives for their logarithms`() {
        for record in vectors.paired {
            expectEqual(Comparison(paired: zip(record.a, record.b).map { (a: $0, b: $1) }), record)
        }
    }

    @Test func `values without partners give what ttest_ind gives for unequal variances`() {
        for record in vectors.unpaired { expectEqual(Comparison(unpaired: record.a, record.b), record) }
    }

    @Test func `exchanging the sides turns the ratio over and nothing else`() throws {
        for record in vectors.paired {
            let comparison = Comparison(paired: zip(record.a, record.b).map { (a: $0, b: $1) })
            let exchanged = Comparison(paired: zip(record.b, record.a).map { (a: $0, b: $1) })
            let ratio = try #require(comparison.ratio)
            #expect(agree(exchanged.ratio, 1 / ratio, within: 1e-15))
            #expect(exchanged.p == comparison.p)
            #expect(exchanged.effectSize == comparison.effectSize.map { -$0 })
        }
    }

    @Test func `no ratio is too great or too small for its logarithm`() throws {
        let logarithm = try #require(logRatio(of: 1e300, to: 1e-300))
        #expect(agree(logarithm, 1381.5510557964274, within: 1e-15))  // 600 math.log(10)
        #expect(logRatio(of: 1e-300, to: 1e300) == -logarithm)
    }

    @Test func `equal values are identical, without a test`() {
        for comparison in [
            Comparison(paired: [(0.98, 0.98), (1.01, 1.01), (0, 0)]), Comparison(unpaired: [2, 2, 2], [2, 2]),
            Comparison(unpaired: [3], [3]),
        ] {
            #expect(comparison.isIdentical)
            #expect(comparison.verdict == .identical)
            #expect(comparison.ratio == 1)
            #expect(comparison.interval == Interval(low: 1, high: 1))
            #expect(comparison.p == nil)
            #expect(comparison.effectSize == nil)
        }
        // The logarithms that are left agree, the values do not; infinity less infinity is not 0.
        #expect(!Comparison(paired: [(1, 1), (2, 2), (0, 3)]).isIdentical)
        #expect(!Comparison(paired: [(1, 1), (.infinity, .infinity)]).isIdentical)
        #expect(!Comparison(unpaired: [], []).isIdentical)
    }

    @Test func `the same ratio everywhere is a ratio without a test`() throws {
        let comparison = Comparison(paired: [(0.1, 0.2), (0.3, 0.6), (0.7, 1.4), (1.1, 2.2), (5, 10)])
        #expect(comparison.verdict == .noSpread)
        #expect(agree(comparison.ratio, 2, within: 1e-15))
        #expect(comparison.interval == Interval(low: try #require(comparison.ratio), high: comparison.ratio ?? 0))
        #expect(comparison.p == nil)
        #expect(comparison.effectSize == nil)
        #expect(Comparison(unpaired: [3, 3], [4, 4, 4]).verdict == .noSpread)
    }

    @Test func `one side without spread leaves Welch the degrees of freedom of the other`() {
        // scipy.stats.ttest_ind(numpy.log([4, 5, 7]), numpy.log([3, 3]), equal_var=False).pvalue
        #expect(agree(Comparison(unpaired: [3, 3], [4, 5, 7]).p, 0.07778141254397787))
    }

    @Test func `values are counted, and left out with their partners where they have no logarithm`() {
        let comparison = Comparison(paired: [(1, 2), (.infinity, 3), (2, 0), (.nan, -1), (4, 9), (5, 11)])
        #expect(comparison.count == 3)
        #expect(comparison.a.count == 4 && comparison.a.nonFinite == 2 && comparison.a.nonPositive == 0)
        #expect(comparison.b.count == 6 && comparison.b.nonFinite == 0 && comparison.b.nonPositive == 2)
        let empty = Comparison(paired: [(0, 1), (1, .nan)])
        #expect(empty.ratio == nil && empty.interval == nil && empty.verdict == .empty)
    }
}
