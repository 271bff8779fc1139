extension TrainingPlot {
    /// The most panels of metrics.
    private static let mostPanels = 12

    /// The picture as SVG text.
    ///
    /// However long the run was and however deep the network, the file stays at a few hundred KB: the map has about
    /// 1300 cells, though never fewer columns than 30.
    public func svg(_ style: PictureStyle = PictureStyle()) -> String {
        let rows = rows
        let limit = max(30, 1300 / max(1, rows.count))
        let mapColumns = StepColumn.columns(of: StepColumn.steps(of: layers), atMost: limit)
        let map = rows.map { StepCell.cells(of: $0.layers, in: mapColumns, on: kind) }
        let panels = panels
        let drawn = Array(panels.prefix(Self.mostPanels))
        // Steps at which there are metrics alone leave no gap in the map.
        let columns = StepColumn.columns(
            of: StepColumn.steps(of: layers + metrics),
            atMost: max(40, 200 / max(1, drawn.count))
        )
        var figure = Figure(title: title, subtitle: subtitle, style: style)
        figure.legend(keys(map))
        figure.draw { markup, top in
            // A line above the map says where finiteness was lost.
            let mapTop = top + (rows.isEmpty ? 0 : firstNonFinite == nil ? 4 : 18)
            var frame = Frame(columns: columns, mapColumns: mapColumns, map: rows, metrics: drawn, style, top: mapTop)
            frame.colors = Scale(
                kind,
                over: layers.lazy.flatMap(\.points).map(\.y),
                padding: 0,
                labels: min(8, max(2, Int((frame.mapBottom - frame.mapTop) / 24)))
            )
            if let colors = frame.colors, !rows.isEmpty {
                frame.right -= 36 + Panel.labels(of: colors)
                drawMap(rows, map, colors, in: frame, &markup)
                drawColorBar(colors, in: frame, &markup)
            }
            var spans = rows.isEmpty ? [] : [frame.mapTop...frame.mapBottom]
            for metrics in drawn {
                let top = spans.last.map { $0.upperBound + 10 } ?? frame.mapTop
                spans.append(draw(metrics, among: drawn.count, from: top, in: frame, &markup))
            }
            guard let bottom = spans.last?.upperBound else { return top }
            TickRow(stepsOf: frame.columns, left: frame.left, right: frame.right, x: frame.x)?
                .draw(under: bottom, page: frame.style.page, in: &markup)
            drawEvent(over: spans, in: frame, &markup)
            return bottom + TickRow.height
        }
        figure.note(notes(mapColumns, rows, leftOut: panels.dropFirst(Self.mostPanels).joined().count))
        return figure.svg(description: description)
    }

    /// Where the parts of the picture are.
    struct Frame {
        /// All columns, those of the metrics.
        let columns: [StepColumn]
        let mapColumns: [StepColumn]
        let style: PictureStyle
        let left: Double
        var right: Double
        let mapTop: Double
        let rowHeight: Double
        let mapBottom: Double
        var colors: Scale?
        private let start: Double
        private let end: Double

        init(
            columns: [StepColumn],
            mapColumns: [StepColumn],
            map rows: [Row],
            metrics: [[Series]],
            _ style: PictureStyle,
            top: Double
        ) {
            self.columns = columns
            self.mapColumns = mapColumns
            self.style = style
            let extents = (columns + mapColumns).map(\.extent)
            start = extents.map(\.lowerBound).min() ?? 0
            end = extents.map(\.upperBound).max() ?? 1
            mapTop = top
            rowHeight = min(30, style.height(420) / Double(max(1, rows.count)))
            mapBottom = mapTop + rowHeight * Double(rows.count)
            let names = rows.reduce(0) { max($0, textWidth($1.name, size: Theme.font)) }
            let labels = metrics.map { metrics in
                let values = metrics.flatMap { $0.points.map(\.y) }
                return Panel.labels(of: Scale(Scale.Kind(spanning: values), over: values)) + 14
            }
            left = Figure.margin + max(labels.max() ?? 0, min(0.34 * style.page, names + 14))
            right = style.page - Figure.margin
        }

        func x(_ step: Double) -> Double { left + (right - left) * (step - start) / (end - start) }

        /// A path around the rectangle of a column.
        func box(_ column: StepColumn, top: Double, height: Double) -> String {
            let (left, right) = (x(column.extent.lowerBound), x(column.extent.upperBound))
            return "M\(left.pixels) \(top.pixels)H\(right.pixels)v\(height.pixels)H\(left.pixels)z"
        }
    }

    /// Draws the metrics of a panel and says from where to where it reaches.
    private func draw(
        _ metrics: [Series],
        among count: Int,
        from top: Double,
        in frame: Frame,
        _ markup: inout Markup
    ) -> ClosedRange<Double> {
        let keys = metrics.enumerated().map { Figure.Key.line($1.name, of: $0) }
        let top = Figure.draw(keys, from: frame.left, to: frame.style.page - Figure.margin, under: top, in: &markup) - 2
        let values = metrics.flatMap { $0.points.map(\.y) }
        let kind = Scale.Kind(spanning: values)
        let height = frame.style.height(count == 1 ? 150 : count < 4 ? 110 : 80)
        let panel = Panel(values, kind: kind, left: frame.left, right: frame.right, top: top, height: height)
        panel.drawAxis(title: nil, in: &markup)
        let lines = metrics.enumerated().map { index, series in
            let points = thinned(series.points, columns: max(80, 600 / (count * metrics.count)), on: kind)
            return SeriesLine(name: series.name, points: points, group: index, panel: panel) { frame.x(Double($0)) }
        }
        for line in lines { markup.element("g", ["class": Theme.color(line.group)]) { line.draw(in: &$0) } }
        let cells = metrics.map { StepCell.cells(of: CollectionOfOne($0), in: frame.columns, on: kind) }
        for (index, column) in frame.columns.enumerated() {
            let texts = zip(metrics, cells).filter { $1[index].count > 0 }.map { "\($0.name): \($1[index].text)" }
            guard !texts.isEmpty else { continue }
            let path = frame.box(column, top: panel.top, height: panel.bottom - panel.top)
            markup.element("path", ["class": "hit", "d": path], title: ([column.name] + texts).joined(separator: "\n"))
        }
        for line in lines { markup.element("g", ["class": Theme.color(line.group)]) { line.drawMarks(in: &$0) } }
        return panel.top...panel.bottom
    }

    private func drawEvent(over spans: [ClosedRange<Double>], in frame: Frame, _ markup: inout Markup) {
        guard let event = firstNonFinite,
            let column = (frame.mapColumns + frame.columns).first(where: { $0.steps.contains(event.step) })
        else {
            return
        }
        let isFirst = column.steps.lowerBound == event.step
        let x = frame.x(isFirst ? column.extent.lowerBound : Double(event.step))
        let lines = spans.enumerated().map { index, span in
            "M\(x.pixels) \((span.lowerBound - (index == 0 ? 4 : 0)).pixels)V\(span.upperBound.pixels)"
        }
        // The map is of any colour, so that there the line needs an edge.
        if !layers.isEmpty { markup.element("path", ["class": "halo", "d": lines[0]]) }
        markup.element("path", ["class": "event", "d": lines.joined()])
        guard !layers.isEmpty else { return }
        let text = shortened(eventText(event), to: frame.style.page - 2 * Figure.margin, size: Theme.font)
        let latest = frame.style.page - Figure.margin - textWidth(text, size: Theme.font)
        markup.line(text, x: max(Figure.margin, min(x - 4, latest)), y: frame.mapTop - 8)
    }

    func eventText(_ event: (step: Int, names: [String])) -> String {
        "not finite from step \(event.step): " + listed(event.names, atMost: 1, separator: " ")
    }
}
