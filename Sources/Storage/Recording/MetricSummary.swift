/// What is kept of the values of one metric of a run besides the values: the latest, the least and the greatest.
///
/// The latest is the greatest of (step, timestamp, value, is NaN), with the value as it is stored. Infinities are values
/// like others; NaN has no order and is neither least nor greatest. Of equal values the first step counts, so the summary
/// does not depend on the order that they come in.
struct MetricSummary: Equatable {
    private(set) var step: Int64
    private(set) var timestamp: Int64
    /// As the table has it, where a NaN has a column of its own.
    private(set) var value: Double
    private(set) var isNaN: Bool
    private(set) var least: Double?
    private(set) var leastStep: Int64?
    private(set) var greatest: Double?
    private(set) var greatestStep: Int64?

    /// The summary of one value.
    init(step: Int64, timestamp: Int64, value: Double, isNaN: Bool) {
        self.init(
            step: step,
            timestamp: timestamp,
            value: value,
            isNaN: isNaN,
            least: isNaN ? nil : value,
            leastStep: isNaN ? nil : step,
            greatest: isNaN ? nil : value,
            greatestStep: isNaN ? nil : step
        )
    }

    init(
        step: Int64,
        timestamp: Int64,
        value: Double,
        isNaN: Bool,
        least: Double?,
        leastStep: Int64?,
        greatest: Double?,
        greatestStep: Int64?
    ) {
        self.step = step
        self.timestamp = timestamp
        self.value = value
        self.isNaN = isNaN
        self.least = least
        self.leastStep = leastStep
        self.greatest = greatest
        self.greatestStep = greatestStep
    }

    /// Takes further values into account, summarized likewise.
    mutating func add(_ other: MetricSummary) {
        if (step, timestamp, value, isNaN ? 1 : 0) < (other.step, other.timestamp, other.value, other.isNaN ? 1 : 0) {
            (step, timestamp, value, isNaN) = (other.step, other.timestamp, other.value, other.isNaN)
        }
        if let value = other.least, let step = other.leastStep, Self.comes(value, step, before: least, leastStep, <) {
            (least, leastStep) = (value, step)
        }
        if let value = other.greatest, let step = other.greatestStep,
            Self.comes(value, step, before: greatest, greatestStep, >)
        {
            (greatest, greatestStep) = (value, step)
        }
    }

    /// Whether a value takes the place of another one: it is beyond it, or equal and of an earlier step.
    private static func comes(
        _ value: Double,
        _ step: Int64,
        before known: Double?,
        _ knownStep: Int64?,
        _ isBeyond: (Double, Double) -> Bool
    ) -> Bool {
        guard let known, let knownStep else { return true }
        return isBeyond(value, known) || value == known && step < knownStep
    }
}
