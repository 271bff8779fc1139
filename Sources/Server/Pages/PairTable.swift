import Analysis
import Questions
import Storage

/// The table of two groups, with their intervals drawn on one axis.
struct PairTable {
    let pair: ComparedPair
    let title: String
    let rows: [ComparedPair.Row]

    private var isRatio: Bool { rows.allSatisfy { $0.scale == .ratio } }

    func write(to html: inout HTML) {
        let (a, b) = (pair.a.name, pair.b.name)
        // Differences of metrics have a unit each, and so an axis each.
        let drawing = isRatio ? IntervalDrawing(rows.compactMap(\.contrast), isRatio: true) : nil
        html.add("div", ["class": "scroll"]) { html in
            html.add("table", ["class": "pair"]) { html in
                html.add("caption", ["class": "unseen"], "\(title)s of \(pair.a.group.shown) and \(pair.b.group.shown)")
                html.add("thead") { html in
                    html.add("tr") { html in
                        html.add("th", ["scope": "col"], title)
                        for (name, word) in [(a, pair.a.group.shown), (b, pair.b.group.shown)] {
                            html.add("th", ["scope": "col", "class": "n"]) { html in
                                html.add("\(name) ")
                                html.add("small") { $0.add(long: word, limit: 40) }
                            }
                        }
                        html.add("th", ["scope": "col", "class": "n"], isRatio ? "\(b)/\(a)" : "\(b) − \(a)")
                        html.add("th", ["scope": "col", "class": "n"], "95 % interval")
                        html.add("th", ["scope": "col", "class": "drawn"]) { html in
                            if let drawing { drawing.writeAxis(to: &html) } else { html.add("interval beside 0") }
                        }
                        html.add(
                            "th",
                            ["scope": "col", "class": "n", "title": "adjusted over all rows by Holm's method"],
                            "p (Holm)"
                        )
                        html.add("th", ["scope": "col", "class": "n"], "effect")
                        html.add("th", ["scope": "col"], "verdict")
                    }
                }
                html.add("tbody") { html in
                    for row in rows { write(row, drawing, &html) }
                }
            }
        }
    }

    private func write(_ row: ComparedPair.Row, _ drawing: IntervalDrawing?, _ html: inout HTML) {
        let contrast = row.contrast
        html.add("tr") { html in
            html.add("th", ["scope": "row", "title": row.place?.name]) { html in
                html.add(long: pair.title(of: row), limit: 60)
                if row.a.isAfterNorm || row.b.isAfterNorm { html.add("small", [:], " after a norm") }
            }
            html.add("td", ["class": "n"]) { $0.add(summary: row.a.summary) }
            html.add("td", ["class": "n"]) { $0.add(summary: row.b.summary) }
            html.add("td", ["class": "n strong"]) { html in
                if let estimate = contrast?.estimate { html.add(number: estimate) }
            }
            html.add("td", ["class": "n"]) { html in
                guard let interval = contrast?.interval else { return }
                html.add(number: interval.low)
                html.add(" … ")
                html.add(number: interval.high)
            }
            html.add("td", ["class": "drawn"]) { html in
                guard let contrast else { return }
                (drawing ?? IntervalDrawing([contrast], isRatio: row.scale == .ratio))?.write(contrast, to: &html)
            }
            html.add(
                "td",
                ["class": "n"],
                contrast?.adjustedP.map { $0 < 0.0001 ? "< 0.0001" : formatted("%.4f", $0) } ?? ""
            )
            html.add("td", ["class": "n"], contrast?.effect.map { formatted("%.3g", $0.value) } ?? "")
            html.add("td", ["class": "verdict"]) { html in
                guard let verdict = contrast?.verdict else {
                    return html.add("span", ["class": "muted"], "one side alone")
                }
                let (mark, word, style) = Self.words(verdict)
                html.add("span", ["class": style]) { html in
                    html.add("span", ["aria-hidden": "true"], mark)
                    html.add(" " + word)
                }
            }
        }
    }

    private static func words(_ verdict: Contrast.Verdict) -> (mark: String, word: String, style: String) {
        switch verdict {
        case .different: ("◆", "different", "different")
        case .notShown: ("◇", "no difference shown", "muted")
        case .identical: ("=", "identical", "muted")
        case .unstable: ("△", "few runs", "warn")
        case .single: ("△", "one run a side", "warn")
        case .noSpread: ("△", "no spread", "warn")
        case .empty: ("–", "no value", "muted")
        }
    }
}
