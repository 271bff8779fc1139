import Questions
import Storage

/// The list of runs: what is asked for stands in the address, and everything is a link or a form.
struct RunsPage {
    let query: PageQuery
    let store: Store

    /// Rows that one page has at most.
    static let limits = 1...1000
    /// Columns that are shown at most: with more of them nobody finds anything.
    static let mostColumns = 60
    /// The runs whose params and tags are proposed: to look at all of them takes longer than the list itself.
    private static let latestRuns = 1000

    var filter: String? { query["filter"] }
    var isDeleted: Bool { query["deleted"] != nil }
    var limit: Int { query["limit"].flatMap(Int.init).map { min(max($0, 1), Self.limits.upperBound) } ?? 50 }

    static func page(_ query: PageQuery, in store: Store) throws -> Page {
        // Boxes that were ticked come as one value each, and stand in the address as one list.
        var query = query
        let ticked = query.all("column")
        if !ticked.isEmpty { query = query.without("column").setting("columns", ticked.joined(separator: ",")) }
        return try RunsPage(query: query, store: store).page()
    }

    private func page() throws -> Page {
        var page = Page(isDeleted ? "Deleted runs" : "Runs", .runs)
        page.watched = "all"
        if try isEmpty(), filter == nil {
            writeWelcome(&page.content)
            return page
        }
        let keys = query["group"].map { $0.split(separator: ",").map(String.init) } ?? []
        do {
            let list = try asked()
            let ignored = try ignoredKeys()
            if keys.isEmpty {
                let table = try RunsTable(list, self)
                writeHead(&page.content, table.columns)
                table.write(to: &page.content)
            } else {
                let parsed = keys.compactMap(RunGroups.Key.init)
                guard parsed.count == keys.count else {
                    throw PageFault(
                        "there is no group '\(keys.joined(separator: ","))'",
                        "group by configuration, architecture, experiment, day, commit, params.KEY or tags.KEY"
                    )
                }
                let table = try GroupsTable(parsed, list, ignored, self)
                writeHead(&page.content, table.columns)
                table.write(to: &page.content)
            }
        } catch let fault where Self.isOfInput(fault) {
            page.status = 400
            page.content = HTML()
            writeHead(&page.content, nil)
            page.content.add(fault: fault, in: store)
        }
        return page
    }

    /// Whether what was typed is to blame, so that the page shows it with the fault below.
    private static func isOfInput(_ error: any Error) -> Bool {
        switch error {
        case is FilterError, is PageFault, is QuestionError: true
        case StoreError.runGone: true
        default: false
        }
    }

    private func asked() throws -> RunList {
        var list = RunList()
        if let filter { list.filter = try Filter(parsing: filter) }
        if let sort = query["sort"], query["group"] == nil { list.order = try RunOrder.list(parsing: sort) }
        try RunList.check(list.order.map(\.field), in: store)
        list.limit = limit
        list.lifecycle = isDeleted ? .deleted : .active
        return list
    }

    func ignoredKeys() throws -> IgnoredKeys {
        guard let words = query["ignore"] else { return IgnoredKeys() }
        guard let keys = IgnoredKeys(parsing: words) else {
            throw PageFault("'\(words)' are no keys to ignore", "write them as params.out, tags.host")
        }
        return keys
    }

    private func isEmpty() throws -> Bool {
        var isEmpty = true
        for lifecycle in [Lifecycle.active, .deleted] where isEmpty {
            try store.forEachRun(limit: 1, lifecycle: lifecycle) { _ in isEmpty = false }
        }
        return isEmpty
    }

    // MARK: What stands above the table

    private func writeHead(_ html: inout HTML, _ columns: [RunsColumn]?) {
        html.add("div", ["class": "head"]) { html in
            html.add("h1", [:], isDeleted ? "Deleted runs" : "Runs")
            html.add("nav", ["class": "chips", "aria-label": "Status"]) { html in
                let base = query.without("after", "seen", "filter", "deleted")
                html.add(link: base.address("/"), "All", current: filter == nil && !isDeleted)
                for (word, filter) in [
                    ("Running", "status = 'running'"), ("Finished", "status = 'finished'"),
                    ("Failed or killed", "status IN ('failed', 'killed')"),
                ] {
                    let isCurrent = self.filter == filter && !isDeleted
                    html.add(link: base.setting("filter", filter).address("/"), word, current: isCurrent)
                }
                html.add(link: base.setting("deleted", "1").address("/"), "Deleted", current: isDeleted)
            }
            html.add("span", ["class": "downloads"]) { html in
                html.add("span", [:], "Download ")
                let all = query.without("after", "seen", "limit", "group")
                html.add("a", ["href": all.address("/runs.csv"), "download": "runs.csv"], "CSV")
                html.add(" ")
                html.add(
                    "a",
                    [
                        "href": all.without("columns", "ignore").setting("limit", "10000").address("/api/v1/runs"),
                        "download": "runs.json", "title": "The first 10 000 runs; the header Link leads to the next",
                    ],
                    "JSON"
                )
            }
        }
        html.add("form", ["class": "bar", "action": "/", "role": "search", "aria-label": "Runs"]) { html in
            html.add(hidden: query.without("filter", "after", "seen", "group", "ignore"))
            html.add(
                field: "Filter",
                isWide: true,
                [
                    "name": "filter", "value": filter ?? "", "spellcheck": "false", "autocapitalize": "off",
                    "autocomplete": "off", "class": "code", "id": "filter",
                    "placeholder": "architecture = 'plain' AND metrics.loss < 2.5",
                ]
            )
            writeGrouping(&html)
            html.add("button", ["class": "primary"], "Apply")
            if !query.without("columns").items.isEmpty { html.add(link: "/", "Reset") }
        }
        html.add("div", ["class": "tools"]) { html in
            if let columns { writeColumns(&html, columns) }
            writeHelp(&html)
        }
    }

