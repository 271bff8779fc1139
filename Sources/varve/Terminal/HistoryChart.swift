import Analysis

/// The small chart below a history on a terminal, a line for each architecture.
struct HistoryChart {
    /// Ten times as many columns as a terminal has.
    private static let columns = 1000

    private var names: [String] = []
    private var points: [String: [Series.Point]] = [:]

    mutating func add(_ value: Double, at place: Int, series name: String?) {
        let name = name ?? "unknown"
        if points[name] == nil { names.append(name) }
        points[name, default: []].append(Series.Point(x: place, y: value))
        // Of any number of values no more are kept than can be told apart.
        if let line = points[name], line.count > 20 * Self.columns {
            points[name] = Series(name: name, points: line).thinned(columns: Self.columns).points
        }
    }

    /// Writes the chart where there is a line to draw.
    func write(to output: Output, from start: String, to end: String) throws {
        let series = names.map { Series(name: $0, points: points[$0] ?? []) }
        guard series.contains(where: { $0.points.count > 1 }) else { return }
        try output.line()
        let chart = TerminalChart(series, from: start, to: end)
        for line in chart.lines(width: min(100, Output.width ?? 80), height: 8) { try output.line(line) }
        try output.finish()
    }
}
