import Glibc

/// Where the values of an axis lie between its two ends, and which of them are labelled.
///
/// At least three values carry a label, at most eight, fewer where there is little room: 1, 2 and 5 times powers of ten on a linear axis; on a
/// logarithmic one powers of ten, or 1, 2 and 5 times them where few are in sight, or the linear ones within a decade.
struct Scale: Sendable {
    enum Kind: Sendable {
        case linear
        case logarithmic

        /// Logarithmic where the positive ones of some values span more than a decade.
        init(suiting values: some Sequence<Double>) {
            let positive = values.lazy.filter { $0 > 0 && $0 < .infinity }
            let (lowest, highest) = (positive.min() ?? 1, positive.max() ?? 1)
            self = highest / lowest > 10 ? .logarithmic : .linear
        }

        /// Logarithmic where all finite ones of some values are positive and span more than a decade.
        init(spanning values: some Sequence<Double>) {
            self = values.contains { $0 <= 0 && $0.isFinite } ? .linear : Self(suiting: values)
        }
    }

    /// A labelled value.
    struct Tick: Equatable, Sendable {
        let value: Double
        let label: String
    }

    let kind: Kind
    let ticks: [Tick]
    /// Values between the ticks that are marked but not labelled.
    let minorTicks: [Double]
    /// The ends: values on a linear axis, their decimal logarithms on a logarithmic one.
    private let lower: Double
    private let upper: Double

    /// Makes an axis on which all values have a place, but those that ``Edge`` speaks of.
    ///
    /// - Parameters:
    ///   - kind: linear or logarithmic.
    ///   - values: what must be in sight.
    ///   - padding: the room left free at both ends, as a share of the span.
    ///   - limit: the most labels there is room for, at least 2.
    init(_ kind: Kind, over values: some Sequence<Double>, padding: Double = 0.05, labels limit: Int = 8) {
        var (low, high) = (Double.infinity, -Double.infinity)
        for value in values where Edge(value, on: kind) == nil {
            low = min(low, value)
            high = max(high, value)
        }
        if low > high { (low, high) = (1, 1) }
        // Farther out than that the arithmetic of an axis would not be finite; such values lie at its ends.
        func clamped(_ value: Double, to limit: Double) -> Double { max(-limit, min(limit, value)) }
        switch kind {
        case .linear:
            (low, high) = (clamped(low, to: 1e300), clamped(high, to: 1e300))
            if high - low <= max(1e-300, 1e-9 * max(abs(low), abs(high))) {
                let room = abs(low) <= 1e-300 ? 1 : abs(low) / 2
                (low, high) = (low - room, high + room)
            }
        case .logarithmic:
            (low, high) = (clamped(log10(low), to: 300), clamped(log10(high), to: 300))
            if high - low <= 1e-9 { (low, high) = (low - log10(2), high + log10(2)) }
        }
        let room = (high - low) * padding
        self.kind = kind
        lower = low - room
        upper = high + room
        (ticks, minorTicks) =
            kind == .linear ? (Self.linear(lower, upper, limit), []) : Self.logarithmic(lower, upper, limit)
    }

    /// How far a value lies from the lower end (0) to the upper one (1); nil where it has no place on the axis.
    func fraction(_ value: Double) -> Double? {
        guard Edge(value, on: kind) == nil else { return nil }
        let measure = kind == .linear ? value : log10(value)
        return min(1, max(0, (measure - lower) / (upper - lower)))
    }

    /// Round whole numbers of a range, for an axis of runs or steps; the number itself where there is but one.
    static func wholeTicks(_ range: ClosedRange<Int>, labels limit: Int = 8) -> [Int] {
        let (lower, upper) = (Double(range.lowerBound), Double(range.upperBound))
        guard lower < upper else { return [range.lowerBound] }
        return linear(lower, upper, limit).compactMap { Int(exactly: $0.value) }.filter(range.contains)
    }

    /// Multiples of the smallest of 1, 2 and 5 times a power of ten of which no more than a given number are in sight.
    private static func linear(_ lower: Double, _ upper: Double, _ limit: Int) -> [Tick] {
        var exponent = Int(floor(log10((upper - lower) / Double(limit))))
        while true {
            for step in [1, 2, 5] {
                let size = RoundNumber(digits: step, exponent: exponent).value
                let (first, last) = ((lower / size).rounded(.up), (upper / size).rounded(.down))
                guard last - first < Double(limit), abs(first) < 1e15, abs(last) < 1e15 else { continue }
                guard first <= last else { return [] }
                let values = (Int(first)...Int(last)).map { RoundNumber(digits: $0 * step, exponent: exponent) }
                let greatest = values.lazy.filter { $0.digits != 0 }.map(\.magnitude).max() ?? 0
                let isScientific = greatest < -3 || (exponent > 2 && greatest > 5)
                return values.map { Tick(value: $0.value, label: isScientific ? $0.scientific : $0.plain) }
            }
            exponent += 1
        }
    }

    private static func logarithmic(
        _ lower: Double,
        _ upper: Double,
        _ limit: Int
    ) -> (ticks: [Tick], minor: [Double]) {
        let decades = Int(lower.rounded(.down))...Int(upper.rounded(.down))
        func multiples(of digits: [Int]) -> [RoundNumber] {
            decades.flatMap { decade in digits.map { RoundNumber(digits: $0, exponent: decade) } }
                .filter { (lower...upper).contains(log10($0.value)) }
        }
        func ticks(_ values: [RoundNumber]) -> [Tick] {
            values.map { Tick(value: $0.value, label: (-3...3).contains($0.magnitude) ? $0.plain : $0.scientific) }
        }
        let powers = multiples(of: [1])
        let round = multiples(of: [1, 2, 5])
        guard powers.count < 3, powers.count < 2 || round.count <= limit else {
            let distance = [1, 2, 3, 5, 10, 20, 50, 100].first { powers.count <= limit * $0 } ?? 100
            return (
                ticks(powers.filter { $0.exponent.isMultiple(of: distance) }),
                distance == 1 ? multiples(of: Array(2...9)).map(\.value) : powers.map(\.value)
            )
        }
        guard round.count < 3 || round.count > limit else {
            return (ticks(round), multiples(of: [3, 4, 6, 7, 8, 9]).map(\.value))
        }
        return (linear(pow(10, lower), pow(10, upper), limit), [])
    }
}
