import CKernels

/// The kernels of one instruction set.
struct Kernel {
    let instructionSet: InstructionSet

    /// The set as C's functions take it.
    var code: varve_instruction_set { instructionSet.code }

    /// c = bias + a b, then 0 where the gate is not positive, then + residual, then a copy of its relu.
    func multiply(
        _ a: Matrix,
        _ b: Matrix,
        into c: Matrix,
        bias: Matrix? = nil,
        gate: Matrix? = nil,
        adding residual: Matrix? = nil,
        rectified: Matrix? = nil
    ) {
        // The epilogue has one stride for all.
        assert([gate, residual, rectified].allSatisfy { $0 == nil || $0?.stride == c.stride })
        var product = varve_product(
            m: a.rows,
            n: b.columns,
            k: a.columns,
            a: a.start,
            a_stride: a.stride,
            b: b.start,
            b_stride: b.stride,
            c: c.start,
            c_stride: c.stride,
            bias: bias?.start,
            gate: gate?.start,
            residual: residual?.start,
            rectified: rectified?.start
        )
        varve_multiply(code, &product)
    }

    /// Turns sixteen uniform numbers into normal ones; see `varve_normals`.
    func normals(deviation: Float, _ sixteen: UnsafeMutablePointer<Float>) {
        varve_normals(code, deviation, sixteen)
    }

    /// c = aᵀ b.
    func multiplyTransposed(_ a: Matrix, _ b: Matrix, into c: Matrix) {
        var product = varve_product()
        (product.m, product.n, product.k) = (a.columns, b.columns, a.rows)
        (product.a, product.a_stride) = (UnsafePointer(a.start), a.stride)
        (product.b, product.b_stride) = (UnsafePointer(b.start), b.stride)
        (product.c, product.c_stride) = (c.start, c.stride)
        varve_multiply_transposed(code, &product)
    }
}

extension Matrix {
    /// The size as C's functions take it.
    var shape: varve_shape { varve_shape(rows: rows, columns: columns, stride: stride) }
}
