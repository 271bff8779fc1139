extension HistoryPlot {
    /// The picture as SVG text.
    ///
    /// Up to 1200 runs have a mark each; of more, each stretch shows its first, lowest, highest and last run, and the
    /// picture says so.
    public var svg: String {
        let groups = groups
        let kind = Scale.Kind(suiting: points.lazy.map(\.value))
        let shown = groups.map { shownIndices(of: $0.indices, among: groups.count, on: kind) }
        var figure = Figure(title: title, subtitle: subtitle)
        figure.legend(keys(groups))
        figure.draw { markup, top in draw(groups, shown, on: kind, from: top, in: &markup) }
        figure.note(notes(shown: shown.joined().count, on: kind))
        return figure.svg(description: description(groups))
    }

    /// The places of the runs of a group that get a mark; those outside their band are chosen by themselves, so that
    /// none hides behind another.
    private func shownIndices(of indices: [Int], among groups: Int, on kind: Scale.Kind) -> [Int] {
        guard points.count > 1200 else { return indices }
        return [true, false].flatMap { isOutside in
            let series = indices.filter { points[$0].isOutside == isOutside }
                .map { Series.Point(x: $0, y: points[$0].value) }
            return thinned(series, columns: max(1, 150 / groups), on: kind).map(\.x)
        }.sorted()
    }

    private func draw(
        _ groups: [(name: String, indices: [Int])],
        _ shown: [[Int]],
        on kind: Scale.Kind,
        from top: Double,
        in markup: inout Markup
    ) -> Double {
        let bands = points.flatMap { [$0.bandLow, $0.bandHigh] }.compactMap(\.self)
        let values = points.map(\.value) + bands.filter { Edge($0, on: kind) == nil }
        let panel = Panel(values, kind: kind, right: Figure.width - Figure.margin, top: top, height: 320)
        panel.drawAxis(title: measure, in: &markup)
        let (left, right) = (panel.left + 14, panel.right - 14)
        let x = { (index: Int) in
            points.count < 2 ? (left + right) / 2 : left + (right - left) * Double(index) / Double(points.count - 1)
        }
        for (number, group) in groups.enumerated() {
            let path = bandPath(bandEnds(of: group.indices, columns: max(1, 600 / groups.count), x: x, panel))
            guard !path.isEmpty else { continue }
            markup.element("g", ["class": Theme.color(number)]) { markup in
                markup.element("path", ["class": "band", "d": path], title: "\(group.name): \(Self.bandText)")
            }
        }
        for (number, indices) in shown.enumerated() {
            markup.element("g", ["class": Theme.color(number)]) { markup in
                for index in indices { drawMark(of: index, in: number, x: x(index), panel, in: &markup) }
            }
        }
        for index in labelledIndices {
            markup.element("path", ["class": "axis", "d": "M\(x(index).pixels) \(panel.bottom.pixels)v5"])
            markup.line("\(points[index].run)", x: x(index), y: panel.bottom + 18, anchor: "middle")
        }
        markup.line("run", x: (left + right) / 2, y: panel.bottom + 36, style: "muted", anchor: "middle")
        return panel.bottom + 40
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
        of indices: [Int],
        columns: Int,
        x: (Int) -> Double,
        _ panel: Panel
    ) -> [(x: Double, low: Double, high: Double)] {
        let ends = indices.compactMap { index -> (x: Double, low: Double, high: Double)? in
            guard let low = points[index].bandLow, let high = points[index].bandHigh else { return nil }
            return (x(index), panel.end(low), panel.end(high))
        }
        guard ends.count > 2 * columns else { return ends }
        let length = (ends.count + columns - 1) / columns
        return stride(from: 0, to: ends.count, by: length).flatMap { start in
            let stretch = ends[start..<min(start + length, ends.count)]
            // Pixels run down: the lowest end is the greatest of them.
            let low = stretch.lazy.map(\.low).max() ?? 0
            let high = stretch.lazy.map(\.high).min() ?? 0
            return [stretch.first, stretch.last].compactMap { end in end.map { ($0.x, low, high) } }
        }
    }

    /// The runs whose numbers stand under the axis: round numbers, or every so many where numbers are missing.
    private var labelledIndices: [Int] {
        let (first, last) = (points.first?.run ?? 0, points.last?.run ?? 0)
        guard first <= last, last &- first == points.count - 1 else {
            return points.isEmpty ? [] : Scale.wholeTicks(0...points.count - 1)
        }
        return Scale.wholeTicks(Int(first)...Int(last)).map { $0 - Int(first) }
    }
}

extension HistoryPlot {
    private static let bandText = "95 % prediction band of earlier runs"

    private func keys(_ groups: [(name: String, indices: [Int])]) -> [Figure.Key] {
        var keys = groups.enumerated().map { number, group in
            Figure.Key(text: "\(group.name) (n = \(group.indices.count))", width: 10) { markup, x, y in
                markup.element("g", ["class": Theme.color(number)]) { markup in
                    markup.element("path", ["class": "mark", "d": Theme.shape(number, x: x + 5, y: y)])
                }
            }
        }
        if points.contains(where: { $0.bandLow != nil && $0.bandHigh != nil }) {
            keys.append(.band(Self.bandText))
        }
        if points.contains(where: \.isOutside) {
            keys.append(
                Figure.Key(text: "outside what earlier runs predict", width: 18) { markup, x, y in
                    markup.element("circle", ["class": "ring", "cx": (x + 9).pixels, "cy": y.pixels, "r": "8.5"])
                }
            )
        }
        return keys
    }

    private func title(of point: Point) -> String {
        var lines = ["run \(point.run), \(point.group)" + (point.seed.map { ", seed \($0)" } ?? "")]
        lines.append("variance \(point.value.exact)")
        if let low = point.bandLow, let high = point.bandHigh { lines.append("band \(low.exact) to \(high.exact)") }
        if point.isOutside { lines.append("outside what earlier runs predict") }
        return lines.joined(separator: "\n")
    }

    private func notes(shown: Int, on kind: Scale.Kind) -> [String] {
        var notes: [String] = []
        if shown < points.count {
            notes.append(
                "\(shown) of \(points.count) runs are drawn: of each stretch the first, the lowest, the highest and the last."
            )
        }
        if let counts = Edge.counts(of: points.lazy.map(\.value), on: kind) {
            notes.append("\(counts): they stand at the edge.")
        }
        return notes
    }

    private func description(_ groups: [(name: String, indices: [Int])]) -> String {
        let lines = groups.map { group in
            let reach = span(group.indices.lazy.map { points[$0].value }) ?? "no finite value"
            return "\(group.name), n = \(group.indices.count): \(reach)."
        }
        let outside = points.count(where: \.isOutside)
        return "\(measure) by run. \(lines.joined(separator: " "))"
            + (outside == 0 ? "" : " Outside what earlier runs predict: \(outside).")
    }
}
