extension CurvesPlot {
    /// The picture as SVG text.
    ///
    /// The lines are named at their ends where the names have room there, else in a legend.
    public func svg(_ style: PictureStyle = PictureStyle()) -> String {
        let kind: Scale.Kind =
            switch axis {
            case .linear: .linear
            case .logarithmic: .logarithmic
            case nil: Scale.Kind(spanning: (raw + curves).lazy.flatMap(\.points).map(\.y))
            }
        let isNamed = isNamed && !isMany
        let frame = Frame(curves, values: values(on: kind), kind, style, isNamed: isNamed)
        var figure = Figure(title: title, subtitle: subtitle, style: style)
        figure.legend(keys(isDirect: frame.labels != nil || !isNamed))
        figure.draw { markup, top in draw(frame, from: top + 4, in: &markup) }
        figure.note(notes(on: kind))
        return figure.svg(description: description)
    }

    /// What the vertical axis reaches over: the values, and the ends of the bands where they leave room for the values.
    private func values(on kind: Scale.Kind) -> [Double] {
        let values = (raw + curves).flatMap { $0.points.map(\.y) }
        let lowest = values.lazy.filter(\.isFinite).min() ?? 0
        let ends = curves.lazy.flatMap(\.points).flatMap { [$0.low, $0.high] }.compactMap(\.self)
            .filter { $0.isFinite && (kind == .linear || $0 >= lowest / 10) }
        return values + ends
    }

    /// Where the parts of the picture are.
    private struct Frame {
        let values: [Double]
        let kind: Scale.Kind
        let style: PictureStyle
        let columns: [StepColumn]
        let left: Double
        private(set) var right: Double
        let height: Double
        /// The names at the ends of the lines; nil where they have no room there.
        private(set) var labels: [String]?
        let start: Double
        let end: Double

        init(_ curves: [Curve], values: [Double], _ kind: Scale.Kind, _ style: PictureStyle, isNamed: Bool) {
            self.values = values
            self.kind = kind
            self.style = style
            let steps = StepColumn.steps(of: curves.map(\.series))
            columns = StepColumn.columns(of: steps, atMost: max(20, min(150, 1200 / max(1, curves.count))))
            let (first, last) = (Double(steps.first ?? 0), Double(steps.last ?? 0))
            (start, end) = first < last ? (first, last) : (first - 1, last + 1)
            height = style.height(340)
            left = Panel.room(for: Panel.scale(of: values, kind, height: height))
            let whole = style.page - Figure.margin
            let names = curves.map { shortened($0.label, to: 0.26 * style.page, size: Theme.font) }
            let room = (names.map { textWidth($0, size: Theme.font) }.max() ?? 0) + 26
            right = whole - 12
            guard isNamed, curves.count <= 12, style.page >= 500 else { return }
            labels = names
            right = whole - room
            if places(of: curves, from: 0) == nil {
                labels = nil
                right = whole - 12
            }
        }

        func x(_ step: Double) -> Double { left + 8 + (right - left - 8) * (step - start) / (end - start) }

        func panel(from top: Double) -> Panel {
            Panel(values, kind: kind, left: left, right: right, top: top, height: height)
        }

        /// The heights of the names; nil where they have no room, or a line ends long before the right end.
        func places(of curves: [Curve], from top: Double) -> (ends: [(x: Double, y: Double)], places: [Double])? {
            let panel = panel(from: top)
            let ends = curves.compactMap { curve -> (x: Double, y: Double)? in
                guard let last = curve.points.last(where: { panel.placed($0.y) != nil }) else { return nil }
                return (x(Double(last.x)), panel.y(last.y))
            }
            guard ends.count == curves.count, ends.allSatisfy({ $0.x >= right - 0.05 * (right - left) }),
                let labels = EndLabels(at: ends.map(\.y), within: panel.top...panel.bottom)
            else {
                return nil
            }
            return (ends, labels.places)
        }
    }

    private func draw(_ frame: Frame, from top: Double, in markup: inout Markup) -> Double {
        let panel = frame.panel(from: top)
        panel.drawAxis(title: measure, in: &markup)
        let x = { (step: Int) in frame.x(Double(step)) }
        for (index, curve) in curves.enumerated() {
            let columns = Int(frame.right - frame.left)
            let path = curve.bands.map { points in
                let ends = points.map { point in
                    (x: x(point.x), low: panel.end(point.low ?? .nan), high: panel.end(point.high ?? .nan))
                }
                return bandPath(thinned(ends, columns: columns))
            }.joined()
            guard !path.isEmpty else { continue }
            markup.element("g", ["class": Theme.color(index)]) { markup in
                markup.element("path", ["class": "band", "d": path], title: "\(curve.name): \(Self.bandText)")
            }
        }
        for (index, curve) in raw.enumerated() {
            let points = thinned(curve.series.points, columns: columns(in: frame.right - frame.left), on: frame.kind)
            let path = linePath(points.map { (x($0.x), panel.placed($0.y)) })
            guard !path.isEmpty else { continue }
            markup.element("g", ["class": Theme.color(index)]) { $0.element("path", ["class": "thin", "d": path]) }
        }
        let lines = curves.enumerated().map { index, curve in
            let width = curve.points.last.map { x($0.x) - x(curve.points[0].x) } ?? 0
            let points = thinned(curve.series.points, columns: columns(in: width), on: frame.kind)
            return SeriesLine(name: curve.name, points: points, group: index, panel: panel, x: x, isOneOfMany: isMany)
        }
        // What parts lines that cross would hide those that lie close.
        if lines.count < 5 {
            let paths = lines.lazy.filter { !$0.isDense }.map(\.path)
            markup.element("path", ["class": "casing", "d": paths.joined()])
        }
        for line in lines { markup.element("g", ["class": Theme.color(line.group)]) { line.draw(in: &$0) } }
        // Where the steps lie, for a page that zooms.
        let (start, end) = (frame.x(frame.start), frame.x(frame.end))
        let ends = [frame.start, frame.end].compactMap(Int.init(exactly:))
        let extent = ends.count < 2 ? "" : "\(start.pixels) \(end.pixels) \(ends[0]) \(ends[1])"
        markup.element("g", ["class": "steps", "data-steps": extent]) { if !isMany { drawHits(frame, panel, in: &$0) } }
        for line in lines { markup.element("g", ["class": Theme.color(line.group)]) { line.drawMarks(in: &$0) } }
        drawLabels(frame, from: top, in: &markup)
        TickRow(stepsOf: frame.columns, left: frame.left, right: frame.right, x: frame.x)?
            .draw(under: panel.bottom, page: frame.style.page, in: &markup)
        return panel.bottom + TickRow.height
    }

