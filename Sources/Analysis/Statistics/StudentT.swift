import Glibc

/// Student's t distribution with any positive number of degrees of freedom ν, whole or not (Welch's are not).
///
/// With a = ν/2, x = ν/(ν + t²) and y = 1 − x, P(|T| ≥ t) is the regularised incomplete beta function I_x(a, ½), and
/// P(|T| < t) is I_y(½, a) (Digital Library of Mathematical Functions, 8.17; M. Abramowitz and I. A. Stegun, "Handbook
/// of Mathematical Functions", 26.7.1). The tail is computed as a logarithm and the middle by a series of positive
/// terms, so that both keep their relative accuracy, about 1e-13, where the other is almost 1.
struct StudentT {
    let degreesOfFreedom: Double

    /// The probability of a value at least as far from 0 as t, on either side; 0 where it is below 1e-308.
    func twoSidedP(_ t: Double) -> Double {
        exp(areas(t.magnitude).logOutside)
    }

    /// The value that a share of the distribution, between 0 and 1, lies below; at most the greatest double.
    ///
    /// Newton's method on the logarithm of the smaller of the two areas, as a function of log t. That function is
    /// concave, so every step from the second on comes from the same side, and no bracket is needed.
    func quantile(_ share: Double) -> Double {
        guard share != 0.5 else { return 0 }
        let inTail = abs(share - 0.5) > 0.25
        let target = log(inTail ? 2 * min(share, 1 - share) : abs(2 * share - 1))
        var t = 2.0  // Near to the usual one, 0.975.
        for _ in 0..<100 {
            let areas = areas(t)
            let slope = 2 * exp(areas.logDensity - (inTail ? areas.logOutside : areas.logInside))
            let step = ((inTail ? areas.logOutside : areas.logInside) - target) / (inTail ? slope : -slope)
            t = min(t * exp(step), .greatestFiniteMagnitude)
            // The number of digits doubles with each step, so the next would change nothing.
            if step.magnitude < 1e-9 { break }
        }
        return share < 0.5 ? -t : t
    }

    /// The logarithms of P(|T| < t) and P(|T| ≥ t), and of their derivative by log t, halved.
    private func areas(_ t: Double) -> (logInside: Double, logOutside: Double, logDensity: Double) {
        let a = degreesOfFreedom / 2
        let z = t / degreesOfFreedom.squareRoot()
        // log(1 + z²) and log y, without the square where it would overflow.
        let spread = z < 1e8 ? log1p(z * z) : 2 * log(t) - log(degreesOfFreedom)
        let logY = z < 1e8 ? 2 * log(z) - spread : 0
        // x^a y^½ / B(a, ½)
        let logDensity = logY / 2 - a * spread + log(Self.gammaRatio(a) / Double.pi.squareRoot())
        // In the middle at most 0.995 of the distribution lies inside, so 1 − inside loses two or three digits.
        let y = z < 1e8 ? z * z / (1 + z * z) : 1
        if y < min(0.5, 7 / (degreesOfFreedom + 1)) {
            let logInside = logDensity + log(2 * Self.series(a, y))
            return (logInside, log1p(-exp(logInside)), logDensity)
        }
        let logOutside = logDensity - log(Self.fraction(a, y))
        return (log(-expm1(logOutside)), logOutside, logDensity)
    }

    /// The series of I_y(½, a): 1 + y (a + ½)/(3/2) + y² (a + ½)(a + 3/2)/(3/2 · 5/2) + … (DLMF 8.17.8).
    private static func series(_ a: Double, _ y: Double) -> Double {
        var (term, sum, n) = (1.0, 1.0, 0.0)
        while term > sum * 1e-17 {
            term *= y * (a + 0.5 + n) / (1.5 + n)
            sum += term
            n += 1
        }
        return sum
    }

    /// The continued fraction β₀ + α₁/(β₁ + α₂/(β₂ + …)) whose inverse is in I_x(a, ½).
    ///
    /// The form of A. R. DiDonato and A. H. Morris, "Algorithm 708", ACM TOMS 18 (1992): it is written in y, because for great ν the distance of x from 1 is lost in x. Evaluated from the front by W. J. Lentz's method
    /// ("Generating Bessel functions in Mie scattering calculations using continued fractions", Applied Optics 15, 1976).
    private static func fraction(_ a: Double, _ y: Double) -> Double {
        let x = 1 - y
        let excess = (a + 0.5) * y + 0.5
        var value = a / (a + 1) * excess
        var (ahead, behind, factor, n) = (value, 0.0, 0.0, 1.0)
        while abs(factor - 1) > 1e-15 {
            let k = a + 2 * n - 1
            let pull = n * (0.5 - n) * x / k
            let numerator = (a + n - 1) * (a + n - 0.5) / k * pull * x
            let denominator = n + pull + (a + n) / (k + 2) * (excess + n * (1 + y))
            ahead = denominator + numerator / ahead
            behind = 1 / (denominator + numerator * behind)
            factor = ahead * behind
            value *= factor
            n += 1
        }
        return value
    }

    /// Γ(a + ½)/Γ(a), without the cancellation of two logarithms of great gammas.
    ///
    /// An asymptotic series in 1/w², w = a − ¼ (DLMF 5.11(iii)), reached from small a by Γ(a + 1) = a Γ(a). From a = 16
    /// on the first term left out is below 1e-16.
    private static func gammaRatio(_ a: Double) -> Double {
        var (a, scale) = (a, 1.0)
        while a < 16 {
            scale *= a / (a + 0.5)
            a += 1
        }
        let w = a - 0.25
        let coefficients = [-174_317.0 / 0x1p27, 631.0 / 0x1p19, -19.0 / 0x1p13, 1.0 / 0x1p6, 1]
        return scale * w.squareRoot() * coefficients.reduce(20_491_783.0 / 0x1p33) { $0 / (w * w) + $1 }
    }
}
