import CKernels
import Testing

@testable import Runner

/// Norms and updates on every instruction set that this machine has, bit by bit against the same written out.
@Suite struct NormTests {
    static let shapes = [(1, 1), (5, 3), (33, 16), (40, 100), (17, 112), (20, 300), (3, 600)]

    /// Random matrices and vectors of one shape; the padding holds what must not be seen.
    private struct Operands {
        let slab = Slab()
        let rows: Int
        let columns: Int
        let matrices: [Matrix]
        let vectors: [Matrix]
        let forRows: [Matrix]

        init?(_ rows: Int, _ columns: Int) {
            let carved = slab.carve { carver in
                (
                    (0..<5).map { _ in carver.matrix(rows, columns) }, (0..<6).map { _ in carver.matrix(1, columns) },
                    (0..<2).map { _ in carver.matrix(1, rows) }
                )
            }
            guard let carved else { return nil }
            (matrices, vectors, forRows) = carved
            (self.rows, self.columns) = (rows, columns)
            var random = TorchGenerator(seed: 11)
            for matrix in matrices + vectors + forRows {
                matrix.fill(1e9)
                for row in 0..<matrix.rows { random.uniform(bound: 2, into: matrix.row(row), count: matrix.columns) }
            }
        }

        func each(_ body: (_ row: Int, _ column: Int) -> Float) -> [Float] {
            (0..<rows).flatMap { row in (0..<columns).map { body(row, $0) } }
        }

        func eachColumn(sum term: (_ row: Int, _ column: Int) -> Float) -> [Float] {
            (0..<columns).map { column in (0..<rows).reduce(0) { $0 + term($1, column) } }
        }

        /// Sixteen columns at a time, in blocks of 256, then across as a tree.
        func sum(_ term: (_ column: Int) -> Float) -> Float {
            var lanes = Lanes.zero
            for block in stride(from: 0, to: columns, by: 256) {
                var sum = Lanes.zero
                for column in block..<min(block + 256, columns) { sum[column % 16] += term(column) }
                lanes += sum
            }
            return lanes.treeSum
        }
    }

    @Test(arguments: shapes, InstructionSet.available)
    func `a batch norm's passes are their formulas, without fused roundings`(
        _ shape: (rows: Int, columns: Int),
        _ set: InstructionSet
    ) throws {
        let o = try #require(Operands(shape.rows, shape.columns))
        let (g, x, residual, output, rectified) = (
            o.matrices[0], o.matrices[1], o.matrices[2], o.matrices[3], o.matrices[4]
        )
        let (mean, shift, scale, factor) = (
            o.vectors[0].start, o.vectors[1].start, o.vectors[2].start, o.vectors[3].start
        )

        varve_normalize(set.code, x.shape, x.start, mean, scale, shift, output.start, rectified.start)
        let normed = o.each { (x.row($0)[$1] - mean[$1]) * scale[$1] + shift[$1] }
        #expect(output.values == normed)
        #expect(rectified.values == normed.map { $0 <= 0 ? 0 : $0 })

        varve_norm_sums(set.code, x.shape, g.start, x.start, mean, o.vectors[4].start, o.vectors[5].start)
        #expect(o.vectors[4].values == o.eachColumn { g.row($0)[$1] })
        #expect(o.vectors[5].values == o.eachColumn { g.row($0)[$1] * (x.row($0)[$1] - mean[$1]) })
        varve_column_sums(set.code, g.shape, g.start, o.vectors[5].start)
        #expect(o.vectors[5].values == o.vectors[4].values)

        var terms = varve_norm_terms(mean: mean, shift: shift, scale: scale, factor: factor)
        let gradient = o.each { factor[$1] * (g.row($0)[$1] - shift[$1] - (x.row($0)[$1] - mean[$1]) * scale[$1]) }
        varve_norm_gradient(set.code, x.shape, g.start, x.start, &terms, nil, output.start)
        #expect(output.values == gradient)
        let sums = zip(residual.values, gradient).map { $0 + $1 }
        // The output may be the gradient's own memory.
        varve_norm_gradient(set.code, x.shape, g.start, x.start, &terms, residual.start, g.start)
        #expect(g.values == sums)
    }

