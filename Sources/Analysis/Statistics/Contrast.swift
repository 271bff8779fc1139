import Glibc

/// How the values of one row, a layer or a metric, differ between two groups, A the baseline and B.
///
/// On the log scale the differences are log b − log a, and what is said of them is exponentiated: the ratio of geometric
/// means, B/A. On the scale of the values themselves it is the difference of means, B − A. Paired, the mean is that of
/// the differences, one for each seed, with Student's t interval and test (SciPy's `ttest_rel`). Otherwise it is the
/// difference of the means, with Welch's (`ttest_ind(equal_var=False)`). A value that has no place on the scale is left
/// out, with its partner where it has one, and the summaries count it.
public struct Contrast: Sendable, Equatable {
    /// What is compared.
    public enum Scale: Sendable {
        /// Logarithms, as variances grow by factors: values that are not finite or not positive are left out.
        case ratio
        /// The values in their own unit: those that are not finite are left out.
        case difference
    }

    /// How large a difference is beside the spread of single runs.
    public struct Effect: Sendable, Equatable {
        /// What it is measured in; the raw value is the name in JSON.
        public enum Kind: String, Sendable {
            /// The mean of the paired differences over their standard deviation (Cohen 1988, section 2.3.5).
            case dz = "d_z"
            /// The difference of the means over the pooled standard deviation, corrected for small samples.
            case hedgesG = "hedges_g"
        }

        public let kind: Kind
        public let value: Double
    }

    public let scale: Scale
    /// The values of A; where they are paired, those with a partner.
    public let a: Summary
    /// The values of B; where they are paired, those with a partner.
    public let b: Summary
    /// The numbers of values in the estimate on either side; paired, both are the number of pairs.
    public let counts: Counts
    /// The ratio B/A or the difference B − A; nil where no value is left on a side.
    public let estimate: Double?
    /// Its 95 % t interval; nil for a single value, and the estimate at both ends where there is no spread.
    public let interval: Interval?
    /// The two-sided p of the hypothesis that the ratio is 1 or the difference 0; nil for a single value or without
    /// spread.
    public let p: Double?
    /// The p adjusted by Holm's method over all rows of a question (see ``adjusted(_:)``).
    public internal(set) var adjustedP: Double?
    /// Nil below 5 values on a side, and without spread.
    public let effect: Effect?
    /// Whether there are values and their differences are all 0, exactly or up to rounding.
    public let isIdentical: Bool
    /// The estimate on the scale, with its error; nil for a single value.
    private let measured: Estimate?
    /// What the error is made of.
    private let spread: Spread?

    /// The numbers of values on two sides.
    public struct Counts: Sendable, Equatable {
        public let a: Int
        public let b: Int
    }

    fileprivate struct Spread: Equatable {
        /// The standard error is this over √n, with n values a side.
        let deviation: Double
        /// The degrees of freedom are this times n − 1.
        let degreesPerValue: Double
    }

    /// The number of values in the estimate; where they are not paired, on the side that has fewer.
    public var count: Int { min(counts.a, counts.b) }

    /// The smallest m for which the sides are shown to be equal within it: the 90 % interval lies within 1/m … m, or −m … m.
    ///
    /// Two one-sided tests at 5 % (D. J. Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15, 1987).
    public var equalWithin: Double? {
        measured.map { measured in
            let interval = measured.interval(coverage: 0.9)
            return scale.told(max(abs(interval.low), abs(interval.high)))
        }
    }

    /// The ratio above 1, or the difference above 0, that this test would have found with 80 % power; nil without a test.
    public var detectable: Double? { p == nil ? nil : measured?.detectable.map(scale.told) }

    /// The number of values on each side, at this spread, that would show an effect with 80 % power.
    ///
    /// - Parameter effect: a ratio, above or below 1, or a difference of either sign.
    /// - Returns: nil without a test, and for an effect that is none.
    public func seedsNeeded(toDetect effect: Double) -> Int? {
        let distance = scale == .ratio ? logRatio(of: effect, to: 1) : effect
        guard p != nil, let spread, let distance, distance.isFinite else { return nil }
        return Power.sampleSize(for: abs(distance) / spread.deviation, degreesPerValue: spread.degreesPerValue)
    }

    /// Compares values that belong together.
    init(paired pairs: [(a: Double, b: Double)], scale: Scale) {
        let kept = pairs.filter { scale.difference(of: $0.b, to: $0.a) != nil }
        let differences = kept.compactMap { scale.difference(of: $0.b, to: $0.a) }
        let sample = Moments(differences)
        let rounding = scale.rounding(of: kept.flatMap { [$0.a, $0.b] })
        self.init(
            scale,
            (Summary(pairs.map(\.a)), Summary(pairs.map(\.b))),
            Counts(a: kept.count, b: kept.count),
            difference: sample?.mean,
            estimate: sample.flatMap(Estimate.init(meanOf:)),
            spread: sample?.standardDeviation.map { Spread(deviation: $0, degreesPerValue: 1) },
            effect: sample.flatMap { sample in
                sample.standardDeviation.map { Effect(kind: .dz, value: sample.mean / $0) }
            },
            isExact: !pairs.isEmpty && pairs.allSatisfy { $0.b - $0.a == 0 },
            isComplete: kept.count == pairs.count,
            isConstant: sample?.isConstant(within: rounding) == true,
            rounding: rounding
        )
    }

