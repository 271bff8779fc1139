import Foundation
import Testing

@testable import Analysis

@Suite struct PowerTests {
    let vectors: StatisticsVectors

    init() throws {
        vectors = try .load()
        #expect(vectors.noncentral.count == 180)
    }

    @Test func `the noncentral t distribution equals SciPy's`() {
        for record in vectors.noncentral {
            let distribution = NoncentralT(degreesOfFreedom: record.df, noncentrality: record.delta)
            #expect(agree(distribution.outside(record.t), record.outside, within: 1e-10), "\(record)")
        }
    }

    @Test(arguments: [1, 3.3, 20, 1e4, 1e8, 1e12])
    func `without noncentrality it is Student's, also for any number of degrees of freedom`(degreesOfFreedom: Double) {
        let student = StudentT(degreesOfFreedom: degreesOfFreedom)
        let noncentral = NoncentralT(degreesOfFreedom: degreesOfFreedom, noncentrality: 0)
        for t in [0.1, 1, 2.5, 6] {
            #expect(agree(noncentral.outside(t), student.twoSidedP(t), within: 1e-11), "t \(t)")
        }
    }

    @Test func `the effect that 80 of 100 tests find equals that of SciPy and statsmodels`() {
        for record in vectors.powers.deltas {
            let delta = Power.noncentrality(degreesOfFreedom: record.df)
            #expect(agree(delta, record.delta, within: 1e-9), "df \(record.df)")
        }
        for record in vectors.powers.effects {
            let delta = Power.noncentrality(degreesOfFreedom: Double(record.n - 1))
            #expect(
                agree(delta.map { $0 / Double(record.n).squareRoot() }, record.effect, within: 1e-9),
                "n \(record.n)"
            )
        }
    }

    @Test func `the number of pairs that an effect needs equals that of statsmodels`() {
        for record in vectors.powers.paired {
            #expect(Power.sampleSize(for: record.effect, degreesPerValue: 1) == record.n, "effect \(record.effect)")
        }
    }

    @Test func `as many seeds as are needed find what is asked, on either scale and side`() throws {
        for record in vectors.powers.independent {
            // Two values at mean ± s/√2 have the standard deviation s.
            let (a, b) = (
                [-record.a, record.a].map { $0 / 2.squareRoot() }, [-record.b, record.b].map { $0 / 2.squareRoot() }
            )
            let metric = Contrast(unpaired: a, b, scale: .difference)
            #expect(metric.seedsNeeded(toDetect: record.difference) == record.n, "\(record)")
            let layer = Contrast(unpaired: a.map { exp($0) }, b.map { exp($0) }, scale: .ratio)
            #expect(layer.seedsNeeded(toDetect: exp(record.difference)) == record.n, "\(record)")
            #expect(layer.seedsNeeded(toDetect: exp(-record.difference)) == record.n, "\(record)")
        }
    }

    @Test func `a sample is just large enough for the effect that it would have found`() throws {
        let record = try #require(vectors.paired.first { $0.name == "random, n = 20" })
        let contrast = Contrast(paired: record.pairs, scale: .ratio)
        let detectable = try #require(contrast.detectable)
        #expect(contrast.seedsNeeded(toDetect: detectable * 1.000001) == 20)
        #expect(contrast.seedsNeeded(toDetect: detectable * 0.999999) == 21)
        #expect(try #require(contrast.seedsNeeded(toDetect: 1.0001)) > 10_000_000)
    }

    @Test(arguments: [1, -2, 0, .nan, .infinity])
    func `no number of seeds shows a ratio of 1 or none at all`(ratio: Double) {
        let contrast = Contrast(paired: [(1, 2), (2, 3), (3, 5)], scale: .ratio)
        #expect(contrast.seedsNeeded(toDetect: ratio) == nil)
    }
}
