/// Mean and variance of every column over the batch, in the order of NumPy's float32 `var(axis=0)`.
///
/// One accumulator per column, row after row; the population variance (divisor N), from the differences to the mean.
/// On the same matrix these are NumPy's bits.
struct Moments {
    let mean: Matrix  // [1 × columns]
    let variance: Matrix  // [1 × columns]

    /// Takes its memory from a slab.
    init(columns: Int, from carver: inout Slab.Carver) {
        mean = carver.matrix(1, columns)
        variance = carver.matrix(1, columns)
    }

    /// Measures a batch.
    func measure(_ x: Matrix) {
        let count = Lanes(repeating: Float(x.rows))
        for column in stride(from: 0, to: x.paddedColumns, by: 16) {
            var sum = Lanes.zero
            for row in 0..<x.rows { sum += x[row, column] }
            let mean = sum / count
            var squares = Lanes.zero
            for row in 0..<x.rows {
                let difference = x[row, column] - mean
                squares += difference * difference
            }
            self.mean[column] = mean
            variance[column] = squares / count
        }
    }

    /// The mean of the first columns' variances, the number that the notebook prints.
    func averageVariance(columns: Int) -> Float {
        pairwiseSum(variance.start, columns) / Float(columns)
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
