import CKernels

/// Layer normalisation (PyTorch's `nn.LayerNorm`; Ba, Kiros and Hinton, arXiv:1607.06450).
///
/// y = (x − m) · i · weight + bias with i = 1 / √(v + ε), m and v the mean and the population variance of an example's
/// own units: the same in training and in evaluation.
struct LayerNorm {
    let weight: (value: Matrix, gradient: Matrix)  // [1 × columns]
    let bias: (value: Matrix, gradient: Matrix)  // [1 × columns]
    /// Of the examples of the last forward pass, [1 × batch].
    private let mean: Matrix
    private let inverse: Matrix
    private let kernel: Kernel

    /// Takes its memory from a slab.
    init(columns: Int, batchSize: Int, kernel: Kernel, from carver: inout Slab.Carver) {
        weight = carver.parameter(1, columns)
        bias = carver.parameter(1, columns)
        mean = carver.matrix(1, batchSize)
        inverse = carver.matrix(1, batchSize)
        self.kernel = kernel
    }

    /// Sets the state of a new `nn.LayerNorm`; draws nothing.
    func initialize() {
        weight.value.start.update(repeating: 1, count: weight.value.columns)
        bias.value.fill(0)
    }

    /// Normalises every example and leaves the relu of that.
    func forward(_ x: Matrix, rectified: Matrix) {
        // x, rectified [batch × columns]
        assert(rectified.stride == x.stride)
        // What the mean is off by comes off the variance too, as in ``BatchStatistics``, so both are as exact as float32
        // can say: PyTorch's relus shall fall on our side. Centred first: near zero, where the relu decides, nothing
        // cancels.
        varve_layer_normalize(
            kernel.code,
            x.shape,
            x.start,
            weight.value.start,
            bias.value.start,
            mean.start,
            inverse.start,
            rectified.start
        )
    }

    /// Computes the gradients of weight and bias, and that of the input, added to a residual.
    ///
    /// With x̂ = (x − m) · i and ĝ = g · weight, dx = i · (ĝ − Σ ĝ / C − x̂ · Σ ĝ x̂ / C). The output may be the gradient's
    /// own memory.
    func backward(_ gradient: Matrix, input x: Matrix, adding residual: Matrix, intoInput output: Matrix) {
        // db = Σ g, dw = Σ g x̂, over the batch
        varve_layer_norm_sums(
            kernel.code,
            x.shape,
            gradient.start,
            x.start,
            mean.start,
            inverse.start,
            bias.gradient.start,
            weight.gradient.start
        )
        varve_layer_norm_gradient(
            kernel.code,
            x.shape,
            gradient.start,
            x.start,
            weight.value.start,
            mean.start,
            inverse.start,
            residual.start,
            output.start
        )
    }
}
