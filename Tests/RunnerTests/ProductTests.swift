import CKernels
import Testing

@testable import Runner

/// The matrix products on every instruction set that this machine has.
@Suite struct ProductTests {
    struct Shape: CustomTestStringConvertible {
        let m: Int
        let n: Int
        let k: Int
        var testDescription: String { "\(m) × \(n) × \(k)" }
    }

    static let shapes = [
        (1, 1, 1), (2, 3, 5), (7, 10, 9), (13, 17, 1), (23, 33, 40), (12, 100, 31), (31, 48, 7), (41, 36, 6),
        (25, 24, 18), (3, 7, 4),
    ]
    .map(Shape.init)

    @Test(arguments: shapes, InstructionSet.available)
    func `every element is one fused chain over k`(_ shape: Shape, _ set: InstructionSet) throws {
        var random = TorchGenerator(seed: 1)
        let operands = try #require(Operands(shape, &random))
        let kernel = Kernel(instructionSet: set)
        let (a, b, c) = (operands.a, operands.b, operands.c)

        kernel.multiply(a, b, into: c)
        #expect(c.values == operands.chains { i, j, k in (a.row(i)[k], b.row(k)[j]) })

        kernel.multiplyTransposed(operands.aTransposed, b, into: c)
        #expect(c.values == operands.chains { i, j, k in (operands.aTransposed.row(k)[i], b.row(k)[j]) })
    }

    @Test(arguments: shapes, InstructionSet.available)
    func `bias, gate, residual and relu come in this order`(_ shape: Shape, _ set: InstructionSet) throws {
        var random = TorchGenerator(seed: 2)
        let operands = try #require(Operands(shape, &random))
        let (a, b, c) = (operands.a, operands.b, operands.c)
        let bias = operands.bias.values
        // The residual is the output's own memory.
        let residual = c.values
        let chains = operands.chains(from: bias) { i, j, k in (a.row(i)[k], b.row(k)[j]) }
        let gates = operands.gate.values
        let expected = zip(zip(chains, gates), residual).map { ($0.1 <= 0 ? 0 : $0.0) + $1 }
        Kernel(instructionSet: set).multiply(
            a,
            b,
            into: c,
            bias: operands.bias,
            gate: operands.gate,
            adding: c,
            rectified: operands.rectified
        )
        #expect(c.values == expected)
        #expect(operands.rectified.values == expected.map { $0 <= 0 ? 0 : $0 })
    }

    @Test(arguments: InstructionSet.available)
    func `NaN passes relus and gates`(_ set: InstructionSet) throws {
        var random = TorchGenerator(seed: 3)
        let operands = try #require(Operands(Shape(m: 3, n: 5, k: 4), &random))
        operands.a.row(1)[2] = .nan
        operands.gate.row(1)[0] = .nan
        operands.gate.row(1)[1] = -1
        let kernel = Kernel(instructionSet: set)
        kernel.multiply(operands.a, operands.b, into: operands.c, gate: operands.gate, rectified: operands.rectified)
        #expect(operands.c.row(1)[0].isNaN)
        #expect(operands.c.row(1)[1] == 0)
        #expect(operands.rectified.row(1)[0].isNaN)
        #expect(!operands.c.row(0)[0].isNaN)
        #expect(!operands.c.row(2)[0].isNaN)
    }

    @Test(arguments: shapes)
    func `a transpose leaves the padding alone`(_ shape: Shape) throws {
        var random = TorchGenerator(seed: 4)
        let operands = try #require(Operands(shape, &random))
        let (a, t) = (operands.a, operands.aTransposed)
        t.fill(7)
        varve_transpose(a.rows, a.columns, a.start, a.stride, t.start, t.stride)
        for i in 0..<a.rows { for k in 0..<a.columns { #expect(t.row(k)[i] == a.row(i)[k]) } }
        for k in 0..<t.rows { for i in t.columns..<t.paddedColumns { #expect(t.row(k)[i] == 7) } }
    }

    @Test func `rows are never a multiple of 512 bytes apart`() {
        let slab = Slab()
        for columns in [1, 16, 100, 112, 128, 256, 384, 1024] {
            let matrix = slab.carve { $0.matrix(2, columns) }
            #expect(matrix.map { $0.stride % 128 != 0 && $0.stride % 16 == 0 && $0.stride >= columns } == true)
        }
    }
}

/// Random matrices of one shape; the slab keeps their memory.
private struct Operands {
    let slab = Slab()
    let a: Matrix
    let aTransposed: Matrix
    let b: Matrix
    let c: Matrix
    let bias: Matrix
    let gate: Matrix
    let rectified: Matrix

    init?(_ shape: ProductTests.Shape, _ random: inout TorchGenerator) {
        let matrices = slab.carve { carver in
            [
                carver.matrix(shape.m, shape.k), carver.matrix(shape.k, shape.m), carver.matrix(shape.k, shape.n),
                carver.matrix(shape.m, shape.n), carver.matrix(1, shape.n), carver.matrix(shape.m, shape.n),
                carver.matrix(shape.m, shape.n),
            ]
        }
        guard let matrices else { return nil }
        for matrix in matrices {
            for row in 0..<matrix.rows { random.uniform(bound: 1, into: matrix.row(row), count: matrix.columns) }
        }
        (a, aTransposed, b, c) = (matrices[0], matrices[1], matrices[2], matrices[3])
        (bias, gate, rectified) = (matrices[4], matrices[5], matrices[6])
    }

    /// What the product must be: for each element a chain of fused multiply-adds.
    func chains(from start: [Float]? = nil, _ factors: (Int, Int, Int) -> (Float, Float)) -> [Float] {
        (0..<c.rows).flatMap { i in
            (0..<c.columns).map { j in
                (0..<a.columns).reduce(start?[j] ?? 0) { sum, k in
                    let (x, y) = factors(i, j, k)
                    return sum.addingProduct(x, y)
                }
            }
        }
    }
}
