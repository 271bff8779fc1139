import Foundation
import Testing

@testable import Analysis

@Suite struct ControlChartTests {
    /// The chart after runs 1, 2, … of seeds 0, 1, … .
    private func chart(after values: [Double], scale: Contrast.Scale = .ratio) -> ControlChart {
        var chart = ControlChart(scale: scale)
        for (seed, value) in values.enumerated() { _ = chart.add(value, seed: Int64(seed), run: Int64(seed) + 1) }
        return chart
    }

    private func band(_ chart: ControlChart, forSeed seed: Int64?) -> Interval? {
        var chart = chart
        return chart.add(.nan, seed: seed, run: 0).band
    }

    private func ordinary(_ count: Int, seed: UInt64) -> [Double] {
        var generator = NormalGenerator(seed: seed)
        return (0..<count).map { _ in 32 * exp(0.14 * generator.normal()) }
    }

    @Test func `the band is the median and a number of deviations around it`() throws {
        // Logarithms 0, ±1, ±2: the median is 0, the median distance from it 1.
        let band = try #require(self.band(chart(after: [0, -1, 1, -2, 2].map { 3 * exp($0) }), forSeed: nil))
        let reach = ControlChart.bandFactor(5) / 0.6744897501960817
        #expect(agree(band.low, 3 * exp(-reach), within: 1e-12))
        #expect(agree(band.high, 3 * exp(reach), within: 1e-12))
        let values = try #require(self.band(chart(after: [0, -1, 1, -2, 2], scale: .difference), forSeed: nil))
        #expect(agree(values.low, -reach, within: 1e-12) && agree(values.high, reach, within: 1e-12))
    }

    @Test func `there is a band from 5 earlier runs on`() {
        #expect(band(chart(after: [1, 2, 3, 4]), forSeed: 9) == nil)
        #expect(band(chart(after: [1, 2, 3, 4, .nan, 0, .infinity]), forSeed: 9) == nil)
        #expect(band(chart(after: [1, 2, 3, 4, 5]), forSeed: 9) != nil)
        #expect(band(chart(after: [1, 2, 3, 4, 5]), forSeed: nil) != nil)
    }

    @Test func `a run of the same seed has no part in the band, and a seed counts once, with its newest run`() throws {
        let values = [1.1, 0.9, 1.3, 1.2, 1.0, 1.4]
        #expect(band(chart(after: Array(values.prefix(5))), forSeed: 4) == nil)
        let others = try #require(band(chart(after: Array(values.prefix(5))), forSeed: nil))
        #expect(band(chart(after: values), forSeed: 5) == others)
        var repeated = chart(after: [1.1, 0.9, 7, 1.2, 1.0, 1.4])
        for _ in 0..<3 { _ = repeated.add(1.3, seed: 2, run: 9) }
        #expect(band(repeated, forSeed: nil) == band(chart(after: values), forSeed: nil))
    }

    @Test func `what lies outside is seen, also where there is no spread or no number`() throws {
        let interval = try #require(band(chart(after: [0.7, 0.7, 0.7, 0.7, 0.7]), forSeed: 9))
        #expect(interval.contains(0.7))
        #expect(!interval.contains(0.7.nextUp))
        #expect(!interval.contains(0.7.nextDown))
        #expect(!interval.contains(.nan))
    }

    @Test func `values of which most are equal have a band that is not a point`() throws {
        let shares = (0..<30).map { $0 % 10 == 0 ? 0.01 : 0 }
        let interval = try #require(band(chart(after: shares, scale: .difference), forSeed: nil))
        #expect(interval.contains(0.01) && !interval.contains(0.011))
    }