    private func drawLabels(_ frame: Frame, from top: Double, in markup: inout Markup) {
        guard let labels = frame.labels, let (ends, places) = frame.places(of: curves, from: top) else { return }
        // Where one name was moved from the end of its line, all have marks that say whose they are.
        let areMoved = zip(ends, places).contains { abs($0.y - $1) > 3 || $0.x < frame.right - 1 }
        for (index, curve) in curves.enumerated() {
            let (end, y) = (ends[index], places[index])
            if areMoved {
                markup.element("g", ["class": Theme.color(index)]) { markup in
                    let line = "M\(end.x.pixels) \(end.y.pixels)L\((frame.right + 10).pixels) \(y.pixels)"
                    markup.element("path", ["class": "leader", "d": line])
                    markup.element("path", ["class": "mark", "d": Theme.shape(index, x: frame.right + 14, y: y)])
                }
            }
            let label = curve.label
            let x = frame.right + (areMoved ? 22 : 10)
            markup.line(labels[index], x: x, y: y + 4, title: labels[index] == label ? nil : label)
        }
    }

    /// Draws what shows the values of all lines on hover.
    private func drawHits(_ frame: Frame, _ panel: Panel, in markup: inout Markup) {
        let cells = curves.map { StepCell.cells(of: CollectionOfOne($0.series), in: frame.columns, on: frame.kind) }
        var next = curves.map { _ in 0 }
        for (number, column) in frame.columns.enumerated() {
            var texts = [column.name]
            for (index, curve) in curves.enumerated() {
                let count = cells[index][number].count
                guard count > 0 else { continue }
                let point = curve.points[next[index]]
                next[index] += count
                texts.append("\(curve.name): \(count == 1 ? Self.text(of: point) : cells[index][number].text)")
            }
            guard texts.count > 1 else { continue }
            let left = max(panel.left, frame.x(column.extent.lowerBound))
            let right = min(panel.right, frame.x(column.extent.upperBound))
            let box = "M\(left.pixels) \(panel.top.pixels)H\(right.pixels)V\(panel.bottom.pixels)H\(left.pixels)z"
            markup.element("path", ["class": "hit", "d": box], title: texts.joined(separator: "\n"))
        }
    }
}

extension CurvesPlot {
    /// Whether there are so many lines that each only says on hover whose it is.
    private var isMany: Bool { curves.count > Self.mostNamed }

    private static let mostNamed = 24

    /// How many columns of a line keep their lowest and their highest value: each of its pixels, and of many lines as many
    /// as a page can hold.
    private func columns(in width: Double) -> Int {
        let columns = max(1, Int(width.rounded(.up)))
        guard isMany else { return columns }
        return min(columns, max(10, (raw.isEmpty ? 3000 : 1500) / curves.count))
    }

    private static let bandText = "95 % interval of the mean"

    private static func text(of point: Point) -> String {
        guard point.n > 1 else { return point.y.exact }
        let interval = point.low.flatMap { low in point.high.map { "95 % interval \(low.exact) to \($0.exact)" } }
        return ["mean \(point.y.exact)", interval, "n = \(point.n)"].compactMap(\.self).joined(separator: ", ")
    }

    private func keys(isDirect: Bool) -> [Figure.Key] {
        let lines = isDirect ? [] : curves.enumerated().map { Figure.Key.line($1.label, of: $0) }
        let hasBand = curves.contains { $0.points.contains { $0.low != nil && $0.high != nil } }
        return lines + (hasBand ? [.band("line: mean, band: \(Self.bandText)")] : [])
    }

    private func notes(on kind: Scale.Kind) -> [String] {
        let ends = curves.compactMap { curve in
            curve.points.first { !$0.y.isFinite }
                .map { "\(clipped(curve.name, to: 40)): not finite from step \($0.x)." }
        }
        return (ends.isEmpty ? [] : [listed(ends, atMost: 8, separator: " ")]) + [noteOnBands(kind)].compactMap(\.self)
    }

    /// A logarithmic axis has no place for 0: a band that includes it is cut off at the axis.
    private func noteOnBands(_ kind: Scale.Kind) -> String? {
        guard kind == .logarithmic else { return nil }
        let names = curves.filter { $0.points.contains { $0.y > 0 && $0.low.map { $0 <= 0 } == true } }
            .map { clipped($0.name, to: 40) }
        guard !names.isEmpty else { return nil }
        let words = listed(names, atMost: 8, separator: ", ")
        return "\(words): where the band meets the axis, the interval goes on to 0 and below."
    }

    private var description: String {
        let lines = curves.map { "\($0.label): \(span($0.points.lazy.map(\.y)) ?? "no finite value")." }
        return "\(measure) by step. \(listed(lines, atMost: 40, separator: " "))"
    }
}
