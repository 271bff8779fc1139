extension ProfilePlot {
    /// The picture as SVG text.
    public func svg(_ style: PictureStyle = PictureStyle()) -> String {
        let places = groups.map(places)
        var figure = Figure(title: title, subtitle: subtitle, style: style)
        figure.legend(keys(places))
        figure.draw { markup, top in
            var bottom = top
            for row in rows(on: style.page - 2 * Figure.margin) {
                bottom = draw(row, places, style, from: bottom + (bottom == top ? 0 : 14), in: &markup)
            }
            return bottom
        }
        figure.note(notes)
        return figure.svg(description: description(places))
    }

    private static let gap = 20.0

    /// The panels of each row, and how wide they are: as many as have room, the rest below.
    private func rows(on width: Double) -> [[(groups: [Int], width: Double)]] {
        let panels = panels.map { groups in
            let layers = Double(self.groups[groups[0]].layers.count)
            return (groups: groups, width: min(width, max(min(250, width), 60 + 28 * layers)))
        }
        func length(_ row: [(groups: [Int], width: Double)]) -> Double {
            row.reduce(Self.gap * Double(row.count - 1)) { $0 + $1.width }
        }
        var rows: [[(groups: [Int], width: Double)]] = []
        for panel in panels {
            if let row = rows.last, length(row + [panel]) <= width {
                rows[rows.count - 1].append(panel)
            } else {
                rows.append([panel])
            }
        }
        return rows.map { row in
            // What is left over goes where the most layers are.
            let spare = width - length(row)
            let layers = row.map { Double(max(1, groups[$0.groups[0]].layers.count)) }
            let sum = layers.reduce(0, +)
            return zip(row, layers).map { ($0.groups, $0.width + spare * $1 / sum) }
        }
    }

    /// Draws panels side by side and says how far down they came.
    private func draw(
        _ row: [(groups: [Int], width: Double)],
        _ places: [[Place]],
        _ style: PictureStyle,
        from top: Double,
        in markup: inout Markup
    ) -> Double {
        // All panels have one scale, so that they can be compared.
        let values = groups.flatMap(values)
        let height = style.height(panels.count > 1 ? 260 : 340)
        let labels = Panel.labels(of: Panel.scale(of: values, kind, height: height))
        var edge = Figure.margin
        var bottom = top
        for (number, cell) in row.enumerated() {
            // The title of the vertical axis, left of its first panel, takes 24 more.
            let left = edge + labels + (number == 0 ? 24 : 12)
            let right = edge + cell.width
            let layers = groups[cell.groups[0]].layers
            let axis = CategoryAxis(layers, after: number == 0 ? 0 : edge, left: left, right: right)
            let names = cell.groups.map { groups[$0].name }.joined(separator: ", ")
            if panels.count > 1 {
                let text = shortened(names, to: right - edge, size: Theme.font)
                markup.line(text, x: edge, y: top + 14, style: "strong", title: text == names ? nil : names)
            }
            let panel = Panel(
                values,
                kind: kind,
                left: axis.left,
                right: right,
                top: top + (panels.count > 1 ? 24 : 0),
                height: height
            )
            panel.drawAxis(title: number == 0 ? measure : nil, in: &markup)
            axis.draw(under: panel.bottom, in: &markup)
            draw(cell.groups, places, on: axis, panel, in: &markup)
            let middle = (axis.left + right) / 2
            markup.line("layer", x: middle, y: panel.bottom + axis.height + 10, style: "muted", anchor: "middle")
            bottom = max(bottom, panel.bottom + axis.height + 14)
            edge = right + Self.gap
        }
        return bottom
    }

    private func draw(
        _ indices: [Int],
        _ places: [[Place]],
        on axis: CategoryAxis,
        _ panel: Panel,
        in markup: inout Markup
    ) {
        for index in indices {
            let group = groups[index]
            markup.element("g", ["class": Theme.color(index)]) { markup in
                if showsRuns(of: group) {
                    for run in group.runs { draw(run, of: group, on: axis, panel, in: &markup) }
                } else if group.runs.count > 1 {
                    drawBand(places[index], of: group, on: axis, panel, in: &markup)
                }
            }
        }
        // Means lie over the runs of all groups, and show through each other's dashes where they are the same.
        let means = indices.map { index in
            let summaries = summaries(places[index])
            return linePath(
                groups[index].layers.indices.map { (axis.x($0), (summaries[$0]?.mean).flatMap(panel.placed)) }
            )
        }
        markup.element("path", ["class": "casing", "d": means.joined()])
        for (number, index) in indices.enumerated() {
            // In the strips groups are side by side.
            let shift = 11 * (Double(number) - Double(indices.count - 1) / 2)
            markup.element("g", ["class": Theme.color(index)]) { markup in
                markup.element("path", ["class": "line", "stroke-dasharray": Theme.dash(index), "d": means[number]])
                drawMarks(places[index], of: index, shift, on: axis, panel, in: &markup)
            }
        }
    }

    /// By the layer: a network may have thousands.
    private func summaries(_ places: [Place]) -> [Int: Summary] {
        Dictionary(places.map { ($0.layer, $0.summary) }, uniquingKeysWith: { first, _ in first })
    }

    private func draw(_ run: Run, of group: Group, on axis: CategoryAxis, _ panel: Panel, in markup: inout Markup) {
        let values = group.layers.indices.map { value(of: run, at: $0) }
        let path = linePath(values.enumerated().map { (axis.x($0), $1.flatMap(panel.placed)) })
        guard !path.isEmpty else { return }
        let lines = zip(group.layers, values).compactMap { layer, value in value.map { "\(layer): \($0.exact)" } }
        let title = (["\(group.name), \(run.name)"] + lines).joined(separator: "\n")
        markup.element("path", ["class": "thin", "d": path], title: title)
    }

    private func drawBand(
        _ places: [Place],
        of group: Group,
        on axis: CategoryAxis,
        _ panel: Panel,
        in markup: inout Markup
    ) {
        // A layer without a value parts the band.
        var parts: [[(x: Double, low: Double, high: Double)]] = [[]]
        let summaries = summaries(places)
        for layer in group.layers.indices {
            let summary = summaries[layer]
            if let low = summary?.minimum, let high = summary?.maximum, Edge(high, on: kind) == nil {
                let ends = (axis.x(layer), panel.end(low), panel.end(high))
                parts[parts.count - 1].append(ends)
            } else {
                parts.append([])
            }
        }
        let path = parts.map(bandPath).joined()
        markup.element("path", ["class": "band", "d": path], title: "\(group.name): lowest to highest of its runs")
    }

    private func drawMarks(
        _ places: [Place],
        of index: Int,
        _ shift: Double,
        on axis: CategoryAxis,
        _ panel: Panel,
        in markup: inout Markup
    ) {
        for place in places {
            let style = place.isAfterNorm ? "hollow" : "mark"
            let x = axis.x(place.layer)
            for edge in Edge.allCases {
                guard let values = place.edges[edge] else { continue }
                let shape = Theme.shape(index, x: x + shift, y: panel.y(values[0].value))
                markup.element("path", ["class": style, "d": shape], title: title(of: values, place, index))
            }
            if let mean = place.summary.mean, let y = panel.placed(mean) {
                let shape = Theme.shape(index, x: x, y: y)
                markup.element("path", ["class": style, "d": shape], title: title(of: place, index))
            }
        }
    }
}