    private func writeGrouping(_ html: inout HTML) {
        let current = query["group"] ?? ""
        html.add("label") { html in
            html.add("span", ["class": "label"], "Group by")
            html.add(
                "input",
                [
                    "name": "group", "value": current, "list": "groupings", "placeholder": "nothing",
                    "autocomplete": "off", "spellcheck": "false", "size": "16",
                ]
            )
            html.add("datalist", ["id": "groupings"]) { html in
                html.add("option", ["value": "configuration"], "everything but the seed")
                let params = (try? store.names(of: .param, limit: 200, latestRuns: Self.latestRuns)) ?? []
                let tags = (try? store.names(of: .tag, limit: 100, latestRuns: Self.latestRuns)) ?? []
                let words =
                    ["architecture", "experiment", "day", "commit"] + params.map { "params." + FilterText.key($0) }
                    + tags.map { "tags." + FilterText.key($0) }
                for word in words where !["params.seed", "params.architecture"].holds(word) {
                    html.add("option", ["value": word])
                }
            }
        }
        html.add("label", ["title": "Params and tags that make no other configuration, such as params.out"]) { html in
            html.add("span", ["class": "label"], "Ignore")
            html.add(
                "input",
                [
                    "name": "ignore", "value": query["ignore"] ?? "", "placeholder": "params.out",
                    "autocomplete": "off", "spellcheck": "false", "size": "12",
                ]
            )
        }
    }

    /// Boxes for the columns that are shown and for the first of those that could be.
    private func writeColumns(_ html: inout HTML, _ columns: [RunsColumn]) {
        html.add("details", ["class": "menu"]) { html in
            html.add("summary", [:], "Columns")
            html.add("form", ["class": "panel", "action": "/"]) { html in
                html.add(hidden: query.without("columns", "column"))
                let shown = columns.map(\.word)
                html.add("div", ["class": "boxes"]) { html in
                    for word in shown { Self.write(box: word, isTicked: true, &html) }
                    for word in choices(latestRuns: Self.latestRuns).filter({ !shown.holds($0) }).prefix(60) {
                        Self.write(box: word, isTicked: false, &html)
                    }
                }
                html.add("div", ["class": "row"]) { html in
                    html.add("button", ["class": "primary"], "Show")
                    html.add(link: query.without("columns", "column").address("/"), "Usual columns")
                    html.add(link: query.address("/columns"), "All there are")
                }
            }
        }
    }

    static func write(box word: String, isTicked: Bool, _ html: inout HTML) {
        html.add("label") { html in
            html.add(
                "input",
                ["type": "checkbox", "name": "column", "value": word, "checked": isTicked ? "" : nil]
            )
            html.add(" ")
            html.add(long: word, limit: 60)
        }
    }

    /// The words of all columns that there could be.
    func choices(beginningWith text: String? = nil, latestRuns: Int? = nil) -> [String] {
        func names(_ kind: RecordedName, _ prefix: String) -> [String] {
            ((try? store.names(of: kind, limit: 5000, latestRuns: latestRuns)) ?? []).map {
                prefix + FilterText.key($0)
            }
        }
        var layers: [String] = []
        for layer in (try? store.layers()) ?? [] where !layers.holds(layer.place.shortName) {
            layers.append(layer.place.shortName)
        }
        let all =
            RunField.Attribute.allCases.map(\.rawValue) + names(.metric, "metrics.")
            + layers.map { "variance." + FilterText.key($0) } + names(.param, "params.") + names(.tag, "tags.")
        guard let text = text?.lowercased(), !text.isEmpty else { return all }
        return all.filter { $0.lowercased().contains(text) }
    }

    private func writeHelp(_ html: inout HTML) {
        html.add("details", ["class": "menu"]) { html in
            html.add("summary", [:], "How to filter")
            html.add("div", ["class": "panel help"]) { html in
                for (example, words) in [
                    ("architecture = 'plain' AND seed < 10", "text in quotes, numbers bare"),
                    ("metrics.loss < 2.5", "the last value; also max(metrics.KEY) and min(metrics.KEY)"),
                    ("metrics.loss IS NAN", "runs that diverged; also IS FINITE, IS NULL"),
                    ("variance.residual5 > 20", "the last variance of a layer"),
                    ("params.width IN (64, 128)", "params as they were given"),
                    ("tags.note LIKE '%drift%'", "% is any text; ILIKE ignores case"),
                    ("started >= '2026-11-24'", "days and times in UTC"),
                    ("NOT (status = 'failed' OR name LIKE 'test%')", "AND, OR, NOT and parentheses"),
                ] {
                    html.add("p") { html in
                        html.add(
                            "a",
                            ["href": PageQuery([("filter", example)]).address("/"), "class": "code"],
                            example
                        )
                        html.add(" " + words)
                    }
                }
            }
        }
    }

    /// What a store without runs says.
    private func writeWelcome(_ html: inout HTML) {
        let name = Site.name(of: store.path)
        html.add("section", ["class": "welcome"]) { html in
            html.add("h1", [:], "Nothing is recorded yet")
            html.add("p", [:], "Runs appear here while they are recorded. Record the first one in any of these ways:")
            html.add("h2", [:], "The notebook: plain against batch norm")
            html.add(command: "varve run --store \(name)")
            html.add("h2", [:], "A sweep of twenty seeds")
            html.add(command: "varve run --store \(name) --seeds 0-19 --steps 100")
            html.add("h2", [:], "A program of your own, one line of JSON a step")
            html.add(command: "python3 -u train.py | varve log --store \(name) --name 'first try'")
        }
    }
}
