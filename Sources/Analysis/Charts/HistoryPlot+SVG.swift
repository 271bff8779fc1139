extension HistoryPlot {
    /// The picture as SVG text.
    ///
    /// Up to 1200 runs have a mark each; of more, each stretch shows its first, lowest, highest and last run, and the
    /// picture says so.
    public func svg(_ style: PictureStyle = PictureStyle()) -> String {
        let groups = groups
        let kind = isLinear ? .linear : Scale.Kind(suiting: points.lazy.map(\.value))
        let shown = groups.map { shownIndices(of: $0.indices, among: groups.count, on: kind) }
        var figure = Figure(title: title, subtitle: subtitle, style: style)
        figure.legend(keys(groups))
        figure.draw { markup, top in draw(groups, shown, on: kind, style, from: top, in: &markup) }
        figure.note(notes(shown: shown.joined().count, on: kind))
        return figure.svg(description: description(groups))
    }

    /// The places of the runs of a group that get a mark; those outside their band are chosen by themselves, so that
    /// none hides behind another.
    private func shownIndices(of indices: [Int], among groups: Int, on kind: Scale.Kind) -> [Int] {
        guard points.count > 1200 else { return indices }
        let thin = [true, false].flatMap { isOutside in
            let series = indices.filter { points[$0].isOutside == isOutside }
                .map { Series.Point(x: $0, y: points[$0].value) }
            return thinned(series, columns: max(1, 150 / groups), on: kind).map(\.x)
        }
        return Set(thin).union(indices.filter { points[$0].beginsShift }).sorted()
    }

    private func draw(
        _ groups: [(name: String, indices: [Int])],
        _ shown: [[Int]],
        on kind: Scale.Kind,
        _ style: PictureStyle,
        from top: Double,
        in markup: inout Markup
    ) -> Double {
        let bands = points.flatMap { [$0.bandLow, $0.bandHigh] }.compactMap(\.self)
        let values = points.map(\.value) + bands.filter { Edge($0, on: kind) == nil }
        let height = style.height(320)
        let (left, right) = (
            Panel.room(for: Panel.scale(of: values, kind, height: height)) + 14, style.page - Figure.margin - 14
        )
        let x = { (index: Int) in
            points.count < 2 ? (left + right) / 2 : left + (right - left) * Double(index) / Double(points.count - 1)
        }
        let shifts = placedShifts(groups, x: x, on: style.page)
        let panel = Panel(
            values,
            kind: kind,
            left: left - 14,
            right: right + 14,
            top: top + 16 * Double((shifts.compactMap(\.row).max() ?? -1) + 1),
            height: height
        )
        panel.drawAxis(title: measure, in: &markup)
        for (number, group) in groups.enumerated() {
            // Where nothing is predicted, as after a shift, the band is parted.
            let parts = group.indices.split { points[$0].bandLow == nil || points[$0].bandHigh == nil }
            let columns = max(1, 600 / (groups.count * max(1, parts.count)))
            let path = parts.map { bandPath(bandEnds(of: $0, columns: columns, x: x, panel)) }.joined()
            guard !path.isEmpty else { continue }
            markup.element("g", ["class": Theme.color(number)]) { markup in
                markup.element("path", ["class": "band", "d": path], title: "\(group.name): \(Self.bandText)")
            }
        }
        for shift in shifts { draw(shift, panel, in: &markup) }
        for (number, indices) in shown.enumerated() {
            markup.element("g", ["class": Theme.color(number)]) { markup in
                for index in indices { drawMark(of: index, in: number, x: x(index), panel, in: &markup) }
            }
        }
        let ticks = labelledIndices(atMost: TickRow.labels(in: right - left))
            .map { (x: x($0), label: "\(points[$0].run)") }
        TickRow(ticks: ticks, title: "run", left: left, right: right)
            .draw(under: panel.bottom, page: style.page, in: &markup)
        return panel.bottom + TickRow.height
    }

    private func drawMark(of index: Int, in group: Int, x: Double, _ panel: Panel, in markup: inout Markup) {
        let point = points[index]
        let y = panel.y(point.value)
        let shape = Theme.shape(group, x: x, y: y)
        guard point.isOutside else {
            markup.element("path", ["class": "mark", "d": shape], title: title(of: point))
            return
        }
        markup.element("g", [:], title: title(of: point)) { markup in
            markup.element("path", ["class": "mark", "d": shape])
            markup.element("circle", ["class": "ring", "cx": x.pixels, "cy": y.pixels, "r": "8.5"])
        }
    }

    /// The band of a group; where it has many runs, the widest of each stretch.
    private func bandEnds(
        of indices: ArraySlice<Int>,
        columns: Int,
        x: (Int) -> Double,
        _ panel: Panel
    ) -> [(x: Double, low: Double, high: Double)] {
        let ends = indices.compactMap { index -> (x: Double, low: Double, high: Double)? in
            guard let low = points[index].bandLow, let high = points[index].bandHigh else { return nil }
            return (x(index), panel.end(low), panel.end(high))
        }
        return thinned(ends, columns: columns)
    }

    /// The runs whose numbers are under the axis: round numbers, or every n-th where numbers are missing.
    private func labelledIndices(atMost limit: Int) -> [Int] {
        let (first, last) = (points.first?.run ?? 0, points.last?.run ?? 0)
        guard first <= last, last &- first == points.count - 1 else {
            return points.isEmpty ? [] : Scale.wholeTicks(0...points.count - 1, labels: limit)
        }
        return Scale.wholeTicks(Int(first)...Int(last), labels: limit).map { $0 - Int(first) }
    }
}
