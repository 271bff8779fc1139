/// Where a sample lies and how far it spreads.
///
/// Computed in double, in two passes: the mean first, then the deviations from it (T. F. Chan, G. H. Golub and R. J.
/// LeVeque, "Algorithms for computing the sample variance", The American Statistician 37, 1983).
public struct Summary: Sendable, Equatable {
    /// The number of values.
    public let count: Int
    public let mean: Double
    /// With divisor n − 1; nil for a single value.
    public let standardDeviation: Double?
    /// The middle value, or the mean of the two in the middle.
    public let median: Double
    public let minimum: Double
    public let maximum: Double

    /// Describes a sample; nil where there is no value.
    public init?(_ values: [Double]) {
        let sorted = values.sorted()
        guard let first = sorted.first, let last = sorted.last else { return nil }
        count = values.count
        minimum = first
        maximum = last
        let middle = sorted.count / 2
        median =
            sorted.count.isMultiple(of: 2)
            ? sorted[middle - 1] + (sorted[middle] - sorted[middle - 1]) / 2 : sorted[middle]
        let mean = values.reduce(0, +) / Double(values.count)
        self.mean = mean
        guard values.count > 1 else {
            standardDeviation = nil
            return
        }
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        standardDeviation = (squares / Double(values.count - 1)).squareRoot()
    }
}
