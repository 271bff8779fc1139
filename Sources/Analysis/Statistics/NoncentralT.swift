import Glibc

/// The noncentral t distribution: (Z + δ)/S of a normal Z and, independent of it, S = √(χ²/ν) of ν degrees of freedom.
///
/// N. L. Johnson, S. Kotz and N. Balakrishnan, "Continuous Univariate Distributions", volume 2 (1995), chapter 31:
/// P(T ≤ t) is the mean of Φ(t S − δ) over S. Here it is taken over u = log S, whose density is proportional to
/// exp(ν u − ν e^{2u}/2), by the trapezoidal rule: on an analytic function that falls off at both ends its error falls
/// exponentially with the step (L. N. Trefethen and J. A. C. Weideman, "The exponentially convergent trapezoidal rule",
/// SIAM Review 56, 2014). All terms are positive, so small probabilities keep their relative accuracy, about 1e-12.
struct NoncentralT {
    let degreesOfFreedom: Double
    let noncentrality: Double

    /// P(|T| > t).
    func outside(_ t: Double) -> Double {
        mean { normalShare(below: noncentrality - t * $0) + normalShare(below: -noncentrality - t * $0) }
    }

    /// The mean of a function of S.
    private func mean(_ function: (Double) -> Double) -> Double {
        // The density is about as wide as 1/√(2ν), and Φ climbs within 1/δ: at this step the error is below 1e-16.
        let step = min(0.1, 0.7 / (2 * degreesOfFreedom + noncentrality * noncentrality).squareRoot())
        var (sum, weights) = (function(1), 1.0)
        for direction in [-step, step] {
            for index in 1... {
                let u = Double(index) * direction
                let exponent = degreesOfFreedom * Self.logDensity(u)
                guard exponent > -50 else { break }
                let weight = exp(exponent)
                weights += weight
                sum += weight * function(exp(u))
            }
        }
        return sum / weights
    }

    /// The logarithm of the density at u over that at 0, for one degree of freedom: u − (e^{2u} − 1)/2.
    private static func logDensity(_ u: Double) -> Double {
        guard abs(u) < 0.01 else { return u - expm1(2 * u) / 2 }
        // The power series, where the two terms cancel.
        let coefficients = [4.0 / 315, 2.0 / 45, 2.0 / 15, 1.0 / 3, 2.0 / 3, 1]
        return -u * u * coefficients.reduce(0) { $0 * u + $1 }
    }
}

/// The share of the standard normal distribution below a number.
func normalShare(below z: Double) -> Double {
    erfc(-z * 0.5.squareRoot()) / 2
}
