import Glibc

/// Neighbouring steps that share a column of a picture.
struct StepColumn {
    let steps: ClosedRange<Int>
    /// From half way to the column before to half way to the next.
    let extent: ClosedRange<Double>

    var name: String {
        steps.lowerBound == steps.upperBound
            ? "step \(steps.lowerBound)" : "steps \(steps.lowerBound) to \(steps.upperBound)"
    }

    /// All steps of which some series know something, in order, each once.
    static func steps(of series: [Series]) -> [Int] {
        let first = series.first?.points.map(\.x) ?? []
        // As a rule they are the same for all.
        let others = series.dropFirst().filter { other in
            other.points.count != first.count || !zip(other.points, first).allSatisfy { $0.x == $1 }
        }
        guard !others.isEmpty || zip(first, first.dropFirst()).contains(where: { $0 >= $1 }) else { return first }
        return others.reduce(into: Set(first)) { $0.formUnion($1.points.lazy.map(\.x)) }.sorted()
    }

    /// Columns of a picture: one for each step, or equal stretches where there are more steps than columns allowed.
    static func columns(of steps: [Int], atMost limit: Int) -> [StepColumn] {
        guard let first = steps.first, let last = steps.last else { return [] }
        let span = Double(last) - Double(first)
        var stretches: [ClosedRange<Int>] = []
        var current = -1
        for (index, step) in steps.enumerated() {
            let share = (Double(step) - Double(first)) / max(span, 1)
            let stretch = steps.count <= limit ? index : min(limit - 1, Int(Double(limit) * share))
            if stretch == current, let begun = stretches.last {
                stretches[stretches.count - 1] = begun.lowerBound...step
            } else {
                stretches.append(step...step)
                current = stretch
            }
        }
        func half(_ one: Int, _ other: Int) -> Double { (Double(other) - Double(one)) / 2 }
        // The outer columns reach as far beyond their steps as the steps lie apart.
        let (before, after) = steps.count > 1 ? (half(first, steps[1]), half(steps[steps.count - 2], last)) : (0.5, 0.5)
        let inner = zip(stretches, stretches.dropFirst()).map { left, right in
            Double(left.upperBound) + half(left.upperBound, right.lowerBound)
        }
        let borders = [Double(first) - before] + inner + [Double(last) + after]
        return zip(stretches, zip(borders, borders.dropFirst())).map { StepColumn(steps: $0, extent: $1.0...$1.1) }
    }
}

/// What some series hold in a column.
struct StepCell {
    private let kind: Scale.Kind
    private(set) var count = 0
    private var first = 0.0
    private var lowest = Double.infinity
    private var highest = -Double.infinity
    private var edges: [Edge: Int] = [:]
    /// The sum of the values that have a place on the scale, or of their logarithms.
    private var sum = 0.0

    init(on kind: Scale.Kind) { self.kind = kind }

    /// What a number of series hold together in each column.
    static func cells(of series: some Sequence<Series>, in columns: [StepColumn], on kind: Scale.Kind) -> [StepCell] {
        var cells = columns.map { _ in StepCell(on: kind) }
        for series in series {
            var next = series.points.startIndex
            for (index, column) in columns.enumerated() {
                while next < series.points.endIndex, series.points[next].x <= column.steps.upperBound {
                    cells[index].add(series.points[next].y)
                    next += 1
                }
            }
        }
        return cells
    }

    mutating func add(_ value: Double) {
        if count == 0 { first = value }
        count += 1
        lowest = min(lowest, value.isNaN ? .infinity : value)
        highest = max(highest, value.isNaN ? -.infinity : value)
        if let edge = Edge(value, on: kind) {
            edges[edge, default: 0] += 1
        } else {
            sum += kind == .linear ? value : log(value)
        }
    }

    /// The edge of one of the values, the gravest first.
    var edge: Edge? { Edge.allCases.first { edges[$0] != nil } }

    /// The mean of the values that have a place on the scale, on a logarithmic one the geometric.
    var mean: Double? {
        let placed = count - edges.values.reduce(0, +)
        guard placed > 0 else { return nil }
        return kind == .linear ? sum / Double(placed) : exp(sum / Double(placed))
    }

    /// The value, or the lowest and the highest of them.
    var text: String {
        guard count > 1 else { return first.exact }
        let undefined = edges[.notANumber] ?? 0
        let span = undefined == count ? [] : ["\(lowest.exact) to \(highest.exact)"]
        return (span + ["\(count) values"] + (undefined == 0 ? [] : ["\(undefined) NaN"])).joined(separator: ", ")
    }
}
