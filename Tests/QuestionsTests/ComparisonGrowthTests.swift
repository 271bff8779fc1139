import Analysis
import Storage
import Testing

@testable import Questions

/// What is said of growth across depth.
@Suite struct ComparisonGrowthTests {
    private let small: LoggedStore

    init() throws { small = try LoggedStore() }

    /// A network of four blocks that multiply by about a factor.
    private func record(_ architecture: String, factor: Double, seeds: Range<Int64>, prefix: String = "residual") throws
    {
        for seed in seeds {
            let start = 1 + 0.1 * Double(seed)
            func sum(_ block: Double) -> [Double] { [start * pow(factor + 0.01 * Double(seed % 3), block)] }
            let names = (1...4).map { "\(prefix)\($0)" }
            try small.run(
                architecture,
                seed: seed,
                [names[0]: sum(1), names[1]: sum(2), names[2]: sum(3), names[3]: sum(4)]
            )
        }
    }

    private func pow(_ base: Double, _ exponent: Double) -> Double {
        (0..<Int(exponent)).reduce(1) { product, _ in product * base }
    }

    @Test func `each sentence gives factor, shape and both intervals, and the factors are compared`() throws {
        try record("one", factor: 2, seeds: 0..<6)
        try record("two", factor: 1.5, seeds: 0..<6)
        let found = try small.compare("one", "two")
        let growth = found.record["growth"]
        #expect(growth["a"]["model"] == "exponential" && growth["reason"] == .null)
        // Each seed's factor is exact: the geometric mean of 2, 2.01, 2.02.
        #expect(isClose(growth["a"]["factor"].number, 2.0099834160, within: 1e-4))
        #expect(isClose(growth["a"]["first_factor"].number, growth["a"]["last_factor"].number ?? 0))
        #expect(isClose(growth["ratio"].number, 0.751238, within: 1e-3))
        #expect(growth["ratio_low"].number ?? 1 < 0.7513 && growth["ratio_high"].number ?? 0 > 0.7512)
        let lines = found.pairs[0].growthLines
        #expect(lines.count == 3)
        #expect(lines[0].contains("multiplies the variance by 2.010 (95 % interval 2.001 … 2.0"), "\(lines)")
        #expect(
            lines[0].contains("exponential over residual1 … residual4, shape") && lines[0].contains("(-0.00 … 0.00)")
        )
        #expect(lines[2].hasPrefix("B's factor is 0.751"))
    }

    @Test func `a falling profile is read towards the input`() throws {
        try record("one", factor: 0.5, seeds: 0..<6)
        let found = try small.compare("one", "one")
        #expect((found.record["growth"]["a"]["factor"].number ?? 1) < 0.52)
        #expect(found.pairs[0].growthLines[0].contains("each block towards the input multiplies the variance by 1.9"))
    }

    @Test func `other layers are chosen by a glob, and a line says why nothing can be told`() throws {
        try record("one", factor: 2, seeds: 0..<3, prefix: "block")
        try record("two", factor: 2, seeds: 0..<1, prefix: "block")
        let without = try small.compare("one", "two")
        #expect(without.pairs[0].growthLines[0].contains("--growth 'block*' chooses others"))
        #expect(without.record["growth"]["a"] == .null)
        let found = try small.compare("one", "two") { $0.growth = "bl?ck[1-4]" }
        let growth = found.record["growth"]
        #expect(growth["a"]["layers"] == .array(["block1", "block2", "block3", "block4"]))
        #expect(growth["reason"] == "B: one run alone has the layers, and 2 are needed")
        #expect(growth["ratio"] == .null)
        let few = try small.compare("one", "one") { $0.growth = "block[12]" }
        #expect(few.pairs[0].growthLines[0].contains("only 2 layers fit"))
    }

    @Test func `a common seed pairs the factors, whatever the numbers of the runs`() throws {
        try record("one", factor: 2, seeds: 0..<3)
        for seed in [2, 1, 0] as [Int64] { try record("two", factor: 2, seeds: seed..<seed + 1) }
        let ratio = try small.compare("one", "two").pairs[0].growthRatio
        #expect(ratio?.isIdentical == true && ratio?.count == 3)
    }
}
