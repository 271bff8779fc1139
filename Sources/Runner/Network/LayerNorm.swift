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

    /// Takes its memory from a slab.
    init(columns: Int, batchSize: Int, from carver: inout Slab.Carver) {
        weight = carver.parameter(1, columns)
        bias = carver.parameter(1, columns)
        mean = carver.matrix(1, batchSize)
        inverse = carver.matrix(1, batchSize)
    }

    /// Sets the state of a new `nn.LayerNorm`; draws nothing.
    func initialize() {
        weight.value.start.update(repeating: 1, count: weight.value.columns)
        bias.value.fill(0)
    }

    /// Normalises every example and leaves the relu of that.
    func forward(_ x: Matrix, rectified: Matrix) {
        // x, rectified [batch × columns]
        for row in 0..<x.rows {
            let (mean, inverse) = measure(x, row)
            self.mean.start[row] = mean
            self.inverse.start[row] = inverse
            for column in stride(from: 0, to: x.paddedColumns, by: 16) {
                // Centred first: near zero, where the relu decides, nothing cancels.
                let y = (x[row, column] - mean) * inverse * weight.value[column] + bias.value[column]
                rectified[row, column] = y.rectified
            }
        }
    }

    /// Computes the gradients of weight and bias, and that of the input, added to a residual.
    ///
    /// With x̂ = (x − m) · i and ĝ = g · weight, dx = i · (ĝ − Σ ĝ / C − x̂ · Σ ĝ x̂ / C). The output may be the gradient's
    /// own memory.
    func backward(_ gradient: Matrix, input x: Matrix, adding residual: Matrix, intoInput output: Matrix) {
        // db = Σ g, dw = Σ g x̂, over the batch
        for column in stride(from: 0, to: x.paddedColumns, by: 16) {
            var sum = Lanes.zero
            var product = Lanes.zero
            for row in 0..<x.rows {
                let g = gradient[row, column]
                sum += g
                product += g * normed(x, row, column)
            }
            bias.gradient[column] = sum
            weight.gradient[column] = product
        }
        let count = Float(x.columns)
        for row in 0..<x.rows {
            let sum = Self.sum(x.columns) { gradient[row, $0] * weight.value[$0] }
            let product = Self.sum(x.columns) { gradient[row, $0] * weight.value[$0] * normed(x, row, $0) }
            let (shift, scale) = (sum / count, product / count)
            for column in stride(from: 0, to: x.paddedColumns, by: 16) {
                let rest = gradient[row, column] * weight.value[column] - shift - normed(x, row, column) * scale
                output[row, column] = residual[row, column] + rest * inverse.start[row]
            }
        }
    }

    /// Sixteen columns of x̂.
    @inline(__always)
    private func normed(_ x: Matrix, _ row: Int, _ column: Int) -> Lanes {
        (x[row, column] - mean.start[row]) * inverse.start[row]
    }

    /// An example's mean and inverse deviation, as exactly as float32 can say: PyTorch's relus shall fall on our side.
    private func measure(_ x: Matrix, _ row: Int) -> (mean: Float, inverse: Float) {
        let count = Float(x.columns)
        let mean = Self.sum(x.columns) { x[row, $0] } / count
        // What the mean is off by comes off the variance too, as in ``Moments``.
        let correction = Self.sum(x.columns) { x[row, $0] - mean } / count
        let squares = Self.sum(x.columns) { (x[row, $0] - mean) * (x[row, $0] - mean) }
        let variance = squares / count - correction * correction
        return (mean + correction, Float(1 / (Double(variance) + 1e-5).squareRoot()))
    }

    /// The sum of a row of terms, sixteen at a time, without the padding.
    ///
    /// In sums of 256 terms, so that little is lost in wide layers; then across the lanes as a tree.
    @inline(__always)
    static func sum(_ columns: Int, _ terms: (_ column: Int) -> Lanes) -> Float {
        var total = Lanes.zero
        for block in stride(from: 0, to: columns, by: 256) {
            var sum = Lanes.zero
            for column in stride(from: block, to: min(block + 256, columns), by: 16) {
                sum += terms(column).replacing(with: 0, where: .padding(column, columns))
            }
            total += sum
        }
        return total.treeSum
    }
}
