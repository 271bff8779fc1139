/// Where a function that changes its sign between two points is 0; nil where it has the same sign at both, or none.
///
/// C. J. F. Ridders, "A new algorithm for computing a single root of a real continuous function", IEEE Transactions on
/// Circuits and Systems 26 (1979): the root stays bracketed, and the number of digits doubles with each step.
func root(between low: Double, and high: Double, of function: (Double) -> Double) -> Double? {
    var (low, high) = (low, high)
    var (atLow, atHigh) = (function(low), function(high))
    if atLow == 0 { return low }
    if atHigh == 0 { return high }
    guard atLow.isFinite, atHigh.isFinite, (atLow < 0) != (atHigh < 0) else { return nil }
    var last = low
    for _ in 0..<200 {
        let middle = low + (high - low) / 2
        let atMiddle = function(middle)
        // Divided by the greater end: no square overflows or vanishes.
        let unit = max(atLow.magnitude, atHigh.magnitude)
        let (a, b, c) = (atLow / unit, atMiddle / unit, atHigh / unit)
        let width = (b * b - a * c).squareRoot()
        guard width > 0, atMiddle != 0 else { return middle }
        let point = middle + (middle - low) * (a < 0 ? -b : b) / width
        let atPoint = function(point)
        if atPoint == 0 || abs(point - last) <= 4 * max(point.ulp, .ulpOfOne) { return point }
        last = point
        if (atMiddle < 0) != (atPoint < 0) {
            (low, atLow, high, atHigh) = (middle, atMiddle, point, atPoint)
        } else if (atLow < 0) != (atPoint < 0) {
            (high, atHigh) = (point, atPoint)
        } else {
            (low, atLow) = (point, atPoint)
        }
    }
    return last
}
