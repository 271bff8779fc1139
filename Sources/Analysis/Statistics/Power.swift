/// How sure Student's t test is to find an effect: two-sided at the 5 % level, unadjusted, with 80 % power.
///
/// J. Cohen, "Statistical Power Analysis for the Behavioral Sciences" (1988), chapter 2, with the noncentral t distribution
/// in place of his tables (statsmodels' `TTestPower`): under an effect of δ standard errors the test statistic is noncentral t.
enum Power {
    /// The power that is asked for.
    static let target = 0.8

    /// The probability that the test finds an effect of δ standard errors.
    static func power(of noncentrality: Double, degreesOfFreedom: Double) -> Double {
        let critical = StudentT(degreesOfFreedom: degreesOfFreedom).quantile(0.975)
        return power(of: noncentrality, degreesOfFreedom: degreesOfFreedom, critical: critical)
    }

    /// The effect, in standard errors, that the test finds with the target's power; nil without degrees of freedom.
    static func noncentrality(degreesOfFreedom: Double) -> Double? {
        guard degreesOfFreedom > 0, degreesOfFreedom < .infinity else { return nil }
        let critical = StudentT(degreesOfFreedom: degreesOfFreedom).quantile(0.975)
        // At the upper end the median of the statistic is about twice the critical value.
        return root(between: 0, and: 2 * critical + 2) { noncentrality in
            power(of: noncentrality, degreesOfFreedom: degreesOfFreedom, critical: critical) - target
        }
    }

    /// The smallest sample size, from 2 on, with which an effect is found with the target's power.
    ///
    /// - Parameters:
    ///   - effect: the effect in standard deviations of one sample value; the standard error is 1/√n of it.
    ///   - factor: the degrees of freedom are this times n − 1.
    /// - Returns: nil where there is no effect, or more than 2^40 would be needed.
    static func sampleSize(for effect: Double, degreesPerValue factor: Double) -> Int? {
        func isEnough(_ n: Int) -> Bool {
            power(of: effect * Double(n).squareRoot(), degreesOfFreedom: factor * Double(n - 1)) >= target
        }
        guard effect > 0 else { return nil }
        var high = 2
        while !isEnough(high) {
            guard high < 1 << 40 else { return nil }
            high *= 2
        }
        var low = high / 2
        while high - low > 1, high > 2 {
            let middle = low + (high - low) / 2
            if isEnough(middle) { high = middle } else { low = middle }
        }
        return high
    }

    private static func power(of noncentrality: Double, degreesOfFreedom: Double, critical: Double) -> Double {
        NoncentralT(degreesOfFreedom: degreesOfFreedom, noncentrality: noncentrality).outside(critical)
    }
}
