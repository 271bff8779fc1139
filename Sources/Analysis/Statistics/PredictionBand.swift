/// Where the next run's value is expected, after the runs before it.
///
/// The 95 % prediction interval for one new observation, mean ± t(0.975, n − 1) s √(1 + 1/n) (G. J. Hahn and W. Q. Meeker,
/// "Statistical Intervals", 1991, chapter 4), on the log scale: over seeds the logarithms of variances are normal, the
/// variances themselves lean to the right, the deeper the more, and no variance is negative. 1 in 20 ordinary runs falls
/// outside.
///
/// Fed run by run; mean and squares are carried along (B. P. Welford, Technometrics 4, 1962), so a history takes time in
/// proportion to its length. Logarithms are taken relative to the first value, which keeps them small and the sums
/// accurate to about 1e-13.
public struct PredictionBand: Sendable {
    private var reference: Double?
    private var logs: [Int64: Double] = [:]
    private var sums = Sums()

    /// A band before the first run.
    public init() {}

    /// The interval for a run of a seed, from the runs of other seeds; nil for fewer than 5 of them.
    ///
    /// A run of the same seed is no independent observation: it ought to be equal to the bit.
    public func interval(forSeed seed: Int64?) -> Interval? {
        var others = sums
        if let seed, let log = logs[seed] { others.remove(log) }
        guard let reference, others.count >= 5 else { return nil }
        let n = Double(others.count)
        let deviation = (others.squares / (n - 1)).squareRoot()
        return Estimate(
            value: others.mean,
            standardError: deviation * (1 + 1 / n).squareRoot(),
            degreesOfFreedom: n - 1
        ).interval.exponentiated(times: reference)
    }

    /// Takes in a run.
    ///
    /// It replaces an earlier run of its seed. A value that is not finite or not positive is passed over.
    public mutating func add(_ value: Double, seed: Int64?) {
        guard let log = logRatio(of: value, to: reference ?? value) else { return }
        reference = reference ?? value
        if let seed, let earlier = logs.updateValue(log, forKey: seed) { sums.remove(earlier) }
        sums.add(log)
    }
}

/// The mean of values that come and go, and the sum of the squared deviations from it.
private struct Sums {
    private(set) var count = 0
    private(set) var mean = 0.0
    private(set) var squares = 0.0

    mutating func add(_ value: Double) {
        count += 1
        let deviation = value - mean
        mean += deviation / Double(count)
        squares += deviation * (value - mean)
    }

    /// Undoes an addition, up to a rounding error of what it had added.
    mutating func remove(_ value: Double) {
        count -= 1
        guard count > 0 else {
            self = Sums()
            return
        }
        let deviation = value - mean
        mean -= deviation / Double(count)
        squares = max(0, squares - deviation * (value - mean))
    }
}
