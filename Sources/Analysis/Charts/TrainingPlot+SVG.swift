extension TrainingPlot {
    /// The picture as SVG text.
    ///
    /// The map has about 1300 cells, though never fewer columns than 40, so that of some thirty layers the file stays
    /// under 300 KB however long the run was.
    public var svg: String {
        let limit = max(40, 1300 / max(1, layers.count))
        let columns = columns(of: steps(of: layers + losses), atMost: limit)
        // Steps at which there are losses alone leave no gap in the map.
        let mapColumns = self.columns(of: steps(of: layers), atMost: limit)
        let map = layers.map { cells(of: $0, in: mapColumns) }
        let colors = Scale(.logarithmic, over: layers.lazy.flatMap(\.points).map(\.y), padding: 0)
        var figure = Figure(title: title, subtitle: subtitle)
        figure.legend(keys(map))
        figure.draw { markup, top in
            let frame = Frame(
                columns: columns,
                mapColumns: mapColumns,
                layers: layers,
                losses: losses,
                colors: colors,
                top: top
            )
            drawMap(map, colors, in: frame, &markup)
            drawColorBar(colors, in: frame, &markup)
            if let panel = frame.panel { drawLosses(on: panel, in: frame, &markup) }
            drawSteps(in: frame, &markup)
            drawEvent(in: frame, &markup)
            return frame.bottom + 40
        }
        figure.note(notes(mapColumns))
        return figure.svg(description: description)
    }

    /// Where the parts of the picture are.
    private struct Frame {
        /// Those of the losses.
        let columns: [Column]
        let mapColumns: [Column]
        let left: Double
        let right: Double
        let mapTop: Double
        let rowHeight: Double
        let mapBottom: Double
        /// The losses; nil where there are none.
        let panel: Panel?
        private let start: Double
        private let end: Double

        init(
            columns: [Column],
            mapColumns: [Column],
            layers: [Series],
            losses: [Series],
            colors: Scale,
            top: Double
        ) {
            self.columns = columns
            self.mapColumns = mapColumns
            let extents = (columns + mapColumns).map(\.extent)
            start = extents.map(\.lowerBound).min() ?? 0
            end = extents.map(\.upperBound).max() ?? 1
            // A line above the map says where finiteness was lost.
            mapTop = top + 18
            rowHeight = min(30, max(3, 420 / Double(max(1, layers.count))))
            mapBottom = mapTop + rowHeight * Double(layers.count)
            right = Figure.width - Figure.margin - 36 - Panel.labels(of: colors)
            let values = losses.flatMap { $0.points.map(\.y) }
            let names = layers.reduce(0) { max($0, textWidth($1.name, size: Theme.font)) }
            left = max(Panel.room(for: Scale(.logarithmic, over: values)), min(290, names + 14 + Figure.margin))
            panel =
                values.isEmpty
                ? nil : Panel(values, kind: .logarithmic, left: left, right: right, top: mapBottom + 22, height: 150)
        }

        var bottom: Double { panel?.bottom ?? mapBottom }

        func x(_ step: Double) -> Double { left + (right - left) * (step - start) / (end - start) }

        /// A path around the rectangle of a column.
        func box(_ column: Column, top: Double, height: Double) -> String {
            let (left, right) = (x(column.extent.lowerBound), x(column.extent.upperBound))
            return "M\(left.pixels) \(top.pixels)H\(right.pixels)v\(height.pixels)H\(left.pixels)z"
        }
    }

    private func drawMap(_ map: [[Cell]], _ colors: Scale, in frame: Frame, _ markup: inout Markup) {
        let labelled = max(1, Int((13 / frame.rowHeight).rounded(.up)))
        markup.element("g", ["shape-rendering": "crispEdges"]) { markup in
            for (row, cells) in map.enumerated() {
                let top = frame.mapTop + frame.rowHeight * Double(row)
                for (column, cell) in zip(frame.mapColumns, cells) where cell.count > 0 {
                    let path = frame.box(column, top: top, height: frame.rowHeight)
                    let title = "\(column.name), \(layers[row].name): \(cell.text)"
                    markup.element("path", ["fill": fill(of: cell, colors), "d": path], title: title)
                }
            }
        }
        for row in stride(from: 0, to: layers.count, by: labelled) {
            let name = shortened(layers[row].name, to: frame.left - Figure.margin - 9, size: Theme.font)
            let y = frame.mapTop + frame.rowHeight * (Double(row) + 0.5) + 4
            markup.line(
                name,
                x: frame.left - 9,
                y: y,
                anchor: "end",
                title: name == layers[row].name ? nil : layers[row].name
            )
        }
    }

    private func fill(of cell: Cell, _ colors: Scale) -> String {
        if let edge = cell.edge { return "url(#\(Theme.hatch(edge)))" }
        return ColorScale.color(at: cell.mean.flatMap(colors.fraction) ?? 0)
    }

    private func drawColorBar(_ colors: Scale, in frame: Frame, _ markup: inout Markup) {
        let (left, height) = (frame.right + 16, frame.mapBottom - frame.mapTop)
        guard height > 0 else { return }
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

    private func drawLosses(on panel: Panel, in frame: Frame, _ markup: inout Markup) {
        panel.drawAxis(title: "loss", in: &markup)
        for (index, series) in losses.enumerated() {
            let points = thinned(series.points, columns: 300, on: .logarithmic)
            markup.element("g", ["class": Theme.color(index)]) { markup in
                let path = linePath(points.map { (frame.x(Double($0.x)), panel.placed($0.y)) })
                markup.element("path", ["class": "line", "stroke-dasharray": Theme.dash(index), "d": path])
                for edge in Edge.allCases {
                    let lane = linePath(
                        points.map { point in
                            let isHere = Edge(point.y, on: .logarithmic) == edge
                            return (frame.x(Double(point.x)), isHere ? panel.y(point.y) : nil)
                        }
                    )
                    if !lane.isEmpty { markup.element("path", ["class": "lane", "d": lane]) }
                }
                guard points.count <= Self.mostPoints else { return }
                for point in points {
                    guard let y = panel.placed(point.y) else { continue }
                    let shape = Theme.shape(index, x: frame.x(Double(point.x)), y: y)
                    markup.element("path", ["class": "mark", "d": shape])
                }
            }
        }
        let held = losses.map { (name: $0.name, cells: cells(of: $0, in: frame.columns)) }
        for (index, column) in frame.columns.enumerated() {
            let texts = held.filter { $0.cells[index].count > 0 }.map { "\($0.name): \($0.cells[index].text)" }
            guard !texts.isEmpty else { continue }
            let path = frame.box(column, top: panel.top, height: panel.bottom - panel.top)
            markup.element("path", ["class": "hit", "d": path], title: ([column.name] + texts).joined(separator: "\n"))
        }
    }

    private func drawSteps(in frame: Frame, _ markup: inout Markup) {
        guard let first = frame.columns.first?.steps.lowerBound, let last = frame.columns.last?.steps.upperBound else {
            return
        }
        for step in Scale.wholeTicks(first...last) {
            let x = frame.x(Double(step))
            markup.element("path", ["class": "axis", "d": "M\(x.pixels) \(frame.bottom.pixels)v5"])
            markup.line("\(step)", x: x, y: frame.bottom + 18, anchor: "middle")
        }
        let middle = (frame.left + frame.right) / 2
        markup.line("step", x: middle, y: frame.bottom + 36, style: "muted", anchor: "middle")
    }

    private func drawEvent(in frame: Frame, _ markup: inout Markup) {
        guard let event = firstNonFinite,
            let column = (frame.mapColumns + frame.columns).first(where: { $0.steps.contains(event.step) })
        else {
            return
        }
        let isFirst = column.steps.lowerBound == event.step
        let x = frame.x(isFirst ? column.extent.lowerBound : Double(event.step))
        let start = "M\(x.pixels) \((frame.mapTop - 4).pixels)"
        markup.element("path", ["class": "halo", "d": "\(start)V\(frame.mapBottom.pixels)"])
        markup.element("path", ["class": "event", "d": "\(start)V\(frame.bottom.pixels)"])
        let text = shortened(eventText(event), to: Figure.width - 2 * Figure.margin, size: Theme.font)
        let latest = Figure.width - Figure.margin - textWidth(text, size: Theme.font)
        markup.line(text, x: max(Figure.margin, min(x - 4, latest)), y: frame.mapTop - 8)
    }

    private func eventText(_ event: (step: Int, names: [String])) -> String {
        let rest = event.names.count > 1 ? " and \(event.names.count - 1) more" : ""
        return "not finite from step \(event.step): \(event.names.first ?? "")\(rest)"
    }
}

extension TrainingPlot {
    /// A line of more points shows none of them.
    private static let mostPoints = 60

    private func keys(_ map: [[Cell]]) -> [Figure.Key] {
        var keys = losses.enumerated().map { index, series in
            Figure.Key.line(series.name, of: index, hasPoints: series.points.count <= Self.mostPoints)
        }
        keys.append(
            Figure.Key(text: measure) { markup, x, y in
                for part in 0..<10 {
                    let box = "M\((x + 3 * Double(part)).pixels) \((y - 6).pixels)h3v12h-3z"
                    markup.element("path", ["fill": ColorScale.color(at: Double(part) / 9), "d": box])
                }
            }
        )
        for edge in Edge.allCases where map.joined().contains(where: { $0.edge == edge }) {
            keys.append(
                Figure.Key(text: edge.label(on: .logarithmic), width: 20) { markup, x, y in
                    Theme.drawHatch(edge, in: &markup)
                    let box = "M\(x.pixels) \((y - 7).pixels)h20v14h-20z"
                    markup.element("path", ["fill": "url(#\(Theme.hatch(edge)))", "d": box])
                }
            )
        }
        return keys
    }

    private func notes(_ columns: [Column]) -> [String] {
        guard columns.contains(where: { $0.steps.lowerBound < $0.steps.upperBound }) else { return [] }
        return [
            "A cell stands for several steps: coloured by the geometric mean of their variances, "
                + "hatched if one of them has no place on the scale."
        ]
    }

    private var description: String {
        let lines = (layers + losses).map { series in
            "\(series.name): \(span(series.points.lazy.map(\.y)) ?? "no finite value")."
        }
        let event = firstNonFinite.map { " Here \(eventText($0))." } ?? ""
        return "\(measure) by layer and step as a map of colours, losses below. \(lines.joined(separator: " "))\(event)"
    }
}
