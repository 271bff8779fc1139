import Questions
import Storage

/// One metric or several, or layers, over the steps: of single runs a line each, of groups mean and band.
enum CurvesPage {
    private static let mostCurves = 24
    /// The most runs that are named one by one.
    private static let mostNamed = 12

    static func page(_ query: PageQuery, in store: Store) throws -> Page {
        let runs = query.all("run")
        var groups = query.all("group")
        let isChosen = !runs.isEmpty || !groups.isEmpty
        var page = Page(query["name"].map { "\($0) by step" } ?? "Curves", .curves)
        page.watched = runs.prefix(RunCurves.mostRuns).compactMap { try? store.run($0).number.description }
            .joined(separator: ",")
        writeHead(&page.content, query, store)
        do {
            if runs.isEmpty, groups.isEmpty {
                groups = try Group.all(ignoring: try Plots.ignored(query), in: store).map(\.word)
            }
            try check(runs)
            let names = try names(query, runs, in: store)
            write(names, query, isChosen, &page.content)
        } catch let error
            where error is QuestionError || error is FilterError || error is PageFault || error is StoreError
        {
            page.status = isChosen ? 422 : 200
            guard isChosen else {
                writeEmpty(&page.content, error, store)
                return page
            }
            page.content.add(fault: error, in: store)
        }
        return page
    }

    /// Refuses more runs than a picture shows.
    ///
    /// - Throws: ``PageFault``.
    static func check(_ runs: [String]) throws {
        guard runs.count > RunCurves.mostRuns else { return }
        throw PageFault(
            "\(runs.count) runs are too many for one picture",
            "Choose at most \(RunCurves.mostRuns), or put them together by Group by in the list of runs."
        )
    }

    /// The metrics that are drawn: the one asked for, else those that there are.
    private static func names(_ query: PageQuery, _ runs: [String], in store: Store) throws -> [String] {
        let asked = query.all("name")
        let metrics = asked.isEmpty ? [] : try store.names(of: .metric)
        for name in asked where !metrics.holds(name) {
            do {
                _ = try NamedLayer(name, in: store)
            } catch QuestionError.noLayer(_, let path, let known) {
                throw QuestionError.noQuantity(word: name, path: path, metrics: metrics, layers: known)
            }
        }
        guard asked.isEmpty else { return asked }
        var names: [String] = []
        if runs.isEmpty {
            names = try store.names(of: .metric, limit: 500)
        } else {
            var places: [ExactText: Int] = [:]
            var counts: [Int] = []
            for word in runs.prefix(RunCurves.mostRuns) {
                for metric in try store.lastMetrics(of: store.run(word).number) {
                    let place = places[ExactText(metric.key)] ?? names.count
                    if place == names.count {
                        places[ExactText(metric.key)] = place
                        names.append(metric.key)
                        counts.append(0)
                    }
                    counts[place] += 1
                }
            }
            // What most of them have is what they are put side by side for.
            let order = names.indices.sorted { (counts[$1], $0) < (counts[$0], $1) }
            names = order.map { names[$0] }
        }
        if let text = query["find"]?.lowercased() { names = names.filter { $0.lowercased().contains(text) } }
        return names
    }

