import Glibc

/// One run by step: a map of the variances, layer by step, with colours on a logarithmic scale, and the losses below.
///
/// Where a value first was not finite is marked. In a long run a cell of the map stands for several steps: its colour
/// is the geometric mean of their variances, and it is hatched if one of them has no place on the scale.
public struct TrainingPlot: Sendable {
    public let title: String
    public let subtitle: String
    /// The variances of each layer by step, the layers in order of depth.
    public let layers: [Series]
    /// The losses by step, training and validation for instance.
    public let losses: [Series]
    /// What was measured, the title of the colour scale.
    public let measure: String

    public init(
        title: String,
        subtitle: String,
        layers: [Series],
        losses: [Series],
        measure: String
    ) {
        self.title = title
        self.subtitle = subtitle
        self.layers = layers
        self.losses = losses
        self.measure = measure
    }
}

extension TrainingPlot {
    /// Neighbouring steps that share a column of the picture.
    struct Column {
        let steps: ClosedRange<Int>
        /// From half way to the column before to half way to the next.
        let extent: ClosedRange<Double>

        var name: String {
            steps.lowerBound == steps.upperBound
                ? "step \(steps.lowerBound)" : "steps \(steps.lowerBound) to \(steps.upperBound)"
        }
    }

    /// What a series holds in a column.
    struct Cell {
        private(set) var count = 0
        private var first = 0.0
        private var lowest = Double.infinity
        private var highest = -Double.infinity
        private var edges: [Edge: Int] = [:]
        /// The sum of the logarithms of the values that have one.
        private var logarithms = 0.0

        mutating func add(_ value: Double) {
            if count == 0 { first = value }
            count += 1
            lowest = min(lowest, value.isNaN ? .infinity : value)
            highest = max(highest, value.isNaN ? -.infinity : value)
            if let edge = Edge(value, on: .logarithmic) {
                edges[edge, default: 0] += 1
            } else {
                logarithms += log(value)
            }
        }

        /// The edge of one of the values, the gravest first.
        var edge: Edge? { Edge.allCases.first { edges[$0] != nil } }

        /// The geometric mean of the values that have a place on a logarithmic scale.
        var mean: Double? {
            let placed = count - edges.values.reduce(0, +)
            return placed == 0 ? nil : exp(logarithms / Double(placed))
        }

        /// The value, or the lowest and the highest of them.
        var text: String {
            guard count > 1 else { return first.exact }
            let undefined = edges[.notANumber] ?? 0
            let span = undefined == count ? [] : ["\(lowest.exact) to \(highest.exact)"]
            return (span + ["\(count) values"] + (undefined == 0 ? [] : ["\(undefined) NaN"])).joined(separator: ", ")
        }
    }

    /// All steps of which some series know something, in order, each once.
    func steps(of series: [Series]) -> [Int] {
        var steps: [Int] = []
        for series in series {
            let own = series.points.map(\.x)
            // As a rule they are the same for all, or some of those of the first.
            if own != steps { steps = Set(steps).union(own).sorted() }
        }
        return steps
    }

    /// Columns of the picture: one for each step, or equal stretches where there are more steps than columns allowed.
    func columns(of steps: [Int], atMost limit: Int) -> [Column] {
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
        return zip(stretches, zip(borders, borders.dropFirst())).map { Column(steps: $0, extent: $1.0...$1.1) }
    }

    /// What a series holds in each column.
    func cells(of series: Series, in columns: [Column]) -> [Cell] {
        var next = series.points.startIndex
        return columns.map { column in
            var cell = Cell()
            while next < series.points.endIndex, series.points[next].x <= column.steps.upperBound {
                cell.add(series.points[next].y)
                next += 1
            }
            return cell
        }
    }

    /// Where something first was not finite: the step, and the names of what was not.
    var firstNonFinite: (step: Int, names: [String])? {
        let firsts = (layers + losses).compactMap { series in
            series.points.first { !$0.y.isFinite }.map { (step: $0.x, name: series.name) }
        }
        guard let step = firsts.map(\.step).min() else { return nil }
        return (step, firsts.filter { $0.step == step }.map(\.name))
    }
}
