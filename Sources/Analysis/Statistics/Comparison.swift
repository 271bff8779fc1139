import Glibc

/// How the values of one layer differ between two sides, A the baseline and B.
///
/// Variances grow by factors, so they are compared on the log scale: the ratio is the exponential of the mean log
/// difference. Paired, the mean is that of the differences log b − log a, one for each seed, with Student's t interval and
/// test (SciPy's `ttest_rel` of the logarithms). Otherwise it is the difference of the means, with Welch's
/// (`ttest_ind(equal_var=False)`). A value that is not finite or not positive has no logarithm: it is left out there,
/// with its partner where it has one, and the summaries count it.
public struct Comparison: Sendable, Equatable {
    /// The values of A; where they are paired, those with a partner.
    public let a: Summary
    /// The values of B; where they are paired, those with a partner.
    public let b: Summary
    /// The number of log differences behind the ratio; unpaired, of logarithms on the side that has fewer.
    public let count: Int
    /// B/A; nil where no logarithm is left.
    public let ratio: Double?
    /// The 95 % t interval of the ratio; nil for a single value, and the ratio at both ends where there is no spread.
    public let interval: Interval?
    /// The two-sided p of the hypothesis that the ratio is 1; nil without an interval or without spread.
    public let p: Double?
    /// The p adjusted over the layers of one question by Holm's method.
    public internal(set) var adjustedP: Double?
    /// The mean log difference over its standard deviation; nil without spread.
    ///
    /// Unpaired, the standard deviation is that of the difference of independent runs, √(s²(A) + s²(B)), so that both
    /// figures answer one question: how far B lies from A, in the spread of one run against another.
    public let effectSize: Double?
    /// Whether every difference of the values themselves is exactly 0: then the ratio is 1, and there was no test.
    public let isIdentical: Bool

    /// Compares values that belong together.
    init(paired pairs: [(a: Double, b: Double)]) {
        let differences = pairs.compactMap { logRatio(of: $0.b, to: $0.a) }
        let sample = Moments(differences)
        self.init(
            Summary(pairs.map(\.a)),
            Summary(pairs.map(\.b)),
            count: differences.count,
            isIdentical: !pairs.isEmpty && pairs.allSatisfy { $0.b - $0.a == 0 },
            difference: sample?.mean,
            spread: sample?.standardDeviation,
            estimate: sample.flatMap(Estimate.init(meanOf:))
        )
    }

    /// Compares values that have nothing to do with each other.
    init(unpaired a: [Double], _ b: [Double]) {
        // Relative to one of the values; which one does not matter to differences, but its digits are saved.
        let reference = a.first { logRatio(of: $0, to: 1) != nil } ?? 1
        let logsA = a.compactMap { logRatio(of: $0, to: reference) }
        let logsB = b.compactMap { logRatio(of: $0, to: reference) }
        var difference, spread: Double?
        var estimate: Estimate?
        if let sampleA = Moments(logsA), let sampleB = Moments(logsB) {
            difference = sampleB.mean - sampleA.mean
            if let deviationA = sampleA.standardDeviation, let deviationB = sampleB.standardDeviation {
                spread = hypot(deviationA, deviationB)
            }
            estimate = Estimate(meanOf: sampleB, minus: sampleA)
        }
        self.init(
            Summary(a),
            Summary(b),
            count: min(logsA.count, logsB.count),
            isIdentical: !a.isEmpty && !b.isEmpty && (a + b).allSatisfy { $0 - a[0] == 0 },
            difference: difference,
            spread: spread,
            estimate: estimate
        )
    }

    private init(
        _ a: Summary,
        _ b: Summary,
        count: Int,
        isIdentical: Bool,
        difference: Double?,
        spread: Double?,
        estimate: Estimate?
    ) {
        self.a = a
        self.b = b
        self.count = count
        self.isIdentical = isIdentical
        ratio = isIdentical ? 1 : difference.map { exp($0) }
        interval = isIdentical ? Interval(low: 1, high: 1) : estimate?.interval.exponentiated()
        p = estimate?.p
        if let difference, let spread, spread > 0 { effectSize = difference / spread } else { effectSize = nil }
    }
}
