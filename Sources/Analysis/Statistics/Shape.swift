import Glibc

/// Along which curve a quantity grows: the Box–Cox exponent λ that makes its profile over blocks a straight line.
///
/// 0 is exponential, 1 linear, above 1 slower than linear, below 0 faster than exponential. The transformation is that of
/// G. E. P. Box and D. R. Cox, "An analysis of transformations", Journal of the Royal Statistical Society B 26 (1964):
/// T(x) = (x^λ − 1)/λ, or log x for λ = 0. Straight means that the quadratic contrast q of the transformed profile is 0;
/// q is the orthogonal polynomial of second degree over the blocks, which may have gaps (W. G. Cochran and G. M. Cox,
/// "Experimental Designs", 1957, section 3.42). It is the same read from the first block or from the last.
struct Shape {
    let exponent: Double
    /// The 95 % t interval, from the jackknife over seeds.
    let interval: Interval

    /// Nil where no exponent within −3 … 4 makes the whole profile straight, or one with a seed left out.
    ///
    /// The standard error is that of the jackknife (J. W. Tukey, Annals of Mathematical Statistics 29, 1958; B. Efron,
    /// "The Jackknife, the Bootstrap and Other Resampling Plans", 1982, chapter 3).
    ///
    /// - Parameters:
    ///   - logs: for each seed, at least 3, the logarithms of the profile.
    ///   - contrast: the quadratic contrast over the blocks.
    init?(_ logs: [[Double]], contrast: [Double]) {
        let n = Double(logs.count)
        let sums = contrast.indices.map { place in logs.reduce(0) { $0 + $1[place] } }
        guard let exponent = Self.exponent(of: sums.map { $0 / n }, contrast) else { return nil }
        var samples: [Double] = []
        for seed in logs {
            let rest = zip(sums, seed).map { ($0 - $1) / (n - 1) }
            guard let sample = Self.exponent(of: rest, contrast) else { return nil }
            samples.append(sample)
        }
        guard let spread = Moments(samples)?.standardDeviation else { return nil }
        self.exponent = exponent
        let estimate = Estimate(
            value: exponent,
            standardError: spread * (n - 1) / n.squareRoot(),
            degreesOfFreedom: n - 1
        )
        interval = estimate.interval()
    }

    /// The exponent of one profile, given by its logarithms.
    private static func exponent(of profile: [Double], _ contrast: [Double]) -> Double? {
        let mean = profile.reduce(0, +) / Double(profile.count)
        let logs = profile.map { $0 - mean }
        let reach = logs.reduce(0) { max($0, abs($1)) }
        return root(between: -3, and: 4) { exponent in
            // Divided by the greatest that a power can be: none overflows, and the root stays where it is.
            let scale = abs(exponent) * reach
            let sum = zip(contrast, logs).reduce(0) { sum, place in
                let power = exponent * place.1
                // Far from 0 the constant of T matters no more: the contrast of a constant is 0.
                let transformed =
                    exponent == 0
                    ? place.1 : (scale < 30 ? expm1(power) * exp(-scale) : exp(power - scale)) / exponent
                return sum + place.0 * transformed
            }
            return sum
        }
    }
}

/// The linear and the quadratic contrast over blocks.
struct BlockContrasts {
    /// The blocks less their mean.
    let linear: [Double]
    /// The squares of these, less their projections on a constant and on the linear contrast.
    let quadratic: [Double]

    init(_ blocks: [Int]) {
        let n = Double(blocks.count)
        let middle = blocks.reduce(0) { $0 + Double($1) } / n
        let linear = blocks.map { Double($0) - middle }
        let squares = linear.map { $0 * $0 }
        let level = squares.reduce(0, +) / n
        let tilt = zip(linear, squares).reduce(0) { $0 + $1.0 * $1.1 } / squares.reduce(0, +)
        self.linear = linear
        quadratic = zip(linear, squares).map { $1 - level - tilt * $0 }
    }

    /// The slope of the least-squares line through values at the blocks.
    func slope(_ values: [Double]) -> Double {
        zip(linear, values).reduce(0) { $0 + $1.0 * $1.1 } / linear.reduce(0) { $0 + $1 * $1 }
    }

    /// The curvature of values at the blocks, up to a factor.
    func curvature(_ values: [Double]) -> Double {
        zip(quadratic, values).reduce(0) { $0 + $1.0 * $1.1 }
    }
}
