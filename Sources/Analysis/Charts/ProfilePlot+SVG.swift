extension ProfilePlot {
    /// The picture as SVG text.
    public var svg: String {
        let places = groups.map(places)
        var figure = Figure(title: title, subtitle: subtitle)
        figure.legend(keys(places))
        figure.draw { markup, top in draw(places, from: top, in: &markup) }
        figure.note(notes)
        return figure.svg(description: description(places))
    }

    private func draw(_ places: [[Place]], from top: Double, in markup: inout Markup) -> Double {
        let values = groups.flatMap { $0.runs.flatMap { $0.values.prefix(layers.count).compactMap(\.self) } }
        let right = Figure.width - Figure.margin
        let axis = CategoryAxis(layers, left: Panel.room(for: Scale(.logarithmic, over: values)), right: right)
        let panel = Panel(values, kind: .logarithmic, left: axis.left, right: right, top: top, height: 340)
        panel.drawAxis(title: measure, in: &markup)
        axis.draw(under: panel.bottom, in: &markup)
        for (index, group) in groups.enumerated() {
            markup.element("g", ["class": Theme.color(index)]) { markup in
                if showsRuns(of: group) {
                    for run in group.runs { draw(run, of: group, on: axis, panel, in: &markup) }
                } else if group.runs.count > 1 {
                    drawBand(places[index], of: group, on: axis, panel, in: &markup)
                }
            }
        }
        // Means lie over the runs of all groups, and show through each other's dashes where they are the same.
        let means = places.map { places in
            linePath(
                layers.indices.map { layer in
                    let mean = places.first { $0.layer == layer }?.summary.mean
                    return (axis.x(layer), mean.flatMap(panel.placed))
                }
            )
        }
        markup.element("path", ["class": "casing", "d": means.joined()])
        for index in groups.indices {
            markup.element("g", ["class": Theme.color(index)]) { markup in
                markup.element("path", ["class": "line", "stroke-dasharray": Theme.dash(index), "d": means[index]])
                drawMarks(places[index], of: index, on: axis, panel, in: &markup)
            }
        }
        let bottom = panel.bottom + axis.height
        markup.line("layer", x: (axis.left + right) / 2, y: bottom + 10, style: "muted", anchor: "middle")
        return bottom + 14
    }

    private func draw(_ run: Run, of group: Group, on axis: CategoryAxis, _ panel: Panel, in markup: inout Markup) {
        let path = linePath(layers.indices.map { (axis.x($0), value(of: run, at: $0).flatMap(panel.placed)) })
        guard !path.isEmpty else { return }
        let lines = layers.indices.compactMap { layer in
            value(of: run, at: layer).map { "\(layers[layer]): \($0.exact)" }
        }
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
        for layer in layers.indices {
            let summary = places.first { $0.layer == layer }?.summary
            if let low = summary?.minimum, let high = summary?.maximum, high > 0 {
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
        on axis: CategoryAxis,
        _ panel: Panel,
        in markup: inout Markup
    ) {
        // In the strips groups stand side by side.
        let shift = 11 * (Double(index) - Double(groups.count - 1) / 2)
        for place in places {
            let style = place.isBehindNorm ? "hollow" : "mark"
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

extension ProfilePlot {
    private func keys(_ places: [[Place]]) -> [Figure.Key] {
        var keys = groups.enumerated().map { index, group in
            Figure.Key.line("\(group.name) (n = \(group.runs.count))", of: index)
        }
        if groups.contains(where: showsRuns) {
            keys.append(
                Figure.Key(text: "thick: mean, thin: each run") { markup, x, y in
                    let lines =
                        "M\(x.pixels) \((y - 4).pixels)l30-2M\(x.pixels) \(y.pixels)l30 2M\(x.pixels) \((y + 4).pixels)h30"
                    markup.element("path", ["class": "thin", "d": lines])
                }
            )
        }
        if groups.contains(where: { $0.runs.count > 1 && !showsRuns(of: $0) }) {
            keys.append(.band("line: mean, band: lowest to highest run"))
        }
        if places.joined().contains(where: \.isBehindNorm) {
            keys.append(
                Figure.Key(text: "hollow: measured behind a norm", width: 10) { markup, x, y in
                    markup.element("path", ["class": "hollow", "d": Theme.shape(0, x: x + 5, y: y)])
                }
            )
        }
        return keys
    }

    private func title(of place: Place, _ group: Int) -> String {
        let summary = place.summary
        guard let mean = summary.mean, let low = summary.minimum, let high = summary.maximum else { return "" }
        var lines = ["\(groups[group].name), \(layers[place.layer])"]
        if summary.count == 1 {
            lines.append("variance \(mean.exact)")
        } else {
            lines.append("mean \(mean.exact)")
            if let deviation = summary.standardDeviation { lines.append("standard deviation \(deviation.exact)") }
            lines.append("lowest \(low.exact), highest \(high.exact)")
        }
        lines.append("n = \(summary.count)")
        if place.isBehindNorm { lines.append("measured behind a norm") }
        return lines.joined(separator: "\n")
    }

    private func title(of values: [(run: String, value: Double)], _ place: Place, _ group: Int) -> String {
        let first = values.prefix(20).map { "\($0.run): \($0.value.exact)" }
        let rest = values.count > 20 ? ["and \(values.count - 20) more"] : []
        return (["\(groups[group].name), \(layers[place.layer])"] + first + rest).joined(separator: "\n")
    }

    private var notes: [String] {
        let notes = groups.indices.compactMap { index -> String? in
            let values = groups[index].runs.flatMap { $0.values.prefix(layers.count).compactMap(\.self) }
            return Edge.counts(of: values, on: .logarithmic).map { "\(groups[index].name): \($0)." }
        }
        return notes.isEmpty ? [] : notes + ["They stand at the edge; means are over the finite values."]
    }

    private func description(_ places: [[Place]]) -> String {
        let lines = zip(groups, places).map { group, places in
            let values = places.map { "\(layers[$0.layer]) \(($0.summary.mean ?? .nan).short)" }
            return "\(group.name), n = \(group.runs.count): \(values.joined(separator: ", "))."
        }
        return "\(measure) by layer on a logarithmic axis. \(lines.joined(separator: " "))"
    }
}
