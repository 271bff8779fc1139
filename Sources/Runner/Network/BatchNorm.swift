/// Batch normalisation (PyTorch's `nn.BatchNorm1d`; Ioffe and Szegedy, arXiv:1502.03167).
///
/// y = (x − m) · i · weight + bias with i = 1 / √(v + ε): in training m and v are the batch's column means and
/// population variances, in evaluation the running statistics.
struct BatchNorm {
    let weight: (value: Matrix, gradient: Matrix)  // [1 × columns], as all that follow
    let bias: (value: Matrix, gradient: Matrix)
    let moments: Moments
    private let inverse: Matrix
    /// Scratch.
    private let scale: Matrix
    private let shift: Matrix
    let runningMean: Matrix
    let runningVariance: Matrix

    /// Takes its memory from a slab.
    init(columns: Int, from carver: inout Slab.Carver) {
        weight = carver.parameter(1, columns)
        bias = carver.parameter(1, columns)
        moments = Moments(columns: columns, from: &carver)
        inverse = carver.matrix(1, columns)
        scale = carver.matrix(1, columns)
        shift = carver.matrix(1, columns)
        runningMean = carver.matrix(1, columns)
        runningVariance = carver.matrix(1, columns)
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
            moments.measure(x)
            updateRunningStatistics(count: Float(x.rows))
        }
        let mean = mode == .training ? moments.mean : runningMean
        let variance = mode == .training ? moments.variance : runningVariance
        for column in 0..<x.columns {
            // In double, as in PyTorch.
            inverse.start[column] = Float(1 / (Double(variance.start[column]) + 1e-5).squareRoot())
        }
        for column in stride(from: 0, to: x.paddedColumns, by: 16) {
            scale[column] = inverse[column] * weight.value[column]
        }
        for row in 0..<x.rows {
            for column in stride(from: 0, to: x.paddedColumns, by: 16) {
                // Centred first: near zero, where the relu decides, nothing cancels.
                let y = (x[row, column] - mean[column]) * scale[column] + bias.value[column]
                if let output { output[row, column] = y }
                if let rectified { rectified[row, column] = y.rectified }
            }
        }
    }

    private func updateRunningStatistics(count: Float) {
        for column in 0..<runningMean.columns {
            let mean = runningMean.start + column
            mean.pointee = 0.9 * mean.pointee + 0.1 * moments.mean.start[column]
            let variance = runningVariance.start + column
            // Unbiased, unlike the variance that normalises.
            variance.pointee = 0.9 * variance.pointee + 0.1 * (moments.variance.start[column] * count / (count - 1))
        }
    }

    /// Computes the gradients of weight and bias.
    func backward(_ gradient: Matrix, input x: Matrix) {
        // db = Σ g, dw = i Σ g (x − m)
        for column in stride(from: 0, to: x.paddedColumns, by: 16) {
            let mean = moments.mean[column]
            var sum = Lanes.zero
            var product = Lanes.zero
            for row in 0..<x.rows {
                let g = gradient[row, column]
                sum += g
                product += g * (x[row, column] - mean)
            }
            bias.gradient[column] = sum
            weight.gradient[column] = product * inverse[column]
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
        }
        for row in 0..<x.rows {
            for column in stride(from: 0, to: x.paddedColumns, by: 16) {
                let centered = x[row, column] - moments.mean[column]
                let rest = gradient[row, column] - shift[column] - centered * scale[column]
                let dx = weight.value[column] * inverse[column] * rest
                output[row, column] = if let residual { residual[row, column] + dx } else { dx }
            }
        }
    }
}