    @Test(arguments: shapes, InstructionSet.available)
    func `a layer norm's passes are their formulas, without fused roundings`(
        _ shape: (rows: Int, columns: Int),
        _ set: InstructionSet
    ) throws {
        let o = try #require(Operands(shape.rows, shape.columns))
        let (g, x, residual, rectified) = (o.matrices[0], o.matrices[1], o.matrices[2], o.matrices[3])
        let (weight, bias) = (o.vectors[0].start, o.vectors[1].start)
        let (mean, inverse) = (o.forRows[0].start, o.forRows[1].start)
        let count = Float(o.columns)

        varve_layer_normalize(set.code, x.shape, x.start, weight, bias, mean, inverse, rectified.start)
        for row in 0..<o.rows {
            let values = x.row(row)
            let middle = o.sum { values[$0] } / count
            let correction = o.sum { values[$0] - middle } / count
            let variance = o.sum { (values[$0] - middle) * (values[$0] - middle) } / count - correction * correction
            #expect(mean[row] == middle + correction)
            #expect(inverse[row] == Float(1 / (Double(variance) + 1e-5).squareRoot()))
        }
        let normed = o.each { (x.row($0)[$1] - mean[$0]) * inverse[$0] }
        let scaled = normed.indices.map { normed[$0] * weight[$0 % o.columns] + bias[$0 % o.columns] }
        #expect(rectified.values == scaled.map { $0 <= 0 ? 0 : $0 })

        let (sum, product) = (o.vectors[2], o.vectors[3])
        varve_layer_norm_sums(set.code, x.shape, g.start, x.start, mean, inverse, sum.start, product.start)
        #expect(sum.values == o.eachColumn { g.row($0)[$1] })
        #expect(product.values == o.eachColumn { g.row($0)[$1] * normed[$0 * o.columns + $1] })

        let expected = (0..<o.rows).flatMap { row in
            let weighted = (0..<o.columns).map { g.row(row)[$0] * weight[$0] }
            let normed = normed[row * o.columns..<(row + 1) * o.columns].map(\.self)
            let (shift, scale) = (o.sum { weighted[$0] } / count, o.sum { weighted[$0] * normed[$0] } / count)
            return (0..<o.columns).map {
                residual.row(row)[$0] + (weighted[$0] - shift - normed[$0] * scale) * inverse[row]
            }
        }
        varve_layer_norm_gradient(
            set.code,
            x.shape,
            g.start,
            x.start,
            weight,
            mean,
            inverse,
            residual.start,
            g.start
        )
        #expect(g.values == expected)
    }

    @Test(arguments: InstructionSet.available)
    func `NaN passes a norm's relu`(_ set: InstructionSet) throws {
        let o = try #require(Operands(3, 18))
        let (x, vectors) = (o.matrices[0], o.vectors.map(\.start))
        x.row(1)[17] = .nan
        varve_normalize(set.code, x.shape, x.start, vectors[0], vectors[1], vectors[2], nil, o.matrices[1].start)
        #expect(o.matrices[1].values.indices.filter { o.matrices[1].values[$0].isNaN } == [35])
    }

    @Test(arguments: InstructionSet.available)
    func `an update forgets momenta next to zero, and keeps NaN`(_ set: InstructionSet) throws {
        let o = try #require(Operands(1, 48))
        let (gradients, momenta, parameters) = (o.matrices[0], o.matrices[1], o.matrices[2])
        for (place, value) in [(3, 1e-31), (19, -1e-31), (20, 1e-29), (47, .nan)] as [(Int, Float)] {
            momenta.start[place] = 0
            gradients.start[place] = value
        }
        let velocities = (0..<48).map { place -> Float in
            let velocity = 0.9 * momenta.start[place] + gradients.start[place]
            return velocity < 1e-30 && velocity > -1e-30 ? 0 : velocity
        }
        let expected = (0..<48).map { parameters.start[$0] - 0.05 * velocities[$0] }
        varve_descend(set.code, 48, 0.05, 0.9, gradients.start, momenta.start, parameters.start)
        #expect(momenta.values[..<47] == velocities[..<47] && momenta.values[47].isNaN)
        #expect(parameters.values[..<47] == expected[..<47] && parameters.values[47].isNaN)
        #expect(momenta.values[3] == 0 && momenta.values[19] == 0 && momenta.values[20] != 0)
    }
}
