/// The numbers under a horizontal axis: as many of them as have room, none beyond the page.
struct TickRow {
    /// The most labels for which a width has room, whatever they are.
    static func labels(in width: Double) -> Int { min(8, max(2, Int(width / 45))) }

    let ticks: [(x: Double, label: String)]
    var minorTicks: [Double] = []
    let title: String
    /// The ends of the axis.
    let left: Double
    let right: Double

    /// The room it takes under the axis.
    static let height = 40.0

    func draw(under bottom: Double, page: Double, in markup: inout Markup) {
        let marks = ticks.map { "M\($0.x.pixels) \(bottom.pixels)v5" }
        let minorMarks = minorTicks.map { "M\($0.pixels) \(bottom.pixels)v3" }
        if !ticks.isEmpty { markup.element("path", ["class": "axis", "d": (marks + minorMarks).joined()]) }
        let places = ticks.map { Self.middle(of: $0.label, at: $0.x, on: page) }
        let distance = (1...max(1, ticks.count)).first { hasRoom($0, places) } ?? 1
        for index in stride(from: 0, to: ticks.count, by: distance) {
            markup.line(ticks[index].label, x: places[index], y: bottom + 18, anchor: "middle")
        }
        let text = shortened(title, to: page - 2 * Figure.margin, size: Theme.font)
        let middle = Self.middle(of: text, at: (left + right) / 2, on: page)
        let whole = text == title ? nil : title
        markup.line(text, x: middle, y: bottom + 36, style: "muted", anchor: "middle", title: whole)
    }

    /// The middle of a label that is to be at a place, and wholly on the page.
    private static func middle(of label: String, at x: Double, on page: Double) -> Double {
        let half = textWidth(label, size: Theme.font) / 2
        return max(half + 2, min(page - half - 2, x))
    }

    /// Whether labels at every n-th tick do not touch.
    private func hasRoom(_ distance: Int, _ places: [Double]) -> Bool {
        var end = -Double.infinity
        for index in stride(from: 0, to: ticks.count, by: distance) {
            let half = textWidth(ticks[index].label, size: Theme.font) / 2
            guard places[index] - half >= end + 6 else { return false }
            end = places[index] + half
        }
        return true
    }
}

extension TickRow {
    /// The axis of steps; nil where there are none.
    ///
    /// - Parameters:
    ///   - columns: the columns of the picture.
    ///   - left: the left end of the axis.
    ///   - right: its right end.
    ///   - x: where a step is.
    init?(stepsOf columns: [StepColumn], left: Double, right: Double, x: (Double) -> Double) {
        guard let first = columns.first?.steps.lowerBound, let last = columns.last?.steps.upperBound else { return nil }
        let steps = Scale.wholeTicks(first...last, labels: Self.labels(in: right - left))
        self.init(ticks: steps.map { (x(Double($0)), "\($0)") }, title: "step", left: left, right: right)
    }
}
