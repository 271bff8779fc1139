import Analysis
import Questions
import Storage

/// A layer or a metric through the runs, oldest first, each held against those before it.
enum HistoryPage {
    private static let mostRows = 200

    /// What is asked for.
    static func history(_ query: PageQuery, in store: Store) throws -> History {
        var history =
            if let metric = query["metric"] {
                try History(metric: metric, query["filter"], in: store)
            } else if let layer = query["layer"] {
                try History(layer, query["filter"], measure: Plots.measure(query), in: store)
            } else {
                try History(query["filter"], nil, measure: Plots.measure(query), in: store)
            }
        history.step = try Plots.step(query)
        history.ignore(try Plots.ignored(query))
        if let limit = query["limit"].flatMap(Int.init), limit > 0 { history.limit = limit }
        return history
    }

    static func page(_ query: PageQuery, in store: Store) throws -> Page {
        var page = Page("History", .history)
        page.watched = "all"
        do {
            let history = try history(query, in: store)
            try writeForm(&page.content, query, history, store)
            if let word = query["group_by"] {
                try writeGroups(&page.content, history, word, store)
            } else {
                try write(&page.content, history, query, store)
            }
        } catch let error where error is QuestionError || error is FilterError || error is PageFault {
            page.content = HTML()
            page.status = 400
            try writeForm(&page.content, query, nil, store)
            page.content.add(fault: error, in: store)
        }
        return page
    }

    private static func writeForm(_ html: inout HTML, _ query: PageQuery, _ history: History?, _ store: Store) throws {
        let layers = try store.layers()
        let metrics = try store.names(of: .metric, limit: 300)
        html.add("div", ["class": "head"]) { html in
            html.add("h1", [:], "History")
            html.add("span", ["class": "push"]) { $0.add(link: query.address("/api/v1/history"), "JSON") }
        }
        html.add("form", ["class": "bar", "action": "/history"]) { html in
            html.add("label") { html in
                html.add("span", ["class": "label"], "Layer")
                html.add("select", ["name": "layer"]) { html in
                    html.add(
                        "option",
                        ["value": ""],
                        layers.isEmpty ? "none recorded" : query["metric"] == nil ? "the last one" : "–"
                    )
                    var seen: Set<ExactText> = []
                    var chosen = query["layer"]
                    if chosen == nil, case .layer(let layer, _)? = history?.quantity { chosen = layer.shortName }
                    for layer in layers where seen.insert(ExactText(layer.place.shortName)).inserted {
                        let isChosen =
                            query["metric"] == nil && [layer.place.shortName, layer.place.name].holds(chosen ?? "")
                        html.add("option", ["value": layer.place.shortName, "selected": isChosen ? "" : nil]) {
                            $0.add(long: layer.place.name, limit: 60)
                        }
                    }
                }
            }
            html.add("label") { html in
                html.add("span", ["class": "label"], "or metric")
                html.add("select", ["name": "metric"]) { html in
                    html.add("option", ["value": ""], metrics.isEmpty ? "none recorded" : "–")
                    for key in metrics {
                        html.add(
                            "option",
                            ["value": key, "selected": query["metric"]?.isExactly(key) == true ? "" : nil]
                        ) {
                            $0.add(long: key, limit: 60)
                        }
                    }
                }
            }
            html.add(
                field: "Filter",
                isWide: true,
                [
                    "name": "filter", "value": query["filter"] ?? "", "class": "code", "spellcheck": "false",
                    "placeholder": "architecture = 'plain'", "autocomplete": "off",
                ]
            )
            html.add(stepField: query)
            html.add("label") { html in
                html.add("span", ["class": "label"], "Group by")
                html.add(
                    "input",
                    [
                        "name": "group_by", "value": query["group_by"] ?? "", "placeholder": "nothing",
                        "list": "groupings", "size": "12", "autocomplete": "off",
                    ]
                )
                html.add("datalist", ["id": "groupings"]) { html in
                    for word in ["architecture", "experiment", "day", "commit"] { html.add("option", ["value": word]) }
                    for key in (try? store.names(of: .param, limit: 100)) ?? [] {
                        html.add("option", ["value": "params." + FilterText.key(key)])
                    }
                }
            }
            html.add(ignoreField: query, size: "10")
            html.add("button", ["class": "primary"], "Show")
        }
    }

