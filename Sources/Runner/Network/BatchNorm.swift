import CKernels

/// Batch normalisation (PyTorch's `nn.BatchNorm1d`; Ioffe and Szegedy, arXiv:1502.03167).
///
/// y = (x − m) · i · weight + bias with i = 1 / √(v + ε): in training m and v are the batch's column means and
/// population variances, in evaluation the running statistics.
struct BatchNorm {
    let weight: (value: Matrix, gradient: Matrix)  // [1 × columns], as all that follow
    let bias: (value: Matrix, gradient: Matrix)
    let statistics: BatchStatistics
    private let inverse: Matrix
    /// Scratch.
    private let scale: Matrix
    private let shift: Matrix
    private let factor: Matrix
    let runningMean: Matrix
    let runningVariance: Matrix
    private let kernel: Kernel

    /// Takes its memory from a slab.
    init(columns: Int, kernel: Kernel, from carver: inout Slab.Carver) {
        weight = carver.parameter(1, columns)
        bias = carver.parameter(1, columns)
        statistics = BatchStatistics(columns: columns, from: &carver)
        inverse = carver.matrix(1, columns)
        scale = carver.matrix(1, columns)
        shift = carver.matrix(1, columns)
        factor = carver.matrix(1, columns)
        runningMean = carver.matrix(1, columns)
        runningVariance = carver.matrix(1, columns)
        self.kernel = kernel
    }

    /// Sets the state of a new `nn.BatchNorm1d`; draws nothing.
    func initialize() {
        weight.value.start.update(repeating: 1, count: weight.value.columns)
        bias.value.fill(0)
        runningMean.fill(0)
        runningVariance.start.update(repeating: 1, count: runningVariance.columns)
    }

    /// Measures the batch and updates the running statistics, and normalises into `output`, `rectified` or both.
    func forward(_ x: Matrix, _ mode: ResidualNetwork.Mode, into output: Matrix? = nil, rectified: Matrix? = nil) {
        // x, output and its relu [batch × columns]
        if mode == .training {
            statistics.measure(x, with: kernel)
            updateRunningStatistics(count: Float(x.rows))
        }
        let mean = mode == .training ? statistics.mean : runningMean
        let variance = mode == .training ? statistics.variance : runningVariance
        for column in 0..<x.columns {
            // In double, as in PyTorch.
            inverse.start[column] = Float(1 / (Double(variance.start[column]) + 1e-5).squareRoot())
        }
        for column in stride(from: 0, to: x.paddedColumns, by: 16) {
            scale[column] = inverse[column] * weight.value[column]
        }
        assert([output, rectified].allSatisfy { $0 == nil || $0?.stride == x.stride })
        // Centred first: near zero, where the relu decides, nothing cancels.
        varve_normalize(
            kernel.code,
            x.shape,
            x.start,
            mean.start,
            scale.start,
            bias.value.start,
            output?.start,
            rectified?.start
        )
    }

    private func updateRunningStatistics(count: Float) {
        for column in 0..<runningMean.columns {
            let mean = runningMean.start + column
            mean.pointee = 0.9 * mean.pointee + 0.1 * statistics.mean.start[column]
            let variance = runningVariance.start + column
            // Unbiased, unlike the variance that normalises.
            variance.pointee = 0.9 * variance.pointee + 0.1 * (statistics.variance.start[column] * count / (count - 1))
        }
    }

    /// Computes the gradients of weight and bias.
    func backward(_ gradient: Matrix, input x: Matrix) {
        // db = Σ g, dw = i Σ g (x − m)
        let (sum, product) = (bias.gradient, weight.gradient)
        varve_norm_sums(
            kernel.code,
            x.shape,
            gradient.start,
            x.start,
            statistics.mean.start,
            sum.start,
            product.start
        )
        for column in stride(from: 0, to: x.paddedColumns, by: 16) {
            weight.gradient[column] = product[column] * inverse[column]
        }
    }

    /// Computes the gradients of weight and bias, and that of the input, added to a residual.
    ///
    /// dx = weight · i · (g − Σg / N − (x − m) · i² · Σ g (x − m) / N). The output may be the gradient's or the residual's
    /// own memory.
    func backward(_ gradient: Matrix, input x: Matrix, adding residual: Matrix? = nil, intoInput output: Matrix) {
        backward(gradient, input: x)
        let count = Lanes(repeating: Float(x.rows))
        for column in stride(from: 0, to: x.paddedColumns, by: 16) {
            scale[column] = inverse[column] * weight.gradient[column] / count
            shift[column] = bias.gradient[column] / count
            factor[column] = weight.value[column] * inverse[column]
        }
        var terms = varve_norm_terms(
            mean: statistics.mean.start,
            shift: shift.start,
            scale: scale.start,
            factor: factor.start
        )
        varve_norm_gradient(
            kernel.code,
            x.shape,
            gradient.start,
            x.start,
            &terms,
            residual?.start,
            output.start
        )
    }
}
