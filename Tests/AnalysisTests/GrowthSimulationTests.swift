import Foundation
import Testing

@testable import Analysis

/// What the words of growth say of profiles whose law is known.
@Suite struct GrowthSimulationTests {
    /// The share of draws that are given one of some words.
    private func share(
        _ models: [Growth.Model],
        draws: Int,
        seed: UInt64,
        _ profiles: (inout NormalGenerator) -> [[Double]]
    ) -> Double {
        var generator = NormalGenerator(seed: seed)
        let hits = (0..<draws).count { _ in measured(profiles(&generator))?.model.map(models.contains) == true }
        return Double(hits) / Double(draws)
    }

    /// Seeds that follow a curve, with noise of their own at each block and with noise that stays from a block on.
    private func seeds(
        _ count: Int,
        along curve: [Double],
        noise: Double,
        drift: Double = 0,
        _ generator: inout NormalGenerator
    ) -> [[Double]] {
        (0..<count).map { _ in
            var path = 0.0
            return curve.map { value in
                path += drift * generator.normal()
                return value * exp(path + noise * generator.normal())
            }
        }
    }

    @Test(arguments: [3, 10, 100])
    func `a profile like the plain network's, not quite exponential, is exponential at any number of seeds`(count: Int)
    {
        // The geometric means of plain at 400 seeds have the steps 1.727, 1.752, 1.780 and 1.814: λ = −0.05.
        let curve = [3.37, 1.727, 1.752, 1.780, 1.814].reduce(into: [1.0]) { $0.append($1 * ($0.last ?? 1)) }
            .dropFirst()
        let exponential = share([.exponential], draws: 300, seed: 1) { generator in
            seeds(count, along: Array(curve), noise: 0.004, drift: 0.03, &generator)
        }
        #expect(exponential == 1, "\(exponential)")
    }

    /// The shares of words that samples of the seeds of `Fixtures/profiles.json` are given.
    private func shares(_ architecture: String, count: Int) throws -> [Growth.Model: Double] {
        let url = try #require(Bundle.module.url(forResource: "Fixtures/profiles", withExtension: "json"))
        let all = try JSONDecoder().decode([String: [[Double]]].self, from: Data(contentsOf: url))
        let profiles = try #require(all[architecture])
        var generator = NormalGenerator(seed: 6)
        var shares: [Growth.Model: Double] = [:]
        for _ in 0..<200 {
            let order = profiles.map { (profile: $0, key: generator.normal()) }.sorted { $0.key < $1.key }
            if let model = measured(order.prefix(count).map(\.profile))?.model {
                shares[model, default: 0] += 1 / 200.0
            }
        }
        return shares
    }

    @Test func `the recorded networks are told apart from few seeds on`() throws {
        for count in [3, 10, 30] { #expect(try #require(shares("plain", count: count)[.exponential]) > 0.999) }
        #expect(try #require(shares("branchnorm", count: 10)[.linear]) > 0.9)
        #expect(try shares("branchnorm", count: 3)[.exponential] == nil)
        let layernorm = try shares("layernorm", count: 30)
        #expect(layernorm[.linear, default: 0] + layernorm[.undecided, default: 0] > 0.999)
        let batchnorm = try shares("batchnorm", count: 10)
        #expect([.exponential, .linear, .slower, .faster].allSatisfy { batchnorm[$0] == nil })
        #expect(batchnorm[.flat, default: 0] > 0.8)
    }

    @Test func `a linear profile is linear`() {
        let linear = share([.linear], draws: 300, seed: 2) { generator in
            seeds(10, along: (0..<5).map { 2.65 + 0.68 * Double($0) }, noise: 0.003, drift: 0.01, &generator)
        }
        #expect(linear > 0.9, "\(linear)")
    }

    @Test(arguments: [3, 10, 50], [5, 30])
    func `noise of 6 % is never given a shape`(count: Int, blocks: Int) {
        let given = share([.exponential, .linear, .slower, .faster], draws: 300, seed: 3) { generator in
            seeds(count, along: Array(repeating: 1.7, count: blocks), noise: 0.06, &generator)
        }
        #expect(given == 0, "\(given)")
    }

    @Test(arguments: [3, 10, 50])
    func `a bump is a shape of no family`(count: Int) {
        let other = share([.other], draws: 300, seed: 4) { generator in
            seeds(count, along: [1, 4, 9, 4, 1], noise: 0.06, &generator)
        }
        #expect(other == 1, "\(other)")
    }

    @Test func `3 seeds with independent noise show an exponential in 95 of 100 draws`() {
        let exponential = share([.exponential], draws: 2000, seed: 5) { generator in
            seeds(3, along: (1...5).map { pow(1.76, Double($0)) }, noise: 0.06, &generator)
        }
        #expect(exponential >= 0.95, "\(exponential)")
    }
}
