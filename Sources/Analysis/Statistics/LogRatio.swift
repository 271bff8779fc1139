import Glibc

/// The natural logarithm of b/a; nil where one of them is not finite or not positive.
///
/// Keeps its relative accuracy where a and b are almost equal and the difference of their logarithms would cancel;
/// exchanging a and b changes nothing but the sign.
func logRatio(of b: Double, to a: Double) -> Double? {
    guard a > 0, b > 0, a < .infinity, b < .infinity else { return nil }
    let (small, large) = (min(a, b), max(a, b))
    let growth = (large - small) / small
    let ratio = growth < .infinity ? log1p(growth) : log(large) - log(small)
    return b < a ? -ratio : ratio
}
