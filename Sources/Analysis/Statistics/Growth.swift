import Glibc

/// How the variance grows from block to block, fitted to each seed by itself; intervals are over the seeds.
///
/// The places of one network are not independent, the seeds are: a fit over all of them at once would claim far more
/// than it knows. Two straight lines are fitted to each seed by least squares, log variance on block and variance on block;
/// the mean of the first slope, exponentiated at the end, is the factor, that of the second the increment.
public struct Growth: Sendable, Equatable {
    /// The law that the variance follows.
    public enum Model: String, Sendable {
        /// Each block multiplies by a constant.
        case exponential
        /// Each block adds a constant.
        case linear
        /// The factor's interval lies within 0.97 … 1.03, and over all blocks the variance moves no more than that would
        /// allow over five.
        case flat
        /// The seeds do not agree which of the two fits better.
        case undecided
    }

    /// The number of seeds that were fitted.
    public let count: Int
    /// The number of seeds left out: a value was missing, not finite or not positive.
    public let leftOut: Int
    /// The factor a block multiplies the variance by.
    public let factor: Double
    /// Its 95 % t interval.
    public let factorInterval: Interval
    /// What a block adds to the variance.
    public let increment: Double
    /// Its 95 % t interval.
    public let incrementInterval: Interval
    public let model: Model
    /// The mean of the fitted variances, over blocks and seeds.
    public let level: Double

    /// Fits the variances of each seed; nil for fewer than 3 blocks or 2 seeds that can be fitted.
    ///
    /// A seed with a value that has no logarithm is left out whole: with another set of blocks it would answer another
    /// question.
    ///
    /// - Parameters:
    ///   - seeds: for each seed the residual sums that were measured before a norm, in the order of the blocks.
    ///   - blocks: the numbers of these blocks, which may have gaps.
    public init?(_ seeds: [[Double]], blocks: [Int]) {
        let fits = seeds.filter { $0.count == blocks.count }.compactMap { Fit($0, blocks: blocks) }
        guard blocks.count >= 3,
            let rate = Self.mean(fits.map(\.rate)),
            let increment = Self.mean(fits.map(\.increment)),
            let preference = Self.mean(fits.map(\.preference))
        else { return nil }
        count = fits.count
        leftOut = seeds.count - fits.count
        factor = exp(rate.value)
        factorInterval = rate.interval.exponentiated()
        self.increment = increment.value
        incrementInterval = increment.interval
        level = fits.reduce(0) { $0 + $1.level } / Double(fits.count)
        // A line through many blocks has a factor near 1 at each of them, however far it climbs.
        let depth = max(1, Double(blocks[blocks.count - 1] - blocks[0]) / 4)
        if pow(factorInterval.low, depth) >= 0.97, pow(factorInterval.high, depth) <= 1.03 {
            model = .flat
        } else if preference.interval.contains(0) {
            model = .undecided
        } else {
            model = preference.value > 0 ? .exponential : .linear
        }
    }

    private static func mean(_ values: [Double]) -> Estimate? {
        Moments(values).flatMap(Estimate.init(meanOf:))
    }
}

/// The two straight lines through the variances of one seed.
private struct Fit {
    /// The slope of the log variance.
    let rate: Double
    /// The slope of the variance.
    let increment: Double
    /// How much better the exponential fits than the line, from −1 to 1: the difference of both residual sums of
    /// squares, on the log scale, over their sum.
    ///
    /// A share, because a straight line through exponential values often falls below 0 at the first block (in 6 of 10
    /// plain networks). Its logarithms are then infinitely far off, which as a share is 1; and no single seed outweighs the
    /// others.
    let preference: Double

    /// The mean of the variances.
    let level: Double

    /// Nil where a value has no logarithm.
    init?(_ variances: [Double], blocks: [Int]) {
        let logs = variances.compactMap { logRatio(of: $0, to: 1) }
        guard logs.count == variances.count else { return nil }
        let exponential = Self.line(logs, blocks)
        let linear = Self.line(variances, blocks)
        level = variances.reduce(0, +) / Double(variances.count)
        rate = exponential.slope
        increment = linear.slope
        let offExponential = zip(logs, exponential.fitted).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        let offLinear = zip(variances, linear.fitted).reduce(0) { sum, pair in
            guard let off = logRatio(of: pair.0, to: pair.1) else { return .infinity }
            return sum + off * off
        }
        let sum = offLinear + offExponential
        preference = sum == 0 ? 0 : sum == .infinity ? 1 : (offLinear - offExponential) / sum
    }

    /// The least-squares line through values at blocks.
    private static func line(_ values: [Double], _ blocks: [Int]) -> (slope: Double, fitted: [Double]) {
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let middle = blocks.reduce(0) { $0 + Double($1) } / count
        let places = blocks.map { Double($0) - middle }
        let slope = zip(places, values).reduce(0) { $0 + $1.0 * $1.1 } / places.reduce(0) { $0 + $1 * $1 }
        return (slope, places.map { mean + slope * $0 })
    }
}
