import Testing

@testable import Analysis

@Suite struct StudentTTests {
    let vectors: StatisticsVectors

    init() throws {
        vectors = try .load()
        #expect(vectors.tails.count == 124 && vectors.quantiles.count == 121)
    }

    @Test func `tails keep their relative accuracy down to the smallest doubles`() {
        for record in vectors.tails {
            let p = StudentT(degreesOfFreedom: record.df).twoSidedP(record.t)
            #expect(agree(p, record.p, within: 1e-12), "df \(record.df), t \(record.t)")
            #expect(StudentT(degreesOfFreedom: record.df).twoSidedP(-record.t) == p)
        }
    }

    @Test func `quantiles equal SciPy's`() {
        for record in vectors.quantiles {
            let t = StudentT(degreesOfFreedom: record.df).quantile(record.share)
            #expect(agree(t, record.t, within: 1e-11), "df \(record.df), share \(record.share)")
        }
        #expect(StudentT(degreesOfFreedom: 4.5).quantile(0.5) == 0)
    }

    @Test(arguments: [0.7, 1, 2.5, 9, 99, 1e4, 1e8])
    func `a quantile leaves outside what it was asked to`(degreesOfFreedom: Double) {
        let distribution = StudentT(degreesOfFreedom: degreesOfFreedom)
        for outside in [1e-100, 1e-9, 0.01, 0.05, 0.3, 0.49, 0.51, 0.9, 0.999] {
            let p = distribution.twoSidedP(distribution.quantile(outside / 2))
            #expect(agree(p, outside, within: 1e-12), "outside \(outside)")
        }
    }
}
