/// A series as a line in a panel: gaps where it has no value, lanes in the strips, and marks beside the colour.
struct SeriesLine {
    let name: String
    /// The points that are drawn, thinned.
    let points: [Series.Point]
    /// The number of the group whose colour, dash and shape it has.
    let group: Int
    let panel: Panel
    let x: (Int) -> Double
    /// Whether there are too many lines for marks and for one text that tells the values of all.
    var isOneOfMany = false

    /// The marks of a line whose points lie too close for one each.
    private static let fewMarks = 6
    /// A line of more points has no dash, in whose gaps its peaks could be lost.
    private static let mostDashed = 300

    var isDense: Bool { points.count > Self.mostDashed }

    var path: String { linePath(points.map { (x($0.x), panel.placed($0.y)) }) }

    /// Draws the line, and lanes in the strips where its values have no place on the axis.
    func draw(in markup: inout Markup) {
        let path = path
        if !path.isEmpty {
            let isThin = isDense || isOneOfMany
            let dash = isThin ? "" : Theme.dash(group)
            markup.element(
                "path",
                ["class": isThin ? "dense" : "line", "stroke-dasharray": dash, "d": path],
                title: isOneOfMany ? name : nil
            )
        }
        for edge in Edge.allCases {
            let lane = linePath(
                points.map { point in
                    (x(point.x), Edge(point.y, on: panel.scale.kind) == edge ? panel.y(point.y) : nil)
                }
            )
            if !lane.isEmpty { markup.element("path", ["class": "lane", "d": lane]) }
        }
    }

    /// Draws the marks of the points, over the lines of all.
    func drawMarks(in markup: inout Markup) {
        let (marked, style) = hasRoom ? (points, "mark") : (fewPoints, "flag")
        for point in isOneOfMany ? [] : marked {
            guard let y = panel.placed(point.y) else { continue }
            markup.element("path", ["class": style, "d": Theme.shape(group, x: x(point.x), y: y)])
        }
        drawEnd(in: &markup)
    }

    /// Whether each point has room for a mark.
    private var hasRoom: Bool {
        guard points.count <= 60, let first = points.first, let last = points.last else { return false }
        return points.count == 1 || (x(last.x) - x(first.x)) / Double(points.count - 1) >= 9
    }

    /// Some of the points, at equal distances; those of one group lie between those of the next.
    private var fewPoints: [Series.Point] {
        let distance = max(1, points.count / Self.fewMarks)
        return stride(from: distance * (1 + group * 3 % 8) / 9, to: points.count, by: distance).map { points[$0] }
    }

    /// Marks where the line first was not finite.
    private func drawEnd(in markup: inout Markup) {
        guard let index = points.firstIndex(where: { !$0.y.isFinite }) else { return }
        let point = points[index]
        let (x, y) = (x(point.x), panel.y(point.y))
        if index > 0, let from = panel.placed(points[index - 1].y) {
            let start = "M\(self.x(points[index - 1].x).pixels) \(from.pixels)"
            markup.element("path", ["class": "leader", "d": "\(start)L\(x.pixels) \(y.pixels)"])
        }
        markup.element(
            "path",
            ["class": "hollow", "d": Theme.shape(group, x: x, y: y)],
            title: "\(name)\nnot finite from step \(point.x): \(point.y.exact)"
        )
    }
}
