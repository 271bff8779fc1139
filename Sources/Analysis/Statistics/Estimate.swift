/// A number known up to a normal error, whose size is itself estimated from a small sample.
///
/// Student, "The probable error of a mean", Biometrika 6 (1908).
struct Estimate: Equatable {
    let value: Double
    let standardError: Double
    let degreesOfFreedom: Double

    /// Exactly 0.
    static let zero = Estimate(value: 0, standardError: 0, degreesOfFreedom: 1)

    /// The t interval, which covers the number in 95 % of samples or in another share of them.
    func interval(coverage: Double = 0.95) -> Interval {
        let reach = StudentT(degreesOfFreedom: degreesOfFreedom).quantile(0.5 + coverage / 2) * standardError
        return Interval(low: value - reach, high: value + reach)
    }

    /// The two-sided p of the hypothesis that the number is 0; nil without an error to measure it by.
    var p: Double? {
        guard standardError > 0 else { return nil }
        return StudentT(degreesOfFreedom: degreesOfFreedom).twoSidedP(value / standardError)
    }

    /// The distance from 0 that the two-sided test at 5 % would have found with 80 % power; nil without an error.
    var detectable: Double? {
        guard standardError > 0 else { return nil }
        return Power.noncentrality(degreesOfFreedom: degreesOfFreedom).map { $0 * standardError }
    }
}

extension Estimate {
    /// The mean of the population behind a sample; nil for fewer than two values.
    init?(meanOf sample: Moments) {
        guard let deviation = sample.standardDeviation else { return nil }
        let n = Double(sample.count)
        self.init(value: sample.mean, standardError: deviation / n.squareRoot(), degreesOfFreedom: n - 1)
    }

    /// The difference of the means of two populations of unequal spread; nil for fewer than two values of one.
    ///
    /// B. L. Welch, "The generalization of 'Student's' problem when several different population variances are
    /// involved", Biometrika 34 (1947), with the degrees of freedom of F. E. Satterthwaite (Biometrics Bulletin 2, 1946).
    init?(meanOf b: Moments, minus a: Moments) {
        guard let deviationA = a.standardDeviation, let deviationB = b.standardDeviation else { return nil }
        let (m, n) = (Double(a.count), Double(b.count))
        let squareA = deviationA * deviationA / m
        let squareB = deviationB * deviationB / n
        let square = squareA + squareB
        // Each side's part in the whole; without spread there is no whole, and any number of degrees will do.
        let (partA, partB) = square > 0 ? (squareA / square, squareB / square) : (0.5, 0.5)
        self.init(
            value: b.mean - a.mean,
            standardError: square.squareRoot(),
            degreesOfFreedom: 1 / (partA * partA / (m - 1) + partB * partB / (n - 1))
        )
    }
}
