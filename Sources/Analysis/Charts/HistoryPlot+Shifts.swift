extension HistoryPlot {
    /// A lasting shift, and where its text is.
    struct Shift {
        let index: Int
        let text: String
        let x: Double
        /// Where the text begins.
        let start: Double
        /// How many rows above the panel it is; nil where there is no room, and the line alone is drawn.
        let row: Int?
    }

    /// The rows of texts above the panel, at most.
    private static let mostRows = 3

    /// The shifts, their texts beside each other, or above where they would touch.
    func placedShifts(
        _ groups: [(name: String, indices: [Int])],
        x: (Int) -> Double,
        on page: Double
    ) -> [Shift] {
        var ends: [Double] = []
        return points.indices.filter { points[$0].beginsShift }.map { index in
            let point = points[index]
            let whole = "shift from run \(point.run)" + (groups.count > 1 ? " (\(point.group))" : "")
            let text = shortened(whole, to: min(300, page - 2 * Figure.margin), size: Theme.font)
            let width = textWidth(text, size: Theme.font)
            let start = max(Figure.margin, min(x(index) - 4, page - Figure.margin - width))
            var row = ends.firstIndex { $0 + 10 <= start }
            if row == nil, ends.count < Self.mostRows {
                row = ends.count
                ends.append(0)
            }
            if let row { ends[row] = start + width }
            return Shift(index: index, text: text, x: x(index), start: start, row: row)
        }
    }

    func draw(_ shift: Shift, _ panel: Panel, in markup: inout Markup) {
        let line = "M\(shift.x.pixels) \((panel.top - 3).pixels)V\(panel.bottom.pixels)"
        let title = title(of: points[shift.index])
        markup.element("path", ["class": "event", "d": line], title: title)
        guard let row = shift.row else { return }
        markup.line(shift.text, x: shift.start, y: panel.top - 7 - 16 * Double(row), title: title)
    }
}
