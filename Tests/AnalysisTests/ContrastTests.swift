import Foundation
import Testing

@testable import Analysis

extension StatisticsVectors.Contrast {
    var pairs: [(a: Double, b: Double)] { zip(a, b).map { (a: $0, b: $1) } }
    var on: Contrast.Scale { scale == "ratio" ? .ratio : .difference }
}

@Suite struct ContrastTests {
    let vectors: StatisticsVectors

    init() throws {
        vectors = try .load()
        #expect(vectors.paired.count == 23 && vectors.unpaired.count == 23)
    }

    private func expectEqual(_ contrast: Contrast, _ record: StatisticsVectors.Contrast) {
        #expect(contrast.count == record.count, "\(record.name)")
        #expect(agree(contrast.estimate, record.estimate), "\(record.name)")
        #expect(agree(contrast.interval?.low, record.low), "\(record.name)")
        #expect(agree(contrast.interval?.high, record.high), "\(record.name)")
        #expect(agree(contrast.p, record.p), "\(record.name)")
        #expect(agree(contrast.equalWithin, record.equal_within), "\(record.name)")
        #expect(agree(contrast.detectable, record.detectable), "\(record.name)")
        #expect(agree(contrast.effect?.value, record.effect), "\(record.name)")
        #expect(!contrast.isIdentical, "\(record.name)")
    }

    @Test func `paired values give what SciPy gives for their differences`() {
        for record in vectors.paired {
            let contrast = Contrast(paired: record.pairs, scale: record.on)
            expectEqual(contrast, record)
            #expect(contrast.effect.map { $0.kind == .dz } ?? true)
        }
    }

    @Test func `values without partners give what SciPy and statsmodels give for unequal variances`() {
        for record in vectors.unpaired {
            let contrast = Contrast(unpaired: record.a, record.b, scale: record.on)
            expectEqual(contrast, record)
            #expect(contrast.effect.map { $0.kind == .hedgesG } ?? true)
        }
    }

    @Test func `exchanging the sides turns the ratio over and nothing else`() throws {
        for record in vectors.paired where record.scale == "ratio" {
            let contrast = Contrast(paired: record.pairs, scale: .ratio)
            let exchanged = Contrast(paired: record.pairs.map { (a: $0.b, b: $0.a) }, scale: .ratio)
            #expect(agree(exchanged.estimate, 1 / (try #require(contrast.estimate)), within: 1e-15))
            #expect(exchanged.p == contrast.p)
            #expect(exchanged.equalWithin == contrast.equalWithin && exchanged.detectable == contrast.detectable)
            #expect(exchanged.effect?.value == contrast.effect.map { -$0.value })
        }
    }

    @Test func `the unit of a metric does not change what is said of it`() throws {
        let record = try #require(vectors.unpaired.first { $0.name == "losses" })
        let contrast = Contrast(unpaired: record.a, record.b, scale: .difference)
        let thousandth = Contrast(unpaired: record.a.map { $0 / 1024 }, record.b.map { $0 / 1024 }, scale: .difference)
        #expect(thousandth.p == contrast.p && thousandth.effect == contrast.effect)
        #expect(thousandth.estimate == contrast.estimate.map { $0 / 1024 })
        #expect(agree(thousandth.detectable, contrast.detectable.map { $0 / 1024 }, within: 1e-15))
    }

    @Test func `no ratio is too great or too small for its logarithm`() throws {
        let logarithm = try #require(logRatio(of: 1e300, to: 1e-300))
        #expect(agree(logarithm, 1381.5510557964274, within: 1e-15))  // 600 math.log(10)
        #expect(logRatio(of: 1e-300, to: 1e300) == -logarithm)
    }

