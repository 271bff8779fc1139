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
            return Comparison(paired: pairs).interval
        }
        #expect(abs(share - 0.95) < 0.01, "\(share)")
    }

    @Test(arguments: [5, 20])
    func `the ratio's interval holds it in 95 of 100 samples without pairs`(count: Int) {
        let share = coverage(of: 1.2, seed: 2) { generator in
            let a = (0..<count).map { _ in exp(0.1 * generator.normal()) }
            let b = (0..<2 * count).map { _ in 1.2 * exp(0.3 * generator.normal()) }
            return Comparison(unpaired: a, b).interval
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
            return Growth(seeds, blocks: Array(1...5))?.factorInterval
        }
        #expect(abs(share - 0.95) < 0.01, "\(share)")
    }

    @Test(arguments: [5, 20])
    func `the next run lies in the band in 95 of 100 histories`(count: Int) {
        var generator = NormalGenerator(seed: 4)
        let hits = (0..<draws).count { _ in
            var band = PredictionBand()
            for seed in 0..<count { band.add(32 * exp(0.14 * generator.normal()), seed: Int64(seed)) }
            return band.interval(forSeed: Int64(count))?.contains(32 * exp(0.14 * generator.normal())) == true
        }
        #expect(abs(Double(hits) / Double(draws) - 0.95) < 0.01, "\(hits)")
    }
}
