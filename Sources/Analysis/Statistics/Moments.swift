/// The mean and the standard deviation of finite values.
///
/// Computed in double, in two passes: the mean first, then the deviations from it (T. F. Chan, G. H. Golub and R. J.
/// LeVeque, "Algorithms for computing the sample variance", The American Statistician 37, 1983). The mean is corrected
/// by the mean of the deviations, so that equal values have exactly their own value as mean and no deviation.
struct Moments {
    let count: Int
    let mean: Double
    /// With divisor n − 1; nil for a single value.
    let standardDeviation: Double?
    /// The greatest distance of a value from the mean.
    let reach: Double

    /// Nil where there is no value.
    init?(_ values: [Double]) {
        guard let largest = values.lazy.map(\.magnitude).max() else { return nil }
        // A power of two, so exact: no sum and no square then overflows or vanishes.
        let unit = largest > 0 ? largest.binade : 1
        let n = Double(values.count)
        let rough = values.reduce(0) { $0 + $1 / unit } / n
        let mean = rough + values.reduce(0) { $0 + ($1 / unit - rough) } / n
        count = values.count
        self.mean = mean * unit
        reach = values.reduce(0) { max($0, abs($1 / unit - mean)) } * unit
        guard values.count > 1 else {
            standardDeviation = nil
            return
        }
        let squares = values.reduce(0) { $0 + ($1 / unit - mean) * ($1 / unit - mean) }
        standardDeviation = (squares / (n - 1)).squareRoot() * unit
    }

    /// Whether there are several values, all equal up to rounding.
    func isConstant(within rounding: Double) -> Bool {
        count > 1 && reach <= rounding
    }
}
