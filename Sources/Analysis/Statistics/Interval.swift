import Glibc

/// All numbers from a low to a high one, both ends included.
public struct Interval: Sendable, Equatable {
    public let low: Double
    public let high: Double

    /// Whether a number lies within; NaN lies nowhere.
    public func contains(_ value: Double) -> Bool {
        low <= value && value <= high
    }

    /// The interval of the exponentials, times a factor.
    func exponentiated(times factor: Double = 1) -> Interval {
        Interval(low: factor * exp(low), high: factor * exp(high))
    }
}
