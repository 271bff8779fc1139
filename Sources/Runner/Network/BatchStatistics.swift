import CKernels

/// Mean and variance of every column over the batch: as NumPy rounds them, and as exactly as float32 can say.
///
/// The logged variance follows NumPy's float32 `var(axis=0)`: one accumulator per column, row after row; the population
/// variance (divisor N), from the differences to the mean. On the same matrix these are NumPy's bits. Norms need better:
/// PyTorch computes its statistics in double, and the few units in the last place that a sum over 200 rows loses turn
/// relus near zero over, after which a run leaves PyTorch's trajectory.
struct BatchStatistics {
    /// The mean, correctly rounded but for its last bit, [1 × columns].
    let mean: Matrix
    /// The population variance about that mean, likewise.
    let variance: Matrix
    /// The population variance as NumPy rounds it.
    let loggedVariance: Matrix
    /// Scratch.
    private let terms: Matrix

    /// Takes its memory from a slab.
    init(columns: Int, from carver: inout Slab.Carver) {
        mean = carver.matrix(1, columns)
        variance = carver.matrix(1, columns)
        loggedVariance = carver.matrix(1, columns)
        terms = carver.matrix(1, columns)
    }

    /// Measures a batch.
    func measure(_ x: Matrix, with kernel: Kernel) {
        // x [batch × columns]
        varve_statistics(kernel.code, x.shape, x.start, mean.start, variance.start, loggedVariance.start)
    }

    /// The mean of the first columns' variances, the number that the notebook prints.
    func averageVariance(columns: Int) -> Float {
        pairwiseSum(loggedVariance.start, columns) / Float(columns)
    }

    /// The mean of the first columns' second moments, each v + m² of the exact mean and variance; added up as the variances.
    func averageSecondMoment(columns: Int) -> Float {
        for column in stride(from: 0, to: columns, by: 16) {
            terms[column] = variance[column] + mean[column] * mean[column]
        }
        return pairwiseSum(terms.start, columns) / Float(columns)
    }

    /// The mean over batch and units of (B g)², g the gradient of the mean loss of B examples.
    ///
    /// Each column's squares are added up 16 rows at a time and those sums then, and divided by B; the columns as the
    /// variances.
    func averageSquare(ofGradient g: Matrix, with kernel: Kernel) -> Float {
        // g [batch × columns]
        let count = Float(g.rows)
        varve_square_sums(kernel.code, g.shape, g.start, count, terms.start)
        for column in stride(from: 0, to: g.columns, by: 16) { terms[column] /= Lanes(repeating: count) }
        return pairwiseSum(terms.start, g.columns) / Float(g.columns)
    }

    /// The share of the columns that are 0 in the whole batch, of a relu's output; NaN is not 0.
    func deadShare(ofRectified h: Matrix, with kernel: Kernel) -> Float {
        // h [batch × columns]
        varve_column_bits(kernel.code, h.shape, h.start, terms.start)
        let dead = (0..<h.columns).count { terms.start[$0].bitPattern == 0 }
        return Float(dead) / Float(h.columns)
    }
}

/// The sum of neighbouring floats in the order of NumPy's `sum` and `mean`: pairwise, in blocks of 128, by eights.
func pairwiseSum(_ values: UnsafePointer<Float>, _ count: Int) -> Float {
    if count < 8 {
        var sum: Float = 0
        for i in 0..<count { sum += values[i] }
        return sum
    }
    if count > 128 {
        let half = count / 2 & ~7
        return pairwiseSum(values, half) + pairwiseSum(values + half, count - half)
    }
    var sums = SIMD8<Float>.zero
    for i in stride(from: 0, to: count & ~7, by: 8) {
        for lane in 0..<8 { sums[lane] += values[i + lane] }
    }
    var sum = ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]))
    for i in (count & ~7)..<count { sum += values[i] }
    return sum
}
