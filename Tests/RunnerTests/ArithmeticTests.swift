import Foundation
import Testing

@testable import Runner

/// The rules that keep the bits of everything but the products.
@Suite struct ArithmeticTests {
    @Test func `exponential and logarithm are accurate, and the same bits everywhere`() {
        let arguments = (0..<1600).map { Float($0) * -0.05 }
        let powers = stride(from: 0, to: arguments.count, by: 16).flatMap { start in
            let lanes = exponential(Lanes(arguments[start..<start + 16]))
            return (0..<16).map { lanes[$0] }
        }
        for (x, power) in zip(arguments, powers) {
            let exact = exp(Double(x))
            #expect(abs(Double(power) - exact) <= 2e-7 * exact)
        }
        let numbers = (1...2000).map { 1 + Float($0 * $0) * 0.0025 }
        let logarithms = numbers.map(logarithm)
        for (x, ours) in zip(numbers, logarithms) {
            let exact = log(Double(x))
            #expect(abs(Double(ours) - exact) <= 1.5e-7 * max(exact, 0.1))
        }
        #expect(digest(of: powers) == "88cfc0fa35394671777dca169cda278a863a01356e5eff8c8cac537cdc5eb10c")
        #expect(digest(of: logarithms) == "1731a145f55b3470422c39330d40105c6d979095f9ab1817d257234cbd994121")
    }

    @Test func `exponential and logarithm keep NaN and bear infinities`() {
        let lanes = exponential(Lanes(repeating: .nan))
        #expect((0..<16).allSatisfy { lanes[$0].isNaN })
        #expect(exponential(Lanes(repeating: -.infinity))[0] < 1e-34)
        #expect(exponential(.zero)[3] == 1)
        #expect(logarithm(.nan).isNaN)
        #expect(logarithm(.infinity) == .infinity)
        #expect(logarithm(1) == 0)
    }

    @Test func `lanes are added and compared as a tree`() {
        var random = TorchGenerator(seed: 5)
        for _ in 0..<100 {
            let x = Lanes((0..<16).map { _ in random.uniform(-1, 1) })
            let eight = (0..<8).map { x[$0] + x[$0 + 8] }
            let four = (0..<4).map { eight[$0] + eight[$0 + 4] }
            #expect(x.treeSum == (four[0] + four[2]) + (four[1] + four[3]))
            #expect(x.treeMaximum == (0..<16).map { x[$0] }.max())
        }
    }

    @Test func `flushing keeps NaN and all but the tiny`() {
        var x = Lanes(repeating: .nan)
        x[1] = -0.5
        x[3] = 1e-31
        x[4] = -1e-31
        x[5] = 1e-29
        #expect(x.flushed[0].isNaN && x.flushed[1] == -0.5)
        #expect(x.flushed[3] == 0 && x.flushed[4] == 0 && x.flushed[5] == 1e-29)
    }

    @Test(arguments: [(5, 3), (200, 40), (33, 100), (1, 17), (16, 300)], InstructionSet.available)
    func `the logged variance follows NumPy row by row, the norm's is exact`(
        _ shape: (rows: Int, columns: Int),
        _ set: InstructionSet
    ) throws {
        let slab = Slab()
        let (rows, columns) = shape
        let (x, statistics) = try #require(
            slab.carve { ($0.matrix(rows, columns), BatchStatistics(columns: columns, from: &$0)) }
        )
        var random = TorchGenerator(seed: 6)
        for row in 0..<rows { for column in 0..<columns { x.row(row)[column] = random.uniform(2, 5) } }
        statistics.measure(x, with: Kernel(instructionSet: set))
        for column in 0..<columns {
            let values = (0..<rows).map { x.row($0)[column] }
            let mean = values.reduce(0, +) / Float(rows)
            let logged = values.reduce(Float(0)) { $0 + ($1 - mean) * ($1 - mean) } / Float(rows)
            #expect(statistics.loggedVariance.start[column] == logged)

            let exactMean = values.reduce(0) { $0 + Double($1) } / Double(rows)
            let exact = values.reduce(0) { $0 + (Double($1) - exactMean) * (Double($1) - exactMean) } / Double(rows)
            #expect(abs(Double(statistics.mean.start[column]) - exactMean) <= 4e-7)
            #expect(abs(Double(statistics.variance.start[column]) - exact) <= 2.5e-7 * exact)
        }
        let average = pairwiseSum(statistics.loggedVariance.values, columns) / Float(columns)
        #expect(statistics.averageVariance(columns: columns) == average)
    }

    @Test func `neighbours are summed pairwise by eights`() {
        let values = (0..<300).map { 1 / Float($0 + 1) }
        func eights(_ part: ArraySlice<Float>) -> Float {
            var r = [Float](repeating: 0, count: 8)
            let whole = part.count & ~7
            for (i, value) in part.prefix(whole).enumerated() { r[i % 8] += value }
            let sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
            return part.suffix(part.count - whole).reduce(sum, +)
        }
        #expect(pairwiseSum(values, 5) == values[..<5].reduce(0, +))
        #expect(pairwiseSum(values, 100) == eights(values[..<100]))
        // 300: 144 and 156; those 72 and 72, 72 and 84.
        let (first, second) = (eights(values[..<72]) + eights(values[72..<144]), values[144...])
        let expected = first + (eights(second.prefix(72)) + eights(second.dropFirst(72)))
        #expect(pairwiseSum(values, 300) == expected)
    }

    @Test func `the softmax's tail is flushed, and classes beyond the last do not count`() throws {
        let slab = Slab()
        let (logits, gradient) = try #require(slab.carve { ($0.matrix(2, 19), $0.matrix(2, 19)) })
        logits.fill(1000)  // The padding too.
        for column in 0..<19 { logits.row(0)[column] = -100 }
        logits.row(0)[17] = 0
        for column in 0..<19 { logits.row(1)[column] = Float(column) / 4 }
        let loss = CrossEntropy.loss(of: logits, labels: [17, 3].span, gradient: gradient)
        let sum = (0..<19).reduce(0) { $0 + exp(Double($1) / 4) }
        #expect(abs(Double(loss) - (log(sum) - 0.75) / 2) < 1e-6)
        #expect((0..<19).allSatisfy { gradient.row(0)[$0] == 0 })
        for column in 0..<19 {
            let expected = (exp(Double(column) / 4) / sum - (column == 3 ? 1 : 0)) / 2
            #expect(abs(Double(gradient.row(1)[column]) - expected) < 1e-7)
        }
    }
}
