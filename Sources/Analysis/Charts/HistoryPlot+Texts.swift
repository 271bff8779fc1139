extension HistoryPlot {
    static let bandText = "95 % prediction band of earlier runs"

    func keys(_ groups: [(name: String, indices: [Int])]) -> [Figure.Key] {
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
        if points.contains(where: \.beginsShift) {
            keys.append(
                Figure.Key(text: "a lasting shift begins", width: 10) { markup, x, y in
                    markup.element("path", ["class": "event", "d": "M\((x + 5).pixels) \((y - 8).pixels)v16"])
                }
            )
        }
        return keys
    }

    func title(of point: Point) -> String {
        var lines = ["run \(point.run), \(point.group)" + (point.seed.map { ", seed \($0)" } ?? "")]
        lines.append("\(quantity(measure)) \(point.value.exact)")
        if let low = point.bandLow, let high = point.bandHigh { lines.append("band \(low.exact) to \(high.exact)") }
        if point.isOutside { lines.append("outside what earlier runs predict") }
        if point.beginsShift { lines.append("a lasting shift begins") }
        return lines.joined(separator: "\n")
    }

    func notes(shown: Int, on kind: Scale.Kind) -> [String] {
        var notes: [String] = []
        if shown < points.count {
            notes.append(
                "\(shown) of \(points.count) runs are drawn: of each stretch the first, the lowest, the highest and the last."
            )
        }
        if let counts = Edge.counts(of: points.lazy.map(\.value), on: kind) {
            notes.append("\(counts): they are at the edge.")
        }
        return notes
    }

    func description(_ groups: [(name: String, indices: [Int])]) -> String {
        let lines = groups.map { group in
            let reach = span(group.indices.lazy.map { points[$0].value }) ?? "no finite value"
            return "\(group.name), n = \(group.indices.count): \(reach)."
        }
        let outside = points.count(where: \.isOutside)
        let shifts = points.filter(\.beginsShift).map { "\($0.run) (\($0.group))" }
        return "\(measure) by run. \(listed(lines, atMost: 40, separator: " "))"
            + (outside == 0 ? "" : " Outside what earlier runs predict: \(outside).")
            + (shifts.isEmpty ? "" : " A lasting shift begins at run \(listed(shifts, atMost: 40, separator: ", ")).")
    }
}
