/// A number known up to a normal error, whose size is itself estimated from a small sample.
///
/// Student, "The probable error of a mean", Biometrika 6 (1908).
struct Estimate {
    let value: Double
    let standardError: Double
    let degreesOfFreedom: Double

    /// The 95 % t interval.
    var interval: Interval {
        let reach = StudentT(degreesOfFreedom: degreesOfFreedom).quantile(0.975) * standardError
        return Interval(low: value - reach, high: value + reach)
    }

    /// The two-sided p of the hypothesis that the number is 0; nil without an error to measure it by.
    var p: Double? {
        guard standardError > 0 else { return nil }
        return StudentT(degreesOfFreedom: degreesOfFreedom).twoSidedP(value / standardError)
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
