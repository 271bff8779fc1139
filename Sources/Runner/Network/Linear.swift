import CKernels

/// A linear layer, y = x Wᵀ + b (PyTorch's `nn.Linear`), with its gradients.
struct Linear {
    let weight: (value: Matrix, gradient: Matrix)  // [out × in]
    let bias: (value: Matrix, gradient: Matrix)  // [1 × out]
    /// The weight's transpose, made anew before every forward pass; the kernel wants its rows along the output.
    private let transposed: Matrix  // [in × out]
    let kernel: Kernel

    /// Takes its memory from a slab.
    init(inputs: Int, outputs: Int, kernel: Kernel, from carver: inout Slab.Carver) {
        weight = carver.parameter(outputs, inputs)
        bias = carver.parameter(1, outputs)
        transposed = carver.matrix(inputs, outputs)
        self.kernel = kernel
    }

    /// Computes the output, added to a residual if there is one; `rectified` receives the output's relu besides.
    ///
    /// The residual may be the output's own memory.
    func forward(_ input: Matrix, adding residual: Matrix? = nil, into output: Matrix, rectified: Matrix? = nil) {
        // input [batch × in], output [batch × out]
        let weight = weight.value
        varve_transpose(
            weight.rows,
            weight.columns,
            weight.start,
            weight.stride,
            transposed.start,
            transposed.stride
        )
        kernel.multiply(input, transposed, into: output, bias: bias.value, adding: residual, rectified: rectified)
    }

    /// Computes the gradients of weight and bias.
    func backward(_ gradient: Matrix, input: Matrix) {
        // gradient [batch × out]: dW = gᵀ x, db = the sum of g's rows
        kernel.multiplyTransposed(gradient, input, into: weight.gradient)
        for column in stride(from: 0, to: gradient.paddedColumns, by: 16) {
            var sum = Lanes.zero
            for row in 0..<gradient.rows { sum += gradient[row, column] }
            bias.gradient[column] = sum
        }
    }

    /// Computes the gradient of the input, let through where `gate` is positive, added to a residual.
    func backward(_ gradient: Matrix, gate: Matrix? = nil, adding residual: Matrix? = nil, intoInput output: Matrix) {
        // gradient [batch × out], output [batch × in]: dx = g W
        kernel.multiply(gradient, weight.value, into: output, gate: gate, adding: residual)
    }
}

/// The kernels of one instruction set.
struct Kernel {
    let instructionSet: InstructionSet

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
        varve_multiply(instructionSet.code, &product)
    }

    /// Turns sixteen uniform numbers into normal ones; see `varve_normals`.
    func normals(deviation: Float, _ sixteen: UnsafeMutablePointer<Float>) {
        varve_normals(instructionSet.code, deviation, sixteen)
    }

    /// c = aᵀ b.
    func multiplyTransposed(_ a: Matrix, _ b: Matrix, into c: Matrix) {
        var product = varve_product()
        (product.m, product.n, product.k) = (a.columns, b.columns, a.rows)
        (product.a, product.a_stride) = (UnsafePointer(a.start), a.stride)
        (product.b, product.b_stride) = (UnsafePointer(b.start), b.stride)
        (product.c, product.c_stride) = (c.start, c.stride)
        varve_multiply_transposed(instructionSet.code, &product)
    }
}
