/// Where a value is drawn that has no place on its axis: in a strip at the edge, never left out.
enum Edge: CaseIterable, Sendable {
    case notANumber
    case infinite
    /// Zero or less on a logarithmic axis, minus infinity on a linear one.
    case low

    /// The edge for a value; nil where it has a place on the axis.
    init?(_ value: Double, on kind: Scale.Kind) {
        if value.isNaN {
            self = .notANumber
        } else if value == .infinity {
            self = .infinite
        } else if value == -.infinity || (kind == .logarithmic && value <= 0) {
            self = .low
        } else {
            return nil
        }
    }

    /// How many of some values are at which edge, as `2 of 140 values NaN, 1 ≤ 0`; nil where none is.
    static func counts(of values: some Sequence<Double>, on kind: Scale.Kind) -> String? {
        var total = 0
        var counts: [Edge: Int] = [:]
        for value in values {
            total += 1
            if let edge = Edge(value, on: kind) { counts[edge, default: 0] += 1 }
        }
        let parts = allCases.compactMap { edge in counts[edge].map { (count: $0, label: edge.label(on: kind)) } }
        guard let first = parts.first else { return nil }
        return
            (["\(first.count) of \(total) values \(first.label)"] + parts.dropFirst().map { "\($0.count) \($0.label)" })
            .joined(separator: ", ")
    }

    /// What is beside its strip.
    func label(on kind: Scale.Kind) -> String {
        switch self {
        case .notANumber: "NaN"
        case .infinite: "∞"
        case .low: kind == .logarithmic ? "≤ 0" : "−∞"
        }
    }

    /// What shows it on a terminal.
    var character: Character {
        switch self {
        case .notANumber: "?"
        case .infinite: "^"
        case .low: "v"
        }
    }

    /// What it means, in words.
    func name(on kind: Scale.Kind) -> String {
        switch self {
        case .notANumber: "NaN"
        case .infinite: "infinite"
        case .low: kind == .logarithmic ? "zero or less" : "minus infinite"
        }
    }
}