    @Test func `equal values are identical, without a test`() {
        for contrast in [
            Contrast(paired: [(0.98, 0.98), (1.01, 1.01), (0, 0)], scale: .ratio),
            Contrast(paired: [(0, 0), (0, 0)], scale: .ratio),
            Contrast(unpaired: [2, 2, 2], [2, 2], scale: .ratio),
        ] {
            #expect(contrast.isIdentical)
            #expect(contrast.verdict == .identical)
            #expect(contrast.estimate == 1)
            #expect(contrast.interval == Interval(low: 1, high: 1))
            #expect(contrast.equalWithin == 1)
            #expect(contrast.p == nil && contrast.effect == nil && contrast.detectable == nil)
            #expect(contrast.seedsNeeded(toDetect: 1.05) == nil)
        }
        let shares = Contrast(paired: [(0, 0), (0.25, 0.25), (-3, -3)], scale: .difference)
        #expect(shares.isIdentical && shares.estimate == 0 && shares.interval == Interval(low: 0, high: 0))
        let single = Contrast(unpaired: [3], [3], scale: .ratio)
        #expect(single.isIdentical && single.estimate == 1 && single.interval == nil)
        // The logarithms that are left agree, the values do not; infinity less infinity is not 0.
        #expect(!Contrast(paired: [(1, 1), (2, 2), (0, 3)], scale: .ratio).isIdentical)
        #expect(!Contrast(paired: [(1, 1), (.infinity, .infinity)], scale: .ratio).isIdentical)
        #expect(!Contrast(unpaired: [], [], scale: .ratio).isIdentical)
    }

    @Test func `differences that are only rounding are identical`() {
        let values = (1...8).map { 0.1 * Double($0) }
        let layer = Contrast(paired: values.map { ($0, $0 * (1 + ($0 > 0.4 ? 5e-8 : -5e-8))) }, scale: .ratio)
        #expect(layer.isIdentical && layer.p == nil && layer.effect == nil)
        let metric = Contrast(paired: values.map { ($0, $0 + ($0 > 0.4 ? 1e-13 : -1e-13)) }, scale: .difference)
        #expect(metric.isIdentical && metric.p == nil)
        // A metric is recorded in double: there this is a difference.
        let shifted = Contrast(paired: values.map { ($0, $0 + ($0 > 0.4 ? 5e-8 : 4e-8)) }, scale: .difference)
        #expect(!shifted.isIdentical && shifted.p != nil)
    }

    @Test func `the same ratio everywhere, up to rounding, is a ratio without a test or an effect`() throws {
        let values = (1...9).map { 0.1 * Double($0) }
        for factor in [2, 1.3, 0.7] {
            let contrast = Contrast(paired: values.map { ($0, Double(Float(factor * $0))) }, scale: .ratio)
            #expect(contrast.verdict == .noSpread)
            #expect(agree(contrast.estimate, factor, within: 1e-7))
            #expect(agree(contrast.interval?.low, factor, within: 1e-6))
            #expect(contrast.p == nil && contrast.effect == nil && contrast.detectable == nil)
        }
        let differences = Contrast(paired: values.map { ($0, $0 + 0.3) }, scale: .difference)
        #expect(differences.verdict == .noSpread && agree(differences.estimate, 0.3))
        let sides = Contrast(unpaired: [3, 3, 3, 3, 3], [4, 4, 4, 4, 4], scale: .ratio)
        #expect(sides.verdict == .noSpread && sides.effect == nil)
    }

    @Test func `one side without spread leaves Welch the degrees of freedom of the other`() {
        // scipy.stats.ttest_ind(numpy.log([4, 5, 7]), numpy.log([3, 3]), equal_var=False).pvalue
        #expect(agree(Contrast(unpaired: [3, 3], [4, 5, 7], scale: .ratio).p, 0.07778141254397787))
    }

    @Test func `values are counted, and left out with their partners where they have no logarithm`() {
        let pairs = [(1, 2), (.infinity, 3), (2, 0), (.nan, -1), (4, 9), (5, 11)] as [(a: Double, b: Double)]
        let contrast = Contrast(paired: pairs, scale: .ratio)
        #expect(contrast.count == 3)
        #expect(contrast.a.count == 4 && contrast.a.nonFinite == 2 && contrast.a.nonPositive == 0)
        #expect(contrast.b.count == 6 && contrast.b.nonFinite == 0 && contrast.b.nonPositive == 2)
        #expect(Contrast(paired: pairs, scale: .difference).count == 4)
        let empty = Contrast(paired: [(0, 1), (1, .nan)], scale: .ratio)
        #expect(empty.estimate == nil && empty.interval == nil && empty.verdict == .empty)
        let sides = Contrast(unpaired: [1, 0, 2, 3], [2, .nan, 5], scale: .ratio)
        #expect(sides.counts == Contrast.Counts(a: 3, b: 2) && sides.count == 2)
    }
}
