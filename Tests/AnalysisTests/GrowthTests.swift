import Foundation
import Testing

@testable import Analysis

/// Profiles whose seeds are their places.
func unseeded(_ profiles: [[Double]]) -> [Seeded<[Double]>] {
    profiles.enumerated().map { Seeded(seed: Int64($0), value: $1) }
}

/// Measures values at blocks 1, 2, … .
func measured(_ profiles: [[Double]]) -> Growth? {
    let blocks = Array(1..<1 + (profiles.map(\.count).max() ?? 0))
    return try? Growth.measure(unseeded(profiles), blocks: blocks).get()
}

@Suite struct GrowthTests {
    @Test func `every figure and word equals NumPy's and SciPy's`() throws {
        let records = try StatisticsVectors.load().growths
        #expect(records.count == 19)
        for record in records {
            let growth = try Growth.measure(unseeded(record.seeds), blocks: record.blocks).get()
            let name = Comment(rawValue: record.name)
            #expect(growth.count == record.count, name)
            #expect(growth.leftOut == record.left_out, name)
            #expect(agree(growth.factor, record.factor), name)
            #expect(agree(growth.factorInterval.low, record.factor_low), name)
            #expect(agree(growth.factorInterval.high, record.factor_high), name)
            #expect(agree(growth.increment, record.increment), name)
            #expect(agree(growth.incrementInterval.low, record.increment_low), name)
            #expect(agree(growth.incrementInterval.high, record.increment_high), name)
            #expect(agree(growth.firstFactor, record.first_factor), name)
            #expect(agree(growth.lastFactor, record.last_factor), name)
            #expect(agree(growth.shape, record.shape, within: 1e-8), name)
            #expect(agree(growth.shapeInterval?.low, record.shape_low, within: 1e-8), name)
            #expect(agree(growth.shapeInterval?.high, record.shape_high, within: 1e-8), name)
            #expect(growth.model?.rawValue == record.model, name)
        }
    }

    @Test func `exact laws are found exactly`() throws {
        let doubling = try #require(measured([[1, 2, 4, 8], [3, 6, 12, 24], [2, 4, 8, 16]]))
        #expect(agree(doubling.factor, 2, within: 1e-15))
        #expect(abs(try #require(doubling.shape)) < 1e-12)
        #expect(doubling.model == .exponential)
        let adding = try #require(measured([[1, 2, 3, 4], [2, 4, 6, 8], [3, 6, 9, 12]]))
        #expect(agree(adding.increment, 2, within: 1e-15))
        #expect(agree(adding.shape, 1, within: 1e-12))
        #expect(adding.model == .linear)
        #expect(agree(adding.firstFactor, 2, within: 1e-15) && agree(adding.lastFactor, 4 / 3, within: 1e-15))
        let constant = try #require(measured([[1.7, 1.7, 1.7], [1.6, 1.6, 1.6]]))
        #expect(constant.factorInterval == Interval(low: 1, high: 1))
        #expect(constant.model == .flat)
    }

    @Test(arguments: [(0, true), (0.005, false), (-0.005, false)])
    func `flat is an interval within 0.97 and 1.03 and no other`(rate: Double, isFlat: Bool) throws {
        // Two seeds whose rates lie 0.0044 apart: t(0.975, 1) = 12.7 makes that ± 0.028.
        let seeds = [rate - 0.0022, rate + 0.0022].map { rate in (1...5).map { exp(rate * Double($0)) } }
        #expect((try #require(measured(seeds)).model == .flat) == isFlat)
    }

    @Test func `a flat line that bends is not flat`() throws {
        let seeds = (1...10).map { [1, 1.01, 1.02 + 1e-5 * Double($0), 1.01, 1] }
        #expect(try #require(measured(seeds)).model == .other)
    }

    @Test func `a deep network that climbs by little at each block is not flat`() throws {
        let deep = [2.5, 2.6, 2.55].map { start -> [Double] in (0..<120).map { start + 0.7 * Double($0) } }
        let climbing = try #require(measured(deep))
        #expect(climbing.factorInterval.high < 1.03)
        #expect(climbing.model == .linear)
        let flat = [1.7, 1.71, 1.69].map { start -> [Double] in (0..<120).map { start * exp(0.0001 * Double($0)) } }
        #expect(try #require(measured(flat)).model == .flat)
    }

