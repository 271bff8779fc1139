import Testing

@testable import Analysis

@Suite struct PredictionBandTests {
    private func band(after values: [Double]) -> PredictionBand {
        var band = PredictionBand()
        for (seed, value) in values.enumerated() { band.add(value, seed: Int64(seed)) }
        return band
    }

    @Test func `the band equals SciPy's prediction interval of the logarithms`() throws {
        for record in try StatisticsVectors.load().bands {
            let interval = band(after: record.earlier).interval(forSeed: -1)
            #expect(agree(interval?.low, record.low), "\(record.name)")
            #expect(agree(interval?.high, record.high), "\(record.name)")
        }
    }

    @Test func `there is a band from 5 earlier runs on`() {
        #expect(band(after: [1, 2, 3, 4]).interval(forSeed: 9) == nil)
        #expect(band(after: [1, 2, 3, 4, .nan, 0, .infinity]).interval(forSeed: 9) == nil)
        #expect(band(after: [1, 2, 3, 4, 5]).interval(forSeed: 9) != nil)
        #expect(band(after: [1, 2, 3, 4, 5]).interval(forSeed: nil) != nil)
    }

    @Test func `a run of the same seed has no part in the band`() throws {
        let values = [1.1, 0.9, 1.3, 1.2, 1.0, 1.4]
        #expect(band(after: Array(values.prefix(5))).interval(forSeed: 4) == nil)
        let others = try #require(band(after: Array(values.prefix(5))).interval(forSeed: nil))
        let interval = try #require(band(after: values).interval(forSeed: 5))
        #expect(agree(interval.low, others.low, within: 1e-13) && agree(interval.high, others.high, within: 1e-13))
    }

    @Test func `a seed counts once, with its newest run`() throws {
        var repeated = band(after: [1.1, 0.9, 7, 1.2, 1.0, 1.4])
        for _ in 0..<3 { repeated.add(1.3, seed: 2) }
        let interval = try #require(repeated.interval(forSeed: nil))
        let once = try #require(band(after: [1.1, 0.9, 1.3, 1.2, 1.0, 1.4]).interval(forSeed: nil))
        #expect(agree(interval.low, once.low, within: 1e-13) && agree(interval.high, once.high, within: 1e-13))
    }

    @Test func `what lies outside is seen, also where there is no spread or no number`() throws {
        let interval = try #require(band(after: [0.7, 0.7, 0.7, 0.7, 0.7]).interval(forSeed: 9))
        #expect(interval.contains(0.7))
        #expect(!interval.contains(0.7.nextUp))
        #expect(!interval.contains(0.7.nextDown))
        #expect(!interval.contains(.nan))
    }
}
