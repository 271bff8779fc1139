import Foundation
import Testing

@testable import Analysis

extension Growth {
    /// Fits values at blocks 1, 2, … .
    init?(upTo seeds: [[Double]]) {
        self.init(seeds, blocks: Array(1..<1 + (seeds.map(\.count).max() ?? 0)))
    }
}

@Suite struct GrowthTests {
    @Test func `factor, increment, their intervals and the model equal NumPy's and SciPy's`() throws {
        let records = try StatisticsVectors.load().growths
        #expect(records.count == 9)
        for record in records {
            let growth = try #require(Growth(upTo: record.seeds), "\(record.name)")
            #expect(growth.count == record.count, "\(record.name)")
            #expect(growth.leftOut == record.left_out, "\(record.name)")
            #expect(agree(growth.factor, record.factor), "\(record.name)")
            #expect(agree(growth.factorInterval.low, record.factor_low), "\(record.name)")
            #expect(agree(growth.factorInterval.high, record.factor_high), "\(record.name)")
            #expect(agree(growth.increment, record.increment), "\(record.name)")
            #expect(agree(growth.incrementInterval.low, record.increment_low), "\(record.name)")
            #expect(agree(growth.incrementInterval.high, record.increment_high), "\(record.name)")
            #expect(growth.model.rawValue == record.model, "\(record.name)")
        }
    }

    @Test func `exact laws are found exactly`() throws {
        let doubling = try #require(Growth(upTo: [[1, 2, 4, 8], [3, 6, 12, 24]]))
        #expect(agree(doubling.factor, 2, within: 1e-15))
        #expect(doubling.model == .exponential)
        let adding = try #require(Growth(upTo: [[1, 2, 3, 4], [2, 3, 4, 5]]))
        #expect(agree(adding.increment, 1, within: 1e-15))
        #expect(adding.model == .linear)
        let constant = try #require(Growth(upTo: [[1.7, 1.7, 1.7], [1.6, 1.6, 1.6]]))
        #expect(constant.factorInterval == Interval(low: 1, high: 1))
        #expect(constant.model == .flat)
    }

    @Test func `a straight line that falls below zero speaks for the exponential`() throws {
        // The line through 1, 3, 9, 27, 81 is −14 at the first block.
        let growth = try #require(Growth(upTo: [[1, 3, 9, 27, 81], [1.1, 3.2, 9.3, 28, 80]]))
        #expect(growth.model == .exponential)
    }

    @Test(arguments: [(0, true), (0.005, false), (-0.005, false)])
    func `flat is an interval within 0.97 and 1.03 and no other`(rate: Double, isFlat: Bool) throws {
        // Two seeds whose rates lie 0.0044 apart: t(0.975, 1) = 12.7 makes that ± 0.028.
        let seeds = [rate - 0.0022, rate + 0.0022].map { rate in (1...5).map { exp(rate * Double($0)) } }
        #expect((try #require(Growth(upTo: seeds)).model == .flat) == isFlat)
    }

    @Test func `a block that was not measured is a gap, not a step`() throws {
        let growth = try #require(Growth([[2, 8, 32], [2.1, 8.3, 33]], blocks: [1, 3, 5]))
        #expect(abs(growth.factor - 2) < 0.01)
        #expect(abs(growth.increment - 7.6) < 0.2)
    }

    @Test func `a deep network that climbs by little at each block is not flat`() throws {
        let deep = [2.5, 2.6].map { start in (0..<120).map { start + 0.7 * Double($0) } }
        let growth = try #require(Growth(upTo: deep))
        #expect(growth.factorInterval.high < 1.03)
        #expect(growth.model == .linear)
        let flat = [1.7, 1.71].map { start in (0..<120).map { start + 0.0004 * Double($0) } }
        #expect(try #require(Growth(upTo: flat)).model == .flat)
    }

    @Test func `the level is that of the seeds that were fitted`() throws {
        let growth = try #require(Growth(upTo: [[1, 2, 3], [3, 4, 5], [-1, 100, 100]]))
        #expect(growth.level == 3)
        #expect(growth.leftOut == 1)
    }

    @Test func `fewer than 3 blocks or 2 seeds are no growth`() {
        #expect(Growth(upTo: []) == nil)
        #expect(Growth(upTo: [[], []]) == nil)
        #expect(Growth(upTo: [[1, 2], [1, 2], [1, 2]]) == nil)
        #expect(Growth(upTo: [[1, 2, 4]]) == nil)
        #expect(Growth(upTo: [[1, 2, 4], [1, 0, 4], [1, .infinity, 4], [1, .nan, 4], [1, -2, 4], [1, 2]]) == nil)
    }

    @Test func `more blocks do not narrow the interval, more seeds do`() throws {
        let rates = [1.6, 1.7, 1.8, 1.9]
        func seeds(_ rates: [Double], blocks: Int) -> [[Double]] {
            rates.map { rate in (0..<blocks).map { (0..<$0).reduce(1.0) { value, _ in value * rate } } }
        }
        let few = try #require(Growth(upTo: seeds(rates, blocks: 4))).factorInterval
        let deep = try #require(Growth(upTo: seeds(rates, blocks: 40))).factorInterval
        let many = try #require(Growth(upTo: seeds(rates + rates, blocks: 4))).factorInterval
        #expect(agree(deep.low, few.low, within: 1e-12) && agree(deep.high, few.high, within: 1e-12))
        #expect(many.low > few.low && many.high < few.high)
    }
}
