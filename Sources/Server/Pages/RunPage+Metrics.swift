import Questions
import Storage

extension RunPage {
    /// The most curves that stand on the page at once.
    private static let mostCurves = 24

    func writeMetrics(_ html: inout HTML) {
        html.add("section", ["aria-labelledby": "h-metrics"]) { html in
            html.add("h2", ["id": "h-metrics"], "Metrics")
            guard !whole.answer.metrics.isEmpty else {
                let word = run.status == .running ? "No metric has come yet." : "This run has recorded no metric."
                return html.add("p", ["class": "empty small", "id": "metrics", "data-live": "metrics"], word)
            }
            html.add("div", ["class": "scroll tall", "id": "metrics", "data-live": "metrics"]) { html in
                html.add("table") { html in
                    html.add("caption", ["class": "unseen"], "Metrics: last, least and greatest value")
                    html.add("thead") { html in
                        html.add("tr") { html in
                            html.add("th", ["scope": "col"], "metric")
                            for word in ["last", "least", "at step", "greatest", "at step"] {
                                html.add("th", ["scope": "col", "class": "n"], word)
                            }
                        }
                    }
                    html.add("tbody") { html in
                        for metric in whole.answer.metrics.prefix(500) { write(metric, &html) }
                    }
                }
            }
            let rest = whole.answer.metrics.count - 500
            if rest > 0 {
                html.add("p", ["class": "muted"]) { html in
                    html.add("\(Words.count(rest, "more metric")): ")
                    html.add(link: "/api/v1/runs/\(run.number)/metrics", "all as JSON")
                }
            }
        }
    }

    private func write(_ metric: Metric, _ html: inout HTML) {
        let extreme = extremes.first { $0.key.isExactly(metric.key) }
        html.add("tr") { html in
            html.add("th", ["scope": "row"]) { $0.add(long: metric.key, limit: 80) }
            html.add("td", ["class": "n"]) { $0.add(number: metric.value) }
            for (value, step) in [(extreme?.least, extreme?.leastStep), (extreme?.greatest, extreme?.greatestStep)] {
                html.add("td", ["class": "n"]) { html in
                    if let value { html.add(number: value) } else { html.add(value: .null) }
                }
                html.add("td", ["class": "n muted"], step.map { Words.count($0) } ?? "")
            }
        }
    }

    func writeCurves(_ html: inout HTML) {
        // A value alone is no curve.
        let keys = whole.answer.metrics.map(\.key)
        guard !keys.isEmpty, (run.lastStep ?? 0) > 0 else { return }
        let wanted = query["find"].map { $0.lowercased() }
        let shown = keys.filter { key in wanted.map { key.lowercased().contains($0) } ?? true }
        html.add("section", ["aria-labelledby": "h-curves"]) { html in
            html.add("h2", ["id": "h-curves"], "Curves")
            html.add(curveControls: query, path: path, keeping: ["step", "measure", "find"])
            if keys.count > 12 || wanted != nil {
                html.add(findForm: query.without("find"), path: path, label: "Find metrics", query["find"])
            }
            html.add("div", ["class": "cards"]) { html in
                for key in shown.prefix(Self.mostCurves) { write(curve: key, &html) }
            }
            if shown.isEmpty { html.add("p", ["class": "empty small"], "No metric has this in its name.") }
            if shown.count > Self.mostCurves {
                html.add(
                    "p",
                    ["class": "muted"],
                    "\(Words.count(shown.count - Self.mostCurves, "more metric")): find them by name."
                )
            }
        }
    }

    private func write(curve key: String, _ html: inout HTML) {
        var plot = PageQuery([("name", key), ("run", run.number.description)])
        for name in ["axis", "smooth", "from", "to"] { plot = plot.setting(name, query[name]) }
        html.add("div", ["class": "card"]) { html in
            html.add("h3") { html in
                html.add(link: PageQuery([("name", key), ("run", run.number.description)]).address("/curves"), key)
            }
            html.add(plot: "curves", plot, "\(key) by step", isZoomed: true)
        }
    }
}
