/// A line chart of characters, for a terminal.
///
///        │                                          ···*
///     20 ┤                                   ···*···
///     10 ┤                           ···*····
///      5 ┤                   ····*···
///        │           ····*···
///      2 ┤    ····*··
///      1 ┤*···
///        └──────────────────────────────────────────────
///         step 0                                  step 6
///
/// The vertical axis is logarithmic where the positive values span more than a decade. A value that has no place on it
/// shows at its end, and a line below says so: `?` is NaN, `^` infinite, `v` zero or less on a logarithmic axis and
/// minus infinity on a linear one.
public struct TerminalChart: Sendable {
    /// The lines, each with a character of its own; dots lead from one of its points to the next.
    public let series: [Series]
    /// What is under the left end of the horizontal axis.
    public let start: String
    /// What is under its right end.
    public let end: String
    /// Whether to do without characters beyond ASCII.
    public let isASCII: Bool

    public init(_ series: [Series], from start: String, to end: String, isASCII: Bool = false) {
        self.series = series
        self.start = start
        self.end = end
        self.isASCII = isASCII
    }

    private static let marks = Array("*+ox#%@&")

    /// The chart, line by line.
    ///
    /// - Parameters:
    ///   - width: the characters in a line, at least 20.
    ///   - height: the lines above the horizontal axis, at least 3; axis, ends and names take up to three more.
    /// - Returns: the lines, without line feeds.
    public func lines(width: Int, height: Int) -> [String] {
        let points = series.lazy.flatMap(\.points)
        let scale = Scale(Scale.Kind(suiting: points.map(\.y)), over: points.map(\.y), padding: 0)
        let bottom = max(3, height) - 1
        let row = { (value: Double) in
            Int(((1 - (scale.fraction(value) ?? (value <= 0 ? 0 : 1))) * Double(bottom)).rounded())
        }
        var labels: [Int: String] = [:]
        for tick in scale.ticks where labels[row(tick.value)] == nil { labels[row(tick.value)] = tick.label }
        let margin = labels.values.map(\.count).max() ?? 0

        let columns = max(1, max(20, width) - margin - 2)
        let (first, last) = (points.map(\.x).min() ?? 0, points.map(\.x).max() ?? 0)
        let column = { (x: Int) in
            let share = (Double(x) - Double(first)) / max(1, Double(last) - Double(first))
            return Int((share * Double(columns - 1)).rounded())
        }
        var grid = [[Character]](repeating: Array(repeating: " ", count: columns), count: bottom + 1)
        for series in series {
            for (one, next) in zip(series.points, series.points.dropFirst()) {
                guard let low = scale.fraction(one.y), let high = scale.fraction(next.y) else { continue }
                let (from, to) = (column(one.x), column(next.x))
                for place in stride(from: from + 1, to: to, by: 1) {
                    let share = low + (high - low) * Double(place - from) / Double(to - from)
                    grid[Int(((1 - share) * Double(bottom)).rounded())][place] = isASCII ? "." : "·"
                }
            }
        }
        // Points lie over the dots, and what has no place on the axis over the points.
        for isEdge in [false, true] {
            for (index, series) in series.enumerated() {
                for point in series.points {
                    let edge = Edge(point.y, on: scale.kind)
                    guard (edge != nil) == isEdge else { continue }
                    let mark = edge?.character ?? Self.marks[index % Self.marks.count]
                    grid[row(point.y)][column(point.x)] = mark
                }
            }
        }
        return framed(grid, labels, margin) + names(on: scale.kind)
    }

    private func framed(_ grid: [[Character]], _ labels: [Int: String], _ margin: Int) -> [String] {
        let (tick, line, corner, floor) = isASCII ? ("+", "|", "+", "-") : ("┤", "│", "└", "─")
        func padded(_ text: String) -> String { String(repeating: " ", count: margin - text.count) + text + " " }
        let columns = grid.first?.count ?? 0
        let rows = grid.enumerated().map { row, characters in
            var text = padded(labels[row] ?? "") + (labels[row] == nil ? line : tick) + String(characters)
            while text.last == " " { text.removeLast() }
            return text
        }
        let gap = String(repeating: " ", count: max(1, columns - start.count - end.count))
        return rows + [
            padded("") + corner + String(repeating: floor, count: columns), padded("") + " " + start + gap + end,
        ]
    }

    /// Which character is which, where that is not plain.
    private func names(on kind: Scale.Kind) -> [String] {
        var names =
            series.count < 2
            ? [] : series.enumerated().map { "\(Self.marks[$0 % Self.marks.count]) \(visible($1.name))" }
        for edge in Edge.allCases
        where series.contains(where: { $0.points.contains { Edge($0.y, on: kind) == edge } }) {
            names.append("\(edge.character) \(edge.name(on: kind))")
        }
        return names.isEmpty ? [] : [names.joined(separator: "   ")]
    }
}