    /// Compares values that have nothing to do with each other.
    init(unpaired a: [Double], _ b: [Double], scale: Scale) {
        // Relative to one of the values; which one does not matter to differences, but its digits are saved.
        let reference = scale == .ratio ? a.first { logRatio(of: $0, to: 1) != nil } ?? 1 : 0
        let placesA = a.compactMap { scale.difference(of: $0, to: reference) }
        let placesB = b.compactMap { scale.difference(of: $0, to: reference) }
        let (sampleA, sampleB) = (Moments(placesA), Moments(placesB))
        let rounding = scale.rounding(of: a + b)
        var difference: Double?
        var estimate: Estimate?
        var spread: Spread?
        var effect: Effect?
        if let sampleA, let sampleB {
            difference = sampleB.mean - sampleA.mean
            estimate = Estimate(meanOf: sampleB, minus: sampleA)
            if let deviationA = sampleA.standardDeviation, let deviationB = sampleB.standardDeviation {
                spread = Spread(independent: deviationA, deviationB)
                effect = Effect(
                    kind: .hedgesG,
                    value: Self.hedgesG(
                        sampleB.mean - sampleA.mean,
                        (deviationA, placesA.count),
                        (deviationB, placesB.count)
                    )
                )
            }
        }
        self.init(
            scale,
            (Summary(a), Summary(b)),
            Counts(a: placesA.count, b: placesB.count),
            difference: difference,
            estimate: estimate,
            spread: spread,
            effect: effect,
            isExact: !a.isEmpty && !b.isEmpty && (a + b).allSatisfy { $0 - a[0] == 0 },
            isComplete: placesA.count == a.count && placesB.count == b.count,
            isConstant: [sampleA, sampleB].allSatisfy { $0?.isConstant(within: rounding) == true },
            rounding: rounding
        )
    }

    private init(
        _ scale: Scale,
        _ sides: (a: Summary, b: Summary),
        _ counts: Counts,
        difference: Double?,
        estimate: Estimate?,
        spread: Spread?,
        effect: Effect?,
        isExact: Bool,
        isComplete: Bool,
        isConstant: Bool,
        rounding: Double
    ) {
        self.scale = scale
        (a, b) = sides
        self.counts = counts
        let isNothing = isConstant && isComplete && difference.map { abs($0) <= rounding } == true
        isIdentical = isExact || (min(counts.a, counts.b) > 1 && isNothing)
        // Zeros have no logarithm, and are equal all the same.
        let difference = isExact ? 0 : difference
        let estimate = isExact && estimate == nil && a.count > 1 && b.count > 1 ? Estimate.zero : estimate
        self.estimate = difference.map(scale.told)
        interval = estimate.map { scale.told($0.interval()) }
        let hasTest = !isExact && !isConstant && estimate?.p != nil
        p = hasTest ? estimate?.p : nil
        measured = estimate
        self.spread = spread
        self.effect = hasTest && min(counts.a, counts.b) >= 5 ? effect : nil
    }
}

extension Contrast {
    /// Hedges' g: the pooled standard deviation, and the correction 1 − 3/(4 m − 1) for m degrees of freedom.
    ///
    /// L. V. Hedges, "Distribution theory for Glass's estimator of effect size and related estimators", Journal of
    /// Educational Statistics 6 (1981); the correction is the approximation given there, which statsmodels'
    /// `effectsize_smd` uses too.
    private static func hedgesG(
        _ difference: Double,
        _ a: (deviation: Double, count: Int),
        _ b: (deviation: Double, count: Int)
    ) -> Double {
        let (degreesA, degreesB) = (Double(a.count - 1), Double(b.count - 1))
        let degrees = degreesA + degreesB
        let pooled = hypot(
            a.deviation * (degreesA / degrees).squareRoot(),
            b.deviation * (degreesB / degrees).squareRoot()
        )
        return difference / pooled * (1 - 3 / (4 * degrees - 1))
    }
}

extension Contrast.Spread {
    /// The spread of the difference of two independent runs, and Welch's degrees of freedom with as many on either side.
    fileprivate init(independent a: Double, _ b: Double) {
        deviation = hypot(a, b)
        let part = deviation > 0 ? a / deviation * (a / deviation) : 0.5
        degreesPerValue = 1 / (part * part + (1 - part) * (1 - part))
    }
}

extension Contrast.Scale {
    /// The distance from a to b; nil where one of them has no place on the scale.
    func difference(of b: Double, to a: Double) -> Double? {
        switch self {
        case .ratio: logRatio(of: b, to: a)
        case .difference: a.isFinite && b.isFinite && (b - a).isFinite ? b - a : nil
        }
    }

    /// What is said of a distance.
    fileprivate func told(_ difference: Double) -> Double {
        self == .ratio ? exp(difference) : difference
    }

    fileprivate func told(_ interval: Interval) -> Interval {
        self == .ratio ? interval.exponentiated() : interval
    }

    /// How far distances may be off by rounding: layers are recorded in single precision, metrics in double.
    func rounding(of values: [Double]) -> Double {
        switch self {
        case .ratio: 0x1p-22
        case .difference: 1e-12 * (values.lazy.filter(\.isFinite).map(\.magnitude).max() ?? 0)
        }
    }
}
