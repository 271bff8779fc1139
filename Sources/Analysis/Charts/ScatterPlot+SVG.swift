extension ScatterPlot {
    /// The picture as SVG text.
    public func svg(_ style: PictureStyle = PictureStyle()) -> String {
        let dots = dots
        let kind = Scale.Kind(spanning: dots.lazy.map(\.y))
        var figure = Figure(title: title, subtitle: wholeSubtitle, style: style)
        figure.legend(keys(dots))
        var hidden = 0
        var isSpread = false
        figure.draw { markup, top in
            draw(dots, kind, style, from: top + 4, hidden: &hidden, isSpread: &isSpread, in: &markup)
        }
        figure.note((isSpread ? ["Groups are side by side at each value."] : []) + notes(dots, kind, hidden: hidden))
        return figure.svg(description: description(dots))
    }

    /// A run that has both values.
    private struct Dot {
        let point: Point
        /// The place of its group.
        let group: Int
        let x: Value
        let y: Double
    }

    /// The most dots that are drawn one by one.
    private static let mostDots = 2000

    private var groups: [String] {
        // Names are told apart by their bytes, as the store does.
        var seen: Set<[UInt8]> = []
        return points.compactMap { seen.insert(Array($0.group.utf8)).inserted ? $0.group : nil }
    }

    /// The values of the param, where one of them is not a number: numbers first, then texts by their alphabet.
    private var categories: [Value]? {
        let values = Set(points.lazy.filter { $0.y != nil }.compactMap(\.x))
        let texts = values.compactMap { value in if case .text(let text) = value { text } else { nil } }
        guard !texts.isEmpty else { return nil }
        let numbers = values.compactMap { value in if case .number(let number) = value { number } else { nil } }
        let finite = numbers.filter(\.isFinite).sorted() + numbers.filter { !$0.isFinite }
        return finite.map(Value.number) + texts.sorted().map(Value.text)
    }

    /// The runs that have both values and a place on the horizontal axis.
    private var dots: [Dot] {
        let numbers = Dictionary(uniqueKeysWithValues: groups.enumerated().map { (Array($1.utf8), $0) })
        let isCategorical = categories != nil
        return points.compactMap { point in
            guard let x = point.x, let y = point.y else { return nil }
            if case .number(let number) = x, !number.isFinite, !isCategorical { return nil }
            return Dot(point: point, group: numbers[Array(point.group.utf8)] ?? 0, x: x, y: y)
        }
    }

    private func draw(
        _ dots: [Dot],
        _ kind: Scale.Kind,
        _ style: PictureStyle,
        from top: Double,
        hidden: inout Int,
        isSpread: inout Bool,
        in markup: inout Markup
    ) -> Double {
        let values = dots.map(\.y)
        let height = style.height(340)
        let room = Panel.room(for: Panel.scale(of: values, kind, height: height))
        let axis = ScatterAxis(dots.map(\.x), categories, groups.count, left: room, right: style.page - Figure.margin)
        let panel = Panel(values, kind: kind, left: axis.left, right: axis.right, top: top, height: height)
        panel.drawAxis(title: metric, in: &markup)
        let places = dots.map { (dot: $0, x: axis.x($0.x, group: $0.group), y: panel.y($0.y)) }
        let shown = Self.shown(places)
        hidden = shown.reduce(0) { $0 + $1.others }
        for (dot, x, y, others) in shown {
            markup.element(
                "path",
                ["class": "dot \(Theme.color(dot.group))", "d": Theme.shape(dot.group, x: x, y: y)],
                title: title(of: dot) + (others > 0 ? "\nand \(others) more here" : "")
            )
        }
        isSpread = axis.isSpread
        return axis.draw(title: param, under: panel.bottom, page: style.page, in: &markup)
    }

    /// The dots that are drawn; of very many one is drawn for all that would lie on it.
    private static func shown(
        _ dots: [(dot: Dot, x: Double, y: Double)]
    ) -> [(dot: Dot, x: Double, y: Double, others: Int)] {
        guard dots.count > mostDots else { return dots.map { ($0, $1, $2, 0) } }
        var shown: [(dot: Dot, x: Double, y: Double, others: Int)] = []
        var size = 2.5
        repeat {
            size *= 2
            shown = []
            var taken: [[Int]: Int] = [:]
            for (dot, x, y) in dots {
                let cell = [dot.group, Int(x / size), Int(y / size)]
                if let index = taken[cell] {
                    shown[index].others += 1
                } else {
                    taken[cell] = shown.count
                    shown.append((dot, x, y, 0))
                }
            }
        } while shown.count > 2 * mostDots && size < 40
        return shown
    }

    private func title(of dot: Dot) -> String {
        let seed = dot.point.seed.map { ", seed \($0)" } ?? ""
        let (param, metric) = (clipped(param, to: 60), clipped(metric, to: 60))
        return "run \(dot.point.run), \(dot.point.group)\(seed)\n\(param): \(dot.x.text)\n\(metric): \(dot.y.exact)"
    }

    private func keys(_ dots: [Dot]) -> [Figure.Key] {
        let groups = groups
        var counts = groups.map { _ in 0 }
        for dot in dots { counts[dot.group] += 1 }
        return groups.indices.map { group in
            Figure.Key(text: "\(groups[group]) (n = \(counts[group]))", width: 10) { markup, x, y in
                markup.element("g", ["class": Theme.color(group)]) { markup in
                    markup.element("path", ["class": "dot", "d": Theme.shape(group, x: x + 5, y: y)])
                }
            }
        }
    }

    /// The subtitle, and how many runs lack a value.
    private var wholeSubtitle: String {
        let (noParam, noMetric) = (points.count { $0.x == nil }, points.count { $0.x != nil && $0.y == nil })
        let lacking = [(noParam, param), (noMetric, metric)].filter { $0.0 > 0 }.map { count, name in
            "\(count) of \(points.count) runs \(count == 1 ? "lacks" : "lack") \(clipped(name, to: 60))"
        }
        return ([subtitle] + lacking).filter { !$0.isEmpty }.joined(separator: "; ")
    }

    private func notes(_ dots: [Dot], _ kind: Scale.Kind, hidden: Int) -> [String] {
        var notes: [String] = []
        if hidden > 0 { notes.append("\(hidden) of \(dots.count) dots lie on others and are not drawn.") }
        let rest = points.count { $0.x != nil && $0.y != nil } - dots.count
        if rest > 0 {
            let runs = "\(rest) \(rest == 1 ? "run is" : "runs are") not drawn:"
            notes.append("\(runs) \(clipped(param, to: 60)) is not finite.")
        }
        if let counts = Edge.counts(of: dots.lazy.map(\.y), on: kind) {
            notes.append("\(counts): they are at the edge.")
        }
        return notes
    }

    private func description(_ dots: [Dot]) -> String {
        let members = Dictionary(grouping: dots, by: \.group)
        let lines = groups.enumerated().map { number, name in
            let values = members[number] ?? []
            return "\(name), n = \(values.count): \(span(values.lazy.map(\.y)) ?? "no finite value")."
        }
        return "\(metric) by \(param), a dot a run. \(listed(lines, atMost: 40, separator: " "))"
    }
}
