extension ProfilePlot {
    func keys(_ places: [[Place]]) -> [Figure.Key] {
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
        if places.joined().contains(where: \.isAfterNorm) {
            keys.append(
                Figure.Key(text: "hollow: measured after a norm", width: 10) { markup, x, y in
                    markup.element("path", ["class": "hollow", "d": Theme.shape(0, x: x + 5, y: y)])
                }
            )
        }
        return keys
    }

    func title(of place: Place, _ group: Int) -> String {
        let summary = place.summary
        guard let mean = summary.mean, let low = summary.minimum, let high = summary.maximum else { return "" }
        var lines = ["\(groups[group].name), \(groups[group].layers[place.layer])"]
        if summary.count == 1 {
            lines.append("\(quantity(measure)) \(mean.exact)")
        } else {
            lines.append("mean \(mean.exact)")
            if let deviation = summary.standardDeviation { lines.append("standard deviation \(deviation.exact)") }
            lines.append("lowest \(low.exact), highest \(high.exact)")
        }
        lines.append("n = \(summary.count)")
        if place.isAfterNorm { lines.append("measured after a norm") }
        return lines.joined(separator: "\n")
    }

    func title(of values: [(run: String, value: Double)], _ place: Place, _ group: Int) -> String {
        let runs = listed(values.map { "\($0.run): \($0.value.exact)" }, atMost: 20, separator: "\n")
        return "\(groups[group].name), \(groups[group].layers[place.layer])\n\(runs)"
    }

    var notes: [String] {
        let notes = groups.indices.compactMap { index -> String? in
            Edge.counts(of: values(of: groups[index]), on: kind).map { "\(groups[index].name): \($0)." }
        }
        return notes.isEmpty ? [] : notes + ["They are at the edge; means are over the finite values."]
    }

    func description(_ places: [[Place]]) -> String {
        let lines = zip(groups, places).map { group, places in
            let values = places.map { "\(group.layers[$0.layer]) \(($0.summary.mean ?? .nan).short)" }
            return "\(group.name), n = \(group.runs.count): \(listed(values, atMost: 60, separator: ", "))."
        }
        return "\(measure) by layer on a \(isLinear ? "linear" : "logarithmic") axis. "
            + listed(lines, atMost: 40, separator: " ")
    }
}