    private static func write(_ html: inout HTML, _ history: History, _ query: PageQuery, _ store: Store) throws {
        let entries = try history.entries(in: store)
        guard !entries.isEmpty else {
            html.add("div", ["class": "empty"]) { html in
                html.add(
                    "p",
                    [:],
                    history.quantity == nil
                        ? "No finished run has measured a layer: choose a metric."
                        : "No finished run has \(history.quantity?.name ?? "it") here."
                )
                if query["filter"] != nil {
                    html.add(link: query.without("filter").address("/history"), "Without the filter")
                }
            }
            return
        }
        let marked = entries.filter { $0.mark != nil }
        html.add("div", ["id": "answer", "data-live": "answer"]) { html in
            html.add("h2", [:], history.heading)
            let marks = marked.isEmpty ? "none is marked" : "\(Words.count(Int64(marked.count))) marked"
            html.add(
                "p",
                ["class": "muted"],
                "\(Words.count(entries.count, "finished run")), \(marks). The band is where earlier runs of the same "
                    + "configuration let the next be expected."
            )
            html.add("div", ["class": "card"]) { html in
                html.add(plot: "history", query.without("group_by"), history.heading)
            }
            if !marked.isEmpty {
                html.add("h3", [:], "Marked")
                write(rows: marked.suffix(50).reversed(), history, &html)
            }
            html.add("h3", [:], entries.count > mostRows ? "The last \(mostRows) runs" : "Runs, newest first")
            write(rows: entries.suffix(mostRows).reversed(), history, &html)
        }
    }

    private static func write(rows entries: [History.Entry], _ history: History, _ html: inout HTML) {
        html.add("div", ["class": "scroll"]) { html in
            html.add("table") { html in
                html.add("thead") { html in
                    html.add("tr") { html in
                        for (word, isNumber) in [
                            ("run", true), ("architecture", false), ("seed", true), ("started", false), ("step", true),
                            ("value", true), ("change", true), ("band", true), ("mark", false),
                        ] { html.add("th", ["scope": "col", "class": isNumber ? "n" : nil], word) }
                    }
                }
                html.add("tbody") { html in for entry in entries { write(entry, &html) } }
            }
        }
    }

    private static func write(_ entry: History.Entry, _ html: inout HTML) {
        html.add("tr") { html in
            html.add("th", ["scope": "row", "class": "n"]) {
                $0.add(link: "/runs/\(entry.run.run)", entry.run.run.description)
            }
            html.add("td") { $0.add(value: JSON(entry.run.architecture)) }
            html.add("td", ["class": "n"]) { $0.add(value: JSON(entry.run.seed)) }
            html.add("td", ["class": "when"]) { $0.add(moment: entry.run.started) }
            html.add("td", ["class": "n muted"], Words.count(entry.run.step))
            html.add("td", ["class": "n"]) { $0.add(number: entry.value) }
            html.add("td", ["class": "n"]) { html in if let change = entry.change { html.add(number: change) } }
            html.add("td", ["class": "n muted"]) { html in
                guard let band = entry.band else { return }
                html.add(number: band.low)
                html.add(" … ")
                html.add(number: band.high)
            }
            html.add("td") { html in if let mark = entry.mark { html.add("span", ["class": "warn"], mark) } }
        }
    }

    private static func writeGroups(_ html: inout HTML, _ history: History, _ word: String, _ store: Store) throws {
        guard case .field(let grouping)? = RunGroups.Key(word) else {
            throw PageFault(
                "'\(word)' makes no groups",
                "Give architecture, experiment, day, commit, params.KEY or tags.KEY."
            )
        }
        let groups = try history.groups(by: grouping, in: store)
        guard !groups.groups.isEmpty else { return html.add("p", ["class": "empty"], "No finished run has it here.") }
        let keys = groups.keys(of: history.quantity).filter { !["layer", "name", "metric"].contains($0) }
        html.add("h2", [:], history.heading)
        html.add("div", ["class": "scroll"]) { html in
            html.add("table") { html in
                html.add("thead") { html in
                    html.add("tr") { html in
                        for key in keys {
                            html.add(
                                "th",
                                [
                                    "scope": "col",
                                    "class": ["group"] == [key] || groups.added.holds(key) ? nil : "n",
                                ],
                                key.split(separator: "_").joined(separator: " ")
                            )
                        }
                    }
                }
                html.add("tbody") { html in
                    for group in groups.groups.prefix(500) {
                        let record = groups.record(of: group)
                        html.add("tr") { html in
                            for key in keys {
                                let isText = key == "group" || groups.added.holds(key)
                                html.add("td", ["class": isText ? nil : "n"]) { html in
                                    if case .integer(let run) = record[key], key.hasSuffix("_run") {
                                        html.add(link: "/runs/\(run)", run.description)
                                    } else {
                                        html.add(value: record[key])
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        html.add(sentences: groups.notes, under: "Notes")
    }
}
