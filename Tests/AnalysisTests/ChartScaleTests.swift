import Testing

@testable import Analysis

@Suite struct ChartScaleTests {
    private func labels(_ kind: Scale.Kind, _ values: Double...) -> [String] {
        Scale(kind, over: values).ticks.map(\.label)
    }

    @Test func `many decades are labelled by powers of ten`() {
        #expect(labels(.logarithmic, 1, 20_000) == ["1", "10", "100", "1000", "1e4"])
        #expect(labels(.logarithmic, 1e-6, 1) == ["1e-6", "1e-5", "1e-4", "0.001", "0.01", "0.1", "1"])
        #expect(labels(.logarithmic, 1, 1e38) == ["1", "1e10", "1e20", "1e30"])
    }

    @Test func `few decades are labelled by 1, 2 and 5 times them, with marks between`() {
        let scale = Scale(.logarithmic, over: [0.99, 33])
        #expect(scale.ticks.map(\.label) == ["1", "2", "5", "10", "20"])
        #expect(scale.minorTicks.filter { $0 > 2 && $0 < 20 } == [3, 4, 6, 7, 8, 9])
    }

    @Test func `within a decade, and within a millionth, labels have the digits they need`() {
        #expect(labels(.logarithmic, 1.6, 2.4) == ["1.6", "1.8", "2.0", "2.2", "2.4"])
        #expect(
            labels(.logarithmic, 0.9999936, 0.9999940)
                == ["0.9999936", "0.9999937", "0.9999938", "0.9999939", "0.9999940"]
        )
    }

    @Test func `a linear axis is labelled by 1, 2 or 5 times a power of ten`() {
        #expect(labels(.linear, 0, 100) == ["0", "20", "40", "60", "80", "100"])
        #expect(labels(.linear, -1, 1) == ["-1.0", "-0.5", "0", "0.5", "1.0"])
        #expect(labels(.linear, 0, 4e6) == ["0", "1e6", "2e6", "3e6", "4e6"])
        #expect(labels(.linear, 9e5, 1.6e6) == ["9e5", "1e6", "1.1e6", "1.2e6", "1.3e6", "1.4e6", "1.5e6", "1.6e6"])
        #expect(labels(.linear, 0.0001, 0.0003) == ["1e-4", "1.5e-4", "2e-4", "2.5e-4", "3e-4"])
    }

    static let hardRanges: [[Double]] = [
        [], [1], [0], [-3], [0.999994], [1e-300], [1e300], [.leastNonzeroMagnitude], [.greatestFiniteMagnitude],
        [.nan, .infinity],
        [1, 1.0000000001], [1, 10], [1, 99], [1, 101], [3, 29], [0.11, 99], [1, 1e3], [1, 1e9], [1e-30, 1e30],
        [1e-305, 1e308], [-1e308, 1e308], [-.greatestFiniteMagnitude, .greatestFiniteMagnitude],
        [123_456_789, 123_456_790],
        [0.5, 0.50000006], [-2, -1], [0, .leastNonzeroMagnitude], [1e5, 1.1e5], [7, 7.5],
    ]

    @Test(arguments: hardRanges) func `every axis has three to eight labels that read back as their places`(
        values: [Double]
    ) {
        for kind in [Scale.Kind.linear, .logarithmic] {
            let scale = Scale(kind, over: values)
            #expect((3...8).contains(scale.ticks.count), "\(scale.ticks.map(\.label))")
            #expect(Set(scale.ticks.map(\.label)).count == scale.ticks.count)
            for tick in scale.ticks { #expect(Double(tick.label) == tick.value) }
            let places = scale.ticks.compactMap { scale.fraction($0.value) }
            #expect(places.count == scale.ticks.count)
            #expect(zip(places, places.dropFirst()).allSatisfy { $0 < $1 })
        }
    }

    @Test func `values lie where their logarithms do, and the ends where there is no more room`() throws {
        let scale = Scale(.logarithmic, over: [1, 100], padding: 0)
        #expect(scale.fraction(1) == 0)
        #expect(scale.fraction(100) == 1)
        #expect(abs(try #require(scale.fraction(10)) - 0.5) < 1e-15)
        #expect(scale.fraction(1e6) == 1)
        #expect(try #require(Scale(.linear, over: [0, 4], padding: 0).fraction(1)) == 0.25)
    }

    @Test func `what has no place on an axis is told apart`() {
        #expect(Edge(.nan, on: .linear) == .notANumber)
        #expect(Edge(.infinity, on: .logarithmic) == .infinite)
        #expect(Edge(-.infinity, on: .linear) == .low)
        #expect(Edge(0, on: .logarithmic) == .low)
        #expect(Edge(0, on: .linear) == nil)
        #expect(Edge(.leastNonzeroMagnitude, on: .logarithmic) == nil)
        #expect(Scale(.logarithmic, over: [1, 2]).fraction(-1) == nil)
        #expect(Edge.counts(of: [1, .nan, 0, .nan], on: .logarithmic) == "2 of 4 values NaN, 1 ≤ 0")
        #expect(Edge.counts(of: [1, 2], on: .logarithmic) == nil)
    }

    @Test func `an axis of runs or steps has whole labels`() {
        #expect(Scale.wholeTicks(0...99) == [0, 20, 40, 60, 80])
        #expect(Scale.wholeTicks(1...3) == [1, 2, 3])
        #expect(Scale.wholeTicks(7...7) == [7])
        #expect(Scale.wholeTicks(Int.min...Int.max).count > 2)
    }

    @Test func `more than a decade asks for a logarithmic axis`() {
        #expect(Scale.Kind(suiting: [1, 11]) == .logarithmic)
        #expect(Scale.Kind(suiting: [1, 9, 0, .nan]) == .linear)
        #expect(Scale.Kind(suiting: []) == .linear)
    }

    @Test func `numbers are written exactly, shortly, and to a tenth of a pixel`() {
        #expect(Double(Float(0.1)).exact == "0.10000000149011612")
        #expect(
            [Double.nan.exact, Double.infinity.exact, (-Double.infinity).exact] == ["NaN", "Infinity", "-Infinity"]
        )
        #expect(26.949670791625977.short == "26.95")
        #expect([12.0, 12.34, -0.06, 0.04, .nan].map(\.pixels) == ["12", "12.3", "-0.1", "0", "0"])
    }

    @Test func `the colours begin with the published ones and grow lighter`() {
        #expect(ColorScale.color(at: 0) == "#440154")
        #expect(ColorScale.color(at: 1) == "#fde725")
        #expect(ColorScale.color(at: 1.0 / 3) == "#31688e")
        let lightness = stride(from: 0, through: 1, by: 0.01).map { share -> Double in
            let value = Int(ColorScale.color(at: share).dropFirst(), radix: 16) ?? 0
            return 0.2126 * Double(value >> 16) + 0.7152 * Double(value >> 8 & 0xFF) + 0.0722 * Double(value & 0xFF)
        }
        #expect(zip(lightness, lightness.dropFirst()).allSatisfy { $0 < $1 })
    }
}