    @Test func `a profile that falls is read from the last block to the first`() throws {
        let rising = (1...8).map { seed -> [Double] in
            (0..<5).map { block -> Double in
                let noise = Double(seed * block % 3)
                return 2 + 0.7 * Double(block) + 0.001 * noise
            }
        }
        let up = try #require(measured(rising))
        let down = try #require(measured(rising.map { $0.reversed() }))
        #expect(down.isFalling && !up.isFalling)
        #expect(down.model == .linear && up.model == .linear)
        #expect(agree(down.shape, up.shape, within: 1e-9))
        let back = down.reversed
        #expect(agree(back.factor, up.factor, within: 1e-13))
        #expect(agree(back.factorInterval.low, up.factorInterval.low, within: 1e-13))
        #expect(agree(back.increment, up.increment, within: 1e-13))
        #expect(agree(back.incrementInterval.high, up.incrementInterval.high, within: 1e-13))
        #expect(agree(back.firstFactor, up.firstFactor, within: 1e-13))
        #expect(agree(back.lastFactor, up.lastFactor, within: 1e-13))
    }

    @Test func `a block that was not measured is a gap, not a step`() throws {
        let doubling = try Growth.measure(unseeded([[2, 4, 32], [2.1, 4.2, 33.6]]), blocks: [1, 2, 5]).get()
        #expect(agree(doubling.factor, 2, within: 1e-14))
        #expect(agree(doubling.lastFactor, 2, within: 1e-14))
        let adding = try Growth.measure(
            unseeded([[1, 2, 5, 9], [2, 4, 10, 18], [3, 6, 15, 27]]),
            blocks: [1, 2, 5, 9]
        ).get()
        #expect(agree(adding.shape, 1, within: 1e-12))
    }

    @Test func `profiles over hundreds of orders of magnitude have a shape`() throws {
        let deep = [-290, -289.99, -289.97].map { start -> [Double] in
            (0..<30).map { block in pow(10, start + 20 * Double(block)) }
        }
        #expect(try #require(measured(deep)).model == .exponential)
    }

    @Test func `3 sums or 2 seeds show a slope and no shape`() throws {
        for seeds in [[[1, 2, 4], [1, 2, 4.1], [1, 2, 4.2]], [[1, 2, 4, 8], [1, 2, 4, 8.1]]] {
            let growth = try #require(measured(seeds))
            #expect(growth.factorInterval.low > 1)
            #expect(growth.shape == nil && growth.shapeInterval == nil && growth.model == nil)
        }
    }

    @Test func `where nothing can be told it says why`() {
        func obstacle(_ profiles: [[Double]], _ blocks: [Int]) -> Growth.Obstacle? {
            if case .failure(let obstacle) = Growth.measure(unseeded(profiles), blocks: blocks) {
                obstacle
            } else {
                nil
            }
        }
        #expect(obstacle([], []) == .fewSums(0))
        #expect(obstacle([[1, 2], [1, 2], [1, 2]], [1, 2]) == .fewSums(2))
        #expect(obstacle([[1, 2, 4]], [1, 2, 3]) == .fewSeeds(1, leftOut: 0))
        let holed = [[1, 2, 4], [1, 0, 4], [1, .infinity, 4], [1, .nan, 4], [1, -2, 4], [1, 2]]
        #expect(obstacle(holed, [1, 2, 3]) == .fewSeeds(1, leftOut: 5))
        #expect(obstacle([[1, 2, 4, 5], [1, 2, 4, 5]], [1, 2, 2, 3]) == .repeatedBlock(2))
    }

    @Test func `factors of two groups are compared by seed`() throws {
        let noise = [0.9, 1.0, 1.2]
        func powers(_ base: Double) -> [Double] { [1, base, base * base, base * base * base] }
        let a = try #require(measured(noise.map { powers(1.5 * $0) }))
        let b = try #require(measured(noise.map { powers(1.8 * $0) }))
        let ratio = Pairing([0, 1, 2], [0, 1, 2]).contrast(a.factors, b.factors, scale: .ratio)
        #expect(agree(ratio.estimate, 1.2, within: 1e-12))
        #expect(agree(ratio.interval?.low, 1.2, within: 1e-12))
    }

    @Test func `more blocks do not narrow the interval, more seeds do`() throws {
        let rates = [1.6, 1.7, 1.8, 1.9]
        func seeds(_ rates: [Double], blocks: Int) -> [[Double]] {
            rates.map { rate in (0..<blocks).map { (0..<$0).reduce(1.0) { value, _ in value * rate } } }
        }
        let few = try #require(measured(seeds(rates, blocks: 4))).factorInterval
        let deep = try #require(measured(seeds(rates, blocks: 40))).factorInterval
        let many = try #require(measured(seeds(rates + rates, blocks: 4))).factorInterval
        #expect(agree(deep.low, few.low, within: 1e-12) && agree(deep.high, few.high, within: 1e-12))
        #expect(many.low > few.low && many.high < few.high)
    }
}
