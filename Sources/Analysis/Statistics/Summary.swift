import Glibc

/// Where a sample lies and how far it spreads.
///
/// Mean, standard deviation, median, minimum and maximum are those of the finite values: one infinity among them would
/// say no more than that it is there, and its count says so too. Zeros and negative values are values like others here;
/// they are counted because they have no logarithm, and so no part in a ratio or a geometric mean.
public struct Summary: Sendable, Equatable {
    /// The number of finite values, which all other figures describe.
    public let count: Int
    /// The number of values that are NaN or infinite.
    public let nonFinite: Int
    /// The number of finite values that are zero or negative.
    public let nonPositive: Int
    /// Nil without a finite value, as are the median, the minimum and the maximum.
    public let mean: Double?
    /// With divisor n − 1; nil for fewer than two values.
    public let standardDeviation: Double?
    /// The middle value, or the mean of the two in the middle.
    public let median: Double?
    public let minimum: Double?
    public let maximum: Double?
    /// The exponential of the mean logarithm of the positive values; nil without one.
    public let geometricMean: Double?

    /// Describes a sample.
    public init(_ values: [Double]) {
        let sorted = values.filter(\.isFinite).sorted()
        count = sorted.count
        nonFinite = values.count - sorted.count
        nonPositive = sorted.count { $0 <= 0 }
        minimum = sorted.first
        maximum = sorted.last
        let middle = sorted.count / 2
        if sorted.isEmpty {
            median = nil
        } else if sorted.count.isMultiple(of: 2) {
            median = sorted[middle - 1] / 2 + sorted[middle] / 2
        } else {
            median = sorted[middle]
        }
        let moments = Moments(sorted)
        mean = moments?.mean
        standardDeviation = moments?.standardDeviation
        // Relative to the largest value: the logarithms keep their digits where the values are close.
        let largest = sorted.last ?? 0
        geometricMean = Moments(sorted.compactMap { logRatio(of: $0, to: largest) }).map { largest * exp($0.mean) }
    }

    /// The 95 % t interval of the mean of what the finite values are a sample of; nil for fewer than two.
    public var intervalOfMean: Interval? {
        guard let mean, let standardDeviation else { return nil }
        let error = standardDeviation / Double(count).squareRoot()
        return Estimate(value: mean, standardError: error, degreesOfFreedom: Double(count - 1)).interval()
    }
}
