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
        varve_column_sums(kernel.code, gradient.shape, gradient.start, bias.gradient.start)
    }

    /// Computes the gradient of the input, let through where `gate` is positive, added to a residual.
    func backward(_ gradient: Matrix, gate: Matrix? = nil, adding residual: Matrix? = nil, intoInput output: Matrix) {
        // gradient [batch × out], output [batch × in]: dx = g W
        kernel.multiply(gradient, weight.value, into: output, gate: gate, adding: residual)
    }
}
