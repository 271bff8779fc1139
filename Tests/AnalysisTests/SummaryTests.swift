import Testing

@testable import Analysis

@Suite struct SummaryTests {
    @Test func `a sample is described as NumPy and statistics describe it`() throws {
        // numpy.mean, numpy.std(ddof=1), numpy.median of the same numbers.
        let summary = try #require(Summary([3, 1, 4, 1, 5, 9, 2, 6]))
        #expect(summary.count == 8)
        #expect(summary.mean == 3.875)
        #expect(abs((summary.standardDeviation ?? 0) - 2.748376143938713) < 1e-15)
        #expect(summary.median == 3.5)
        #expect(summary.minimum == 1)
        #expect(summary.maximum == 9)
    }

    @Test func `a large offset does not eat the spread`() throws {
        let summary = try #require(Summary([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]))
        #expect(abs((summary.standardDeviation ?? 0) - 30.0.squareRoot()) < 1e-9)
    }

    @Test func `a single value has no spread and no values have no summary`() throws {
        #expect(try #require(Summary([2])).standardDeviation == nil)
        #expect(Summary([]) == nil)
    }
}
