import Foundation
import Testing

@testable import Analysis

/// Of 10,000 intervals, 95 % ± 1 hold the truth; with 1.96 for t it would be 81 % at n = 3.
@Suite struct CoverageTests {
    private let draws = 10_000

    private func coverage(of truth: Double, seed: UInt64, _ draw: (inout NormalGenerator) -> Interval?) -> Double {
        var generator = NormalGenerator(seed: seed)
        let hits = (0..<draws).count { _ in draw(&generator)?.contains(truth) == true }
        return Double(hits) / Double(draws)
    }

    @Test(arguments: [3, 5, 20])
    func `the ratio's interval holds it in 95 of 100 samples of pairs`(count: Int) {
        let share = coverage(of: 1.2, seed: 1) { generator in
            let pairs = (0..<count).map { _ in
                let shared = 0.3 * generator.normal()
                return (a: exp(shared), b: 1.2 * exp(shared + 0.1 * generator.normal()))
            }
            return Contrast(paired: pairs, scale: .ratio).interval
        }
        #expect(abs(share - 0.95) < 0.01, "\(share)")
    }

    @Test(arguments: [5, 20])
    func `the ratio's interval holds it in 95 of 100 samples without pairs`(count: Int) {
        let share = coverage(of: 1.2, seed: 2) { generator in
            let a = (0..<count).map { _ in exp(0.1 * generator.normal()) }
            let b = (0..<2 * count).map { _ in 1.2 * exp(0.3 * generator.normal()) }
            return Contrast(unpaired: a, b, scale: .ratio).interval
        }
        #expect(abs(share - 0.95) < 0.01, "\(share)")
    }

    @Test(arguments: [3, 5, 20])
    func `the growth factor's interval holds it in 95 of 100 samples of seeds`(count: Int) {
        let share = coverage(of: 1.8, seed: 3) { generator in
            let seeds = (0..<count).map { _ in
                // The noise of a block is that of the block before and more, as in a network.
                var log = Foundation.log(1.9)
                return (0..<5).map { _ in
                    log += Foundation.log(1.8) + 0.05 * generator.normal()
                    return exp(log)
                }
            }
            return try? Growth.measure(unseeded(seeds), blocks: Array(1...5)).get().factorInterval
        }
        #expect(abs(share - 0.95) < 0.01, "\(share)")
    }

    @Test(arguments: [2, 5])
    func `of two factors that are the same the ratio's interval holds 1 in 95 of 100 questions`(count: Int) {
        let share = coverage(of: 1, seed: 5) { generator in
            let groups = (0..<2).map { group in
                let seeds = (0..<count + group).map { _ in
                    let rate = 0.5 + 0.1 * generator.normal()
                    return [1, exp(rate), exp(2 * rate), exp(3 * rate)]
                }
                return (try? Growth.measure(unseeded(seeds), blocks: Array(1...4)).get().factors) ?? []
            }
            let pairing = Pairing(groups[0].map(\.seed), groups[1].map(\.seed), rule: .unpaired)
            return pairing.contrast(groups[0], groups[1], scale: .ratio).interval
        }
        // Welch's interval is a little too wide where both sides are very small.
        #expect(share > 0.94 && share < (count == 2 ? 0.98 : 0.96), "\(share)")
    }

    @Test func `sides that differ by a little more than they are equal within are rarely called equal`() {
        // At the border of ± 10 % one of 20 samples is called equal within it.
        var generator = NormalGenerator(seed: 6)
        let called = (0..<draws).count { _ in
            let pairs = (0..<10).map { _ in (a: 1.0, b: 1.1 * exp(0.05 * generator.normal())) }
            return Contrast(paired: pairs, scale: .ratio).equalWithin.map { $0 <= 1.1 } == true
        }
        #expect(abs(Double(called) / Double(draws) - 0.05) < 0.01, "\(called)")
    }

    @Test func `what is called detectable is found in 80 of 100 samples`() throws {
        var generator = NormalGenerator(seed: 7)
        let delta = try #require(Power.noncentrality(degreesOfFreedom: 7))
        let found = (0..<draws).count { _ in
            let shift = delta / 8.0.squareRoot()
            let pairs = (0..<8).map { _ in (a: 0.0, b: shift + generator.normal()) }
            return Contrast(paired: pairs, scale: .difference).p.map { $0 < 0.05 } == true
        }
        #expect(abs(Double(found) / Double(draws) - 0.8) < 0.012, "\(found)")
    }
}
