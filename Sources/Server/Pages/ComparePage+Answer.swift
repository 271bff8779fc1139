import Analysis
import Questions
import Storage

extension ComparePage {
    /// In bytes.
    private static let longestAddress = 16_384

    func write(_ comparison: Comparison, _ steps: (first: Int64, last: Int64)?, _ html: inout HTML) {
        html.add("div", ["id": "answer", "data-live": "answer"]) { html in
            for pair in comparison.pairs { write(pair, isOnly: comparison.pairs.count == 1, &html) }
            let notes = comparison.pairs.count == 1 ? comparison.notes : comparison.sharedNotes
            html.add(sentences: notes, under: "Notes")
        }
        let words = comparison.groups.map(\.word)
        var base = PageQuery(words.map { ("group", $0) })
        for name in ["measure", "ignore"] { base = base.setting(name, query[name]) }
        // Groups that no address holds have no pictures of their own.
        guard base.address("/compare").utf8.count <= Self.longestAddress else { return }
        html.add("div", ["class": "cards"]) { html in
            if let measure = comparison.measure {
                let step = query["step"].flatMap(Int64.init)
                html.add("div", ["class": "card"]) { html in
                    html.add("div", ["id": "profile", "data-live": "profile"]) { html in
                        let place = step.map { "step \($0)" } ?? "each run's last step"
                        html.add("h3", [:], "\(measure.heading) by layer at \(place)")
                        html.add(
                            plot: "profile",
                            base.setting("step", query["step"]),
                            "\(measure.noun) by layer, a line for each group"
                        )
                    }
                    if let steps {
                        html.add(stepSlider: query, path: "/compare", steps.first, step ?? steps.last, steps.last)
                    }
                }
            }
            var names: [String] = []
            for row in comparison.pairs.flatMap(\.metrics) where !names.holds(row.name) { names.append(row.name) }
            for name in names {
                html.add("div", ["class": "card"]) { html in
                    html.add("h3") { html in
                        html.add(link: base.setting("name", name).address("/curves"), name)
                        html.add("small", [:], " mean and 95 % band")
                    }
                    html.add(
                        plot: "curves",
                        base.setting("name", name),
                        "\(name) by step, mean and band of each group",
                        isZoomed: true
                    )
                }
            }
        }
    }

    private func write(_ pair: ComparedPair, isOnly: Bool, _ html: inout HTML) {
        html.add("section", ["class": "pair"]) { html in
            html.add("h2", [:], pair.headline)
            html.add("p", ["class": "muted"], pair.method + "; " + pair.equality)
            for (title, rows) in [("layer", pair.layers), ("metric", pair.metrics)] where !rows.isEmpty {
                PairTable(pair: pair, title: title, rows: rows).write(to: &html)
            }
            html.add("p", ["class": "muted"], pair.legend)
            html.add("div", ["class": "sentences"]) { html in
                html.add(sentences: pair.findings, under: "Differences")
                html.add(sentences: pair.growthLines, under: "Growth across depth")
                writeLeftOut(pair, &html)
                if !isOnly { html.add(sentences: pair.notes, under: "Notes on \(pair.a.name) and \(pair.b.name)") }
            }
        }
    }

    private func writeLeftOut(_ pair: ComparedPair, _ html: inout HTML) {
        let found = [pair.a, pair.b].flatMap { side in side.leftOut.map { (side, $0) } }
        guard !found.isEmpty else { return }
        html.add("section") { html in
            html.add("h3", [:], "Left out")
            html.add("ul") { html in
                for (side, entry) in found.prefix(20) {
                    html.add("li") { html in
                        html.add("\(side.name): ")
                        if let run = entry.run { html.add(link: "/runs/\(run)", "run \(run)") }
                        if let seed = entry.seed { html.add(" seed \(seed)") }
                        html.add(", " + (entry.reason == .noRun ? "no run of it" : entry.reason.rawValue))
                    }
                }
                if found.count > 20 { html.add("li", [:], "and \(found.count - 20) more") }
            }
        }
    }
}
