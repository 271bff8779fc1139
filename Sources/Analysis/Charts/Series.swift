/// Values along an axis, in the order of the axis: the losses of a run by step, the variances of a layer by step.
public struct Series: Sendable, Equatable {
    /// A value at a place, a step for instance.
    public struct Point: Sendable, Equatable {
        public let x: Int
        public let y: Double

        public init(x: Int, y: Double) {
            self.x = x
            self.y = y
        }
    }

    public let name: String
    /// The points, x ascending; y may be anything, also NaN and infinite.
    public let points: [Point]

    public init(name: String, points: [Point]) {
        self.name = name
        self.points = points
    }

    /// The same line of no more points than suffice to draw it over a number of columns.
    public func thinned(columns: Int) -> Series {
        // Of values that have no place on a logarithmic axis the lowest is one.
        Series(name: name, points: Analysis.thinned(points, columns: columns, on: .linear))
    }
}

/// The points of a line that suffice to draw it: of every column the first, the lowest, the highest, the last, and the
/// first of each kind that is on no axis.
///
/// A million points then take no more than a few thousand, and the line looks the same (U. Jugel, Z. Jerzak,
/// G. Hackenbroich and V. Markl, "M4: A Visualization-Oriented Time Series Data Aggregation", VLDB 2014).
///
/// - Parameters:
///   - points: x ascending.
///   - columns: the number of columns between the first and the last x.
///   - kind: the kind of the axis they are drawn on.
/// - Returns: the points, in their order; all of them where they are few.
func thinned(_ points: [Series.Point], columns: Int, on kind: Scale.Kind) -> [Series.Point] {
    guard points.count > 4 * columns, let first = points.first, let last = points.last else { return points }
    let width = max(1, (Double(last.x) - Double(first.x)) / Double(columns))
    let column = { (point: Series.Point) in ((Double(point.x) - Double(first.x)) / width).rounded(.down) }
    var result: [Series.Point] = []
    var start = points.startIndex
    while start < points.endIndex {
        let current = column(points[start])
        var end = start
        var kept: Set<Int> = [start]
        var (lowest, highest): (Int?, Int?)
        var edges: Set<Edge> = []
        while end < points.endIndex, column(points[end]) <= current {
            let y = points[end].y
            if let edge = Edge(y, on: kind) {
                if edges.insert(edge).inserted { kept.insert(end) }
            } else {
                if lowest.map({ y < points[$0].y }) ?? true { lowest = end }
                if highest.map({ y > points[$0].y }) ?? true { highest = end }
            }
            end += 1
        }
        kept.formUnion([lowest, highest, end - 1].compactMap(\.self))
        result += kept.sorted().map { points[$0] }
        start = end
    }
    return result
}
