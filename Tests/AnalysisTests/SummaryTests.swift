import Testing

@testable import Analysis

@Suite struct SummaryTests {
    @Test func `a sample is described as exact arithmetic describes it`() throws {
        for record in try StatisticsVectors.load().summaries {
            let summary = Summary(record.values)
            #expect(summary.count == record.n)
            #expect(agree(summary.mean, record.mean, within: 1e-14), "\(record.values.prefix(5))")
            #expect(agree(summary.standardDeviation, record.sd, within: 1e-12), "\(record.values.prefix(5))")
            #expect(agree(summary.median, record.median, within: 1e-15))
            #expect(summary.minimum == record.min)
            #expect(summary.maximum == record.max)
            #expect(agree(summary.geometricMean, record.geometric_mean, within: 1e-13), "\(record.values.prefix(5))")
            #expect(summary.nonFinite == record.non_finite)
            #expect(summary.nonPositive == record.non_positive)
        }
    }

    @Test func `equal values have no spread, however they round`() {
        for count in [2, 3, 7, 1000] {
            let summary = Summary(Array(repeating: 0.1, count: count))
            #expect(summary.mean == 0.1)
            #expect(summary.standardDeviation == 0)
            #expect(summary.geometricMean == 0.1)
        }
    }

    @Test func `values that are not finite are counted and do not touch the others`() {
        let summary = Summary([1, .infinity, 2, .nan, 6, 0])
        #expect(summary.count == 4)
        #expect(summary.nonFinite == 2)
        #expect(summary.nonPositive == 1)
        #expect(summary.mean == 2.25)
        #expect(summary.median == 1.5)
        #expect(summary.maximum == 6)
    }

    @Test func `a single value has no spread and no values have no mean`() {
        #expect(Summary([2]).mean == 2)
        #expect(Summary([2]).standardDeviation == nil)
        #expect(Summary([]).mean == nil)
        #expect(Summary([.nan]).median == nil)
        #expect(Summary([0, -1]).geometricMean == nil)
    }
}
