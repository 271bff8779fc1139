/// Softmax and cross entropy, the mean over the batch (PyTorch's `nn.CrossEntropyLoss`).
enum CrossEntropy {
    /// Computes the loss, (1/N) Σ (log Σ exp z − z[label]), and its gradient (softmax(z) − onehot) / N.
    static func loss(of logits: Matrix, labels: Span<Int64>, gradient: Matrix) -> Float {
        // logits, gradient [batch × classes]
        let count = Float(logits.rows)
        var total = 0.0
        for row in 0..<logits.rows {
            let label = Int(labels[row])
            let (loss, sum) = Self.loss(of: logits, row, label: label, powers: gradient)
            total += Double(loss)
            for column in stride(from: 0, to: logits.columns, by: 16) {
                gradient[row, column] = (gradient[row, column] / sum).flushed / count
            }
            let target = gradient.row(row) + label
            target.pointee -= 1 / count
        }
        return Float(total / Double(logits.rows))
    }

    /// Adds the losses of all rows to a sum, and the rows whose greatest logit is the label's to a count.
    static func score(
        _ logits: Matrix,
        labels: Span<Int64>,
        scratch: Matrix,
        loss total: inout Double,
        correct: inout Int
    ) {
        for row in 0..<logits.rows {
            let label = Int(labels[row])
            total += Double(Self.loss(of: logits, row, label: label, powers: scratch).loss)
            if greatest(of: logits, row) == label { correct += 1 }
        }
    }

    /// The loss of one row, and the sum over its classes of e to the power of the logit less the row's greatest.
    ///
    /// `powers` receives what was summed.
    @inline(__always)
    private static func loss(of logits: Matrix, _ row: Int, label: Int, powers: Matrix) -> (loss: Float, sum: Float) {
        let classes = logits.columns
        var greatest = Lanes(repeating: -.infinity)
        for column in stride(from: 0, to: classes, by: 16) {
            let z = logits[row, column].replacing(with: -.infinity, where: .padding(column, classes))
            greatest.replace(with: z, where: z .> greatest)
        }
        let maximum = greatest.treeMaximum

        var sums = Lanes.zero
        for column in stride(from: 0, to: classes, by: 16) {
            let power = exponential(logits[row, column] - maximum)
                .replacing(with: 0, where: .padding(column, classes))
            powers[row, column] = power
            sums += power
        }
        let sum = sums.treeSum
        return (logarithm(sum) - (logits.row(row)[label] - maximum), sum)
    }

    /// The class of a row's greatest logit as `torch.argmax` finds it: the first of equals, and NaN above all.
    static func greatest(of logits: Matrix, _ row: Int) -> Int {
        let logits = UnsafeBufferPointer(start: logits.row(row), count: logits.columns)
        var greatest = 0
        for column in logits.indices where !logits[greatest].isNaN && !(logits[column] <= logits[greatest]) {
            greatest = column
        }
        return greatest
    }
}

/// e to the x for x ≤ 0, about 1 ulp, below −80 zero to all purposes; NaN stays.
///
/// S. Moshier's Cephes library, `expf`. Our own, because those of C libraries differ in the last bit between machines.
@inline(__always)
func exponential(_ x: Lanes) -> Lanes {
    let x = x.replacing(with: -80, where: x .< -80)
    // Adding 1.5 · 2²³ leaves the nearest integer in the low bits.
    let shifted = x * 1.442_695_04 + 12_582_912
    let n = shifted - 12_582_912
    let r = (x - n * 0.693_359_375) + n * 2.121_944_40e-4
    var series = r * 1.987_569_15e-4 + 1.398_199_95e-3
    series = series * r + 8.333_451_91e-3
    series = series * r + 4.166_579_59e-2
    series = series * r + 1.666_666_55e-1
    series = series * r + 5.000_000_12e-1
    let fraction = series * (r * r) + r + 1
    let bits = unsafeBitCast(shifted, to: SIMD16<UInt32>.self)
    return fraction * unsafeBitCast((bits &- 0x4B40_0000 &+ 127) &<< 23, to: Lanes.self)
}

/// The natural logarithm of a positive normal number, about 1 ulp; NaN and infinity stay.
///
/// Cephes' `logf`.
func logarithm(_ x: Float) -> Float {
    guard x < .infinity else { return x }
    var mantissa = Float(bitPattern: x.bitPattern & 0x007F_FFFF | 0x3F00_0000)  // 0.5 ..< 1
    var exponent = Float(Int32(x.bitPattern >> 23) - 126)
    if mantissa < 0.707_106_781 {
        mantissa += mantissa
        exponent -= 1
    }
    let r = mantissa - 1
    var series = r * 7.037_683_63e-2 - 1.151_461_03e-1
    series = series * r + 1.167_699_87e-1
    series = series * r - 1.242_014_08e-1
    series = series * r + 1.424_932_28e-1
    series = series * r - 1.666_805_77e-1
    series = series * r + 2.000_071_48e-1
    series = series * r - 2.499_999_40e-1
    series = series * r + 3.333_333_12e-1
    let square = r * r
    let tail = series * r * square - exponent * 2.121_944_40e-4 - 0.5 * square
    return r + tail + exponent * 0.693_359_375
}