    @Test func `wild runs move the band by little and make no shift`() throws {
        var chart = ControlChart(scale: .ratio)
        var clean = ControlChart(scale: .ratio)
        for (index, value) in ordinary(100, seed: 1).enumerated() {
            let reading = chart.add(index % 10 == 9 ? 1000 * value : value, seed: nil, run: Int64(index))
            #expect(reading.shift == nil, "\(index)")
            _ = clean.add(value, seed: nil, run: Int64(index))
        }
        let (wild, calm) = (try #require(band(chart, forSeed: nil)), try #require(band(clean, forSeed: nil)))
        #expect(log(wild.high / wild.low) < 1.5 * log(calm.high / calm.low))
    }

    @Test(arguments: [(1.5, 8), (2.5, 4), (50, 3)])
    func `a lasting shift is found within few runs, with the run at which it began`(deviations: Double, delay: Int)
        throws
    {
        var (delays, misses) = ([Int](), [Int]())
        for seed in 0..<100 {
            var values = ordinary(80, seed: UInt64(seed))
            for index in 40..<80 { values[index] *= exp(0.14 * deviations) }
            var chart = ControlChart(scale: .ratio)
            for (index, value) in values.enumerated() {
                guard let shift = chart.add(value, seed: nil, run: Int64(index)).shift, index >= 40 else { continue }
                delays.append(index - 40)
                misses.append(abs(Int(shift) - 40))
                break
            }
        }
        // In some a false shift came before, and too few runs are left for the new baseline.
        #expect(delays.count >= 90)
        #expect(delays.sorted()[delays.count / 2] <= delay, "\(delays)")
        #expect(misses.sorted()[misses.count / 2] <= 1, "\(misses)")
    }

    @Test func `after a shift the band is that of the runs since`() throws {
        let values = ordinary(40, seed: 2) + ordinary(30, seed: 3).map { 5 * $0 }
        let band = try #require(self.band(chart(after: values), forSeed: nil))
        #expect(band.contains(160) && !band.contains(32))
    }

    @Test func `repeating the same seeds with the same values says nothing of a shift`() {
        let values = ordinary(25, seed: 4)
        var chart = chart(after: values)
        let highest = values.indices.max { values[$0] < values[$1] } ?? 0
        for run in 0..<50 {
            #expect(chart.add(values[highest].nextUp, seed: Int64(highest), run: Int64(run)).shift == nil)
        }
        // Other values of the same seeds do.
        let shifts = values.indices.map { chart.add(2 * values[$0], seed: Int64($0), run: 100 + Int64($0)).shift }
        #expect(shifts.contains(100))
    }

    @Test func `one ordinary run in 20 lies outside, and one in 370 is taken for a shift`() {
        var outside: [Int: Int] = [5: 0, 10: 0, 30: 0, 100: 0]
        var banded = outside
        var (shifts, runs) = (0, 0)
        let histories = 12_000
        var generator = NormalGenerator(seed: 5)
        for _ in 0..<histories {
            var chart = ControlChart(scale: .ratio)
            for index in 0...100 {
                let value = 32 * exp(0.14 * generator.normal())
                let reading = chart.add(value, seed: Int64(index), run: Int64(index))
                guard outside[index] != nil, let band = reading.band else { continue }
                banded[index, default: 0] += 1
                if !band.contains(value) { outside[index, default: 0] += 1 }
            }
        }
        for (count, hits) in outside {
            let share = Double(hits) / Double(banded[count] ?? 0)
            #expect(abs(share - 0.05) < 0.006, "n \(count): \(share)")
        }
        for _ in 0..<300 {
            var chart = ControlChart(scale: .ratio)
            for index in 0..<1500 {
                runs += 1
                if chart.add(exp(0.14 * generator.normal()), seed: Int64(index), run: 0).shift != nil { shifts += 1 }
            }
        }
        #expect(abs(Double(runs) / Double(shifts) / 370 - 1) < 0.1, "\(Double(runs) / Double(shifts))")
    }

    @Test func `sorted values are what sorting makes of them, whatever comes and goes`() throws {
        var (sorted, plain) = (SortedValues(), [Double]())
        var generator = NormalGenerator(seed: 6)
        for index in 0..<4000 {
            // Many of them equal.
            let value = index % 3 == 0 ? (4 * generator.normal()).rounded() : generator.normal()
            sorted.insert(value)
            plain.append(value)
            if index % 5 == 4 {
                let gone = plain.remove(at: (index * 7919) % plain.count)
                sorted.remove(gone)
            }
            guard index % 97 == 0 || index < 20 else { continue }
            let center = median(plain)
            #expect(sorted.count == plain.count)
            #expect(sorted.median == center)
            #expect(sorted.medianDistance(from: center) == median(plain.map { abs($0 - center) }))
        }
        for value in plain { sorted.remove(value) }
        #expect(sorted.count == 0 && sorted.median == nil)
    }

    private func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted[(sorted.count - 1) / 2] / 2 + sorted[sorted.count / 2] / 2
    }
}
