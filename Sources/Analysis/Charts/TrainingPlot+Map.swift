extension TrainingPlot {
    func drawMap(
        _ rows: [Row],
        _ map: [[StepCell]],
        _ colors: Scale,
        in frame: Frame,
        _ markup: inout Markup
    ) {
        let labelled = max(1, Int((13 / frame.rowHeight).rounded(.up)))
        markup.element("g", ["shape-rendering": "crispEdges"]) { markup in
            for (index, cells) in map.enumerated() {
                let top = frame.mapTop + frame.rowHeight * Double(index)
                let name = clipped(rows[index].name, to: 80)
                for (column, cell) in zip(frame.mapColumns, cells) where cell.count > 0 {
                    let path = frame.box(column, top: top, height: frame.rowHeight)
                    let title = "\(column.name), \(name): \(cell.text)"
                    markup.element("path", ["fill": fill(of: cell, colors), "d": path], title: title)
                }
            }
        }
        for index in stride(from: 0, to: rows.count, by: labelled) {
            let name = rows[index].name
            let text = shortened(name, to: frame.left - Figure.margin - 9, size: Theme.font)
            let y = frame.mapTop + frame.rowHeight * (Double(index) + 0.5) + 4
            markup.line(text, x: frame.left - 9, y: y, anchor: "end", title: text == name ? nil : name)
        }
    }

    private func fill(of cell: StepCell, _ colors: Scale) -> String {
        if let edge = cell.edge { return "url(#\(Theme.hatch(edge)))" }
        return ColorScale.color(at: cell.mean.flatMap(colors.fraction) ?? 0)
    }

    func drawColorBar(_ colors: Scale, in frame: Frame, _ markup: inout Markup) {
        let (left, height) = (frame.right + 16, frame.mapBottom - frame.mapTop)
        markup.element("linearGradient", ["id": "varve-colors", "x1": "0", "y1": "1", "x2": "0", "y2": "0"]) { markup in
            for index in ColorScale.colors.indices {
                let share = Double(index) / Double(ColorScale.colors.count - 1)
                markup.element(
                    "stop",
                    ["offset": "\((share * 100).pixels)%", "stop-color": ColorScale.color(at: share)]
                )
            }
        }
        markup.element(
            "rect",
            [
                "fill": "url(#varve-colors)", "x": left.pixels, "y": frame.mapTop.pixels, "width": "12",
                "height": height.pixels,
            ],
            title: measure
        )
        for tick in colors.ticks {
            let y = frame.mapBottom - (colors.fraction(tick.value) ?? 0) * height
            markup.element("path", ["class": "axis", "d": "M\((left + 12).pixels) \(y.pixels)h4"])
            markup.line(tick.label, x: left + 19, y: y + 4)
        }
    }

    func keys(_ map: [[StepCell]]) -> [Figure.Key] {
        guard !map.isEmpty else { return [] }
        var keys = [
            Figure.Key(text: measure) { markup, x, y in
                for part in 0..<10 {
                    let box = "M\((x + 3 * Double(part)).pixels) \((y - 6).pixels)h3v12h-3z"
                    markup.element("path", ["fill": ColorScale.color(at: Double(part) / 9), "d": box])
                }
            }
        ]
        for edge in Edge.allCases where map.joined().contains(where: { $0.edge == edge }) {
            keys.append(
                Figure.Key(text: edge.label(on: kind), width: 20) { markup, x, y in
                    Theme.drawHatch(edge, in: &markup)
                    let box = "M\(x.pixels) \((y - 7).pixels)h20v14h-20z"
                    markup.element("path", ["fill": "url(#\(Theme.hatch(edge)))", "d": box])
                }
            )
        }
        return keys
    }

    func notes(_ columns: [StepColumn], _ rows: [Row], leftOut: Int) -> [String] {
        var notes: [String] = []
        let most = rows.first?.layers.count ?? 1
        if most > 1 { notes.append("Each row shows up to \(most) neighbouring layers of the \(layers.count).") }
        let hasStretches = columns.contains { $0.steps.lowerBound < $0.steps.upperBound }
        if most > 1 || hasStretches {
            notes.append(
                "Each cell shows several \(hasStretches ? "steps" : "layers"): coloured by the "
                    + "\(isLinear ? "" : "geometric ")mean of their values, "
                    + "hatched if one of them has no place on the scale."
            )
        }
        if leftOut > 0 { notes.append("\(leftOut) more \(leftOut == 1 ? "metric is" : "metrics are") not drawn.") }
        if rows.isEmpty, let event = firstNonFinite { notes.append("Marked: \(eventText(event)).") }
        if rows.isEmpty, metrics.allSatisfy(\.points.isEmpty) { notes.append("No value was recorded by step.") }
        return notes
    }

    var description: String {
        let lines = (layers + metrics).prefix(40).map { series in
            "\(series.name): \(span(series.points.lazy.map(\.y)) ?? "no finite value")."
        }
        let rest = layers.count + metrics.count - lines.count
        let event = firstNonFinite.map { " Here \(eventText($0))." } ?? ""
        let parts = [
            layers.isEmpty ? nil : "\(measure) by layer and step as a map of colours",
            metrics.isEmpty ? nil : "metrics",
        ].compactMap(\.self).joined(separator: ", below it ")
        return "\(parts). \(lines.joined(separator: " "))\(rest > 0 ? " And \(rest) more." : "")\(event)"
    }
}