    private static func writeHead(_ html: inout HTML, _ query: PageQuery, _ store: Store) {
        html.add("div", ["class": "head"]) { html in
            html.add("h1") { html in
                html.add(
                    long: query.all("name").isEmpty ? "Curves" : query.all("name").joined(separator: ", "),
                    limit: 120
                )
            }
            if !query.all("name").isEmpty { html.add(link: query.without("name").address("/curves"), "All metrics") }
        }
        html.add("form", ["class": "bar groups", "action": "/curves"]) { html in
            html.add(hidden: query.without("group", "run", "name", "ignore"))
            html.add("label") { html in
                html.add("span", ["class": "label"], "Metric or layer")
                html.add(
                    "input",
                    [
                        "name": "name", "value": query["name"] ?? "", "list": "quantities",
                        "placeholder": "all metrics", "autocomplete": "off",
                    ]
                )
                html.add("datalist", ["id": "quantities"]) { html in
                    for name in (try? store.names(of: .metric, limit: 300)) ?? [] {
                        html.add("option", ["value": name])
                    }
                    var seen: Set<ExactText> = []
                    for layer in (try? store.layers()) ?? []
                    where seen.insert(ExactText(layer.place.shortName)).inserted {
                        html.add("option", ["value": layer.place.shortName], layer.place.name)
                    }
                }
            }
            let runs = query.all("run")
            if !runs.isEmpty {
                html.add("label", ["class": "grow"]) { html in
                    html.add("span", ["class": "label"], "Runs")
                    html.add("span", ["class": "row chosen"]) { html in
                        for run in runs { html.add("input", ["type": "hidden", "name": "run", "value": run]) }
                        for run in runs.prefix(mostNamed) { html.add(link: "/runs/\(PageQuery.encoded(run))", run) }
                        if runs.count > mostNamed { html.add("and \(runs.count - mostNamed) more") }
                        if runs.count > 1, let groups = try? ComparePage.groups(ofRuns: runs, in: store),
                            groups.count < runs.count
                        {
                            let address = query.without("run", "smooth").setting("group", groups).address("/curves")
                            html.add("a", ["href": address, "class": "other"], "Mean of each configuration")
                        }
                        html.add(
                            "a",
                            ["href": query.without("run").address("/curves"), "class": "other"],
                            "All groups"
                        )
                    }
                }
            } else {
                let groups = query.all("group")
                for word in groups.isEmpty ? [""] : groups {
                    html.add("label", ["class": "grow"]) { html in
                        html.add("span", ["class": "label"], "Group")
                        html.add(groupInput: word)
                    }
                }
                html.add("button", ["type": "button", "data-action": "add-group", "hidden": ""], "+ Group")
                html.add(groupList: store)
                html.add(ignoreField: query, size: "12")
            }
            html.add("button", ["class": "primary"], "Show")
        }
    }

    private static func write(_ names: [String], _ query: PageQuery, _ isChosen: Bool, _ html: inout HTML) {
        html.add(
            curveControls: query,
            path: "/curves",
            keeping: ["name", "run", "group", "measure", "ignore", "find"],
            hasSmoothing: !query.all("run").isEmpty
        )
        if names.count > 12 || query["find"] != nil {
            html.add(
                findForm: query.without("find", "name"),
                path: "/curves",
                label: "Find metrics",
                query["find"]
            )
        }
        guard !names.isEmpty else { return html.add("p", ["class": "empty"], "No metric was recorded here.") }
        html.add("div", ["class": names.count == 1 ? "cards one" : "cards"]) { html in
            for name in names.prefix(mostCurves) {
                let plot = query.without("find", "limit").setting("name", name)
                html.add("div", ["class": "card"]) { html in
                    html.add("h3") { html in
                        if names.count == 1 {
                            html.add(name)
                        } else {
                            html.add(link: query.setting("name", name).address("/curves"), name)
                        }
                    }
                    html.add(plot: "curves", plot, "\(name) by step", isZoomed: true)
                }
            }
        }
        if names.count > mostCurves {
            html.add(
                "p",
                ["class": "muted"],
                "\(Words.count(names.count - mostCurves, "more metric")): find them by name."
            )
        }
    }

    private static func writeEmpty(_ html: inout HTML, _ error: any Error, _ store: Store) {
        html.add("div", ["class": "empty"]) { html in
            html.add("p", [:], Site.hiding(store.path, in: "\(error)"))
            if let advice = Advice.text(for: error) { html.add("p", [:], Site.hiding(store.path, in: advice)) }
            html.add("p", [:], "Name the groups above, or choose runs in the list.")
            html.add(link: "/", "To the runs")
        }
    }
}
