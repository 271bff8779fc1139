import Analysis
import Questions
import Storage

/// The table of groups of runs: a row for each value, mean and spread of the metrics in it.
struct GroupsTable {
    let columns: [RunsColumn]
    private let answer: RunGroups
    private let order: [Int]
    private let page: RunsPage
    private static let mostRows = 500
    /// Values by which groups differ that are shown at most: with more of them nobody finds anything.
    private static let mostLabels = 20

    init(_ keys: [RunGroups.Key], _ list: RunList, _ ignored: IgnoredKeys, _ page: RunsPage) throws {
        let store = page.store
        self.page = page
        func isSummed(_ field: RunField) -> Bool {
            switch field {
            case .metric(_, .last), .layer: true
            default: false
            }
        }
        var fields: [RunField]
        if let words = page.query["columns"] {
            fields = try store.fields(of: RunColumn.list(parsing: words)).map(\.field)
            try RunList.check(fields, in: store)
        } else {
            fields = try list.usualFields(in: store)
            if !fields.contains(where: isSummed) {
                // Runs of several programs have few metrics in common.
                fields = try store.names(of: .metric, limit: 6).map { .metric($0) }
            }
            if let last = try store.layers().last, try store.names(of: .metric, limit: 1).isEmpty {
                fields = [.layer(last.place.shortName)]
            }
        }
        columns = fields.filter(isSummed).prefix(12).map { RunsColumn($0) }
        let answer = try RunGroups(
            by: keys,
            matching: page.filter,
            summarising: columns.map(\.field),
            ignoring: ignored,
            in: store
        )
        self.answer = answer
        let sort = page.query["sort"] ?? ""
        let isDown = sort.hasPrefix("-")
        let word = isDown ? String(sort.dropFirst()) : sort
        var order = Array(answer.groups.indices)
        func arrange(by value: (RunGroups.Group) -> Double?) {
            order.sort { first, second in
                switch (value(answer.groups[first]), value(answer.groups[second])) {
                case (let first?, let second?): isDown ? first > second : first < second
                case (_?, nil): true
                default: false
                }
            }
        }
        if word == "runs" { arrange { Double($0.runs) } }
        if let place = columns.firstIndex(where: { $0.word == word }) { arrange { $0.summaries[place].mean } }
        self.order = order
    }

    func write(to html: inout HTML) {
        guard !answer.groups.isEmpty else {
            html.add("div", ["class": "empty"]) { html in
                html.add("p", [:], "No finished run fits the filter, and only finished runs are put together.")
                html.add(link: page.query.without("group").address("/"), "Without groups")
            }
            return
        }
        let hidden = answer.labels.count - Self.mostLabels
        if hidden > 0 {
            let words =
                "The groups differ in \(Words.count(hidden, "more value")) than are shown: group by one, or ignore some."
            html.add("p", ["class": "notice"], words)
        }
        html.add("form", ["id": "selection"]) { html in
            html.add("div", ["class": "actions", "id": "actions", "role": "toolbar", "aria-label": "Selected groups"]) {
                html in
                html.add("output", ["id": "chosen"], "Selected groups:")
                if let ignore = page.query["ignore"] {
                    html.add("input", ["type": "hidden", "name": "ignore", "value": ignore])
                }
                html.add("button", ["formaction": "/compare"], "Compare")
                html.add("button", ["formaction": "/curves"], "Curves")
                html.add("button", ["type": "button", "data-action": "clear", "hidden": ""], "Clear")
            }
            html.add("div", ["class": "scroll", "id": "groups-table", "data-live": "runs"]) { html in
                html.add("table", ["class": "runs groups"]) { html in
                    html.add("caption", ["class": "unseen"], "Groups of finished runs")
                    html.add("thead") { html in html.add("tr", [:], writeTitles) }
                    html.add("tbody", [:], writeRows)
                }
            }
        }
        html.add("p", ["class": "muted", "id": "groups-count", "data-live": "runs"]) { html in
            html.add(
                Words.count(answer.groups.count, "group") + " of finished runs; values are mean ± standard deviation."
            )
            if order.count > Self.mostRows { html.add(" The first \(Self.mostRows) are shown.") }
        }
    }

    private func writeTitles(_ html: inout HTML) {
        html.add("th", ["class": "pick", "scope": "col"]) { html in
            html.add("input", ["type": "checkbox", "id": "every", "aria-label": "Select all groups", "hidden": ""])
        }
        for label in answer.labels.prefix(Self.mostLabels) {
            html.add("th", ["scope": "col"]) { html in
                if label.hasPrefix("params.") { html.add("small", [:], "param ") }
                html.add(label.hasPrefix("params.") ? String(label.dropFirst(7)) : label)
            }
        }
        write(title: "runs", word: "runs", kind: nil, isBetterGreater: true, &html)
        html.add("th", ["scope": "col", "class": "n"], "seeds")
        for column in columns {
            write(
                title: column.title,
                word: column.word,
                kind: column.kind,
                isBetterGreater: column.isBetterGreater,
                &html
            )
        }
    }

    private func write(
        title: String,
        word: String,
        kind: String?,
        isBetterGreater: Bool,
        _ html: inout HTML
    ) {
        let sort = page.query["sort"] ?? ""
        let (isUp, isDown) = (sort == word, sort == "-" + word)
        let next = isUp || isDown ? (isUp ? "-" : "") + word : (isBetterGreater ? "-" : "") + word
        html.add(
            "th",
            ["scope": "col", "class": "n", "aria-sort": isUp ? "ascending" : isDown ? "descending" : nil]
        ) { html in
            html.add("a", ["href": page.query.setting("sort", next).address("/"), "title": "Sort by \(word)"]) { html in
                if let kind { html.add("small", [:], kind + " ") }
                html.add(long: title, limit: 40)
                html.add("span", ["class": "arrow", "aria-hidden": "true"], isUp ? "▲" : isDown ? "▼" : "")
            }
        }
    }

    private func writeRows(_ html: inout HTML) {
        for index in order.prefix(Self.mostRows) {
            let group = answer.groups[index]
            let name = group.values.prefix(Self.mostLabels).map { $0 == .null ? "none" : $0.text }.joined(
                separator: ", "
            )
            html.add("tr") { html in
                html.add("td", ["class": "pick"]) { html in
                    guard let filter = group.filter else { return }
                    html.add(
                        "input",
                        ["type": "checkbox", "name": "group", "value": filter, "aria-label": "Select \(name)"]
                    )
                }
                for (place, value) in group.values.prefix(Self.mostLabels).enumerated() {
                    html.add(place == 0 ? "th" : "td", ["scope": place == 0 ? "row" : nil]) { html in
                        guard place == 0, let filter = group.filter else { return html.add(value: JSON(value)) }
                        let address = page.query.without("group", "sort").setting("filter", filter).address("/")
                        html.add("a", ["href": address, "title": "The runs of this group"]) {
                            $0.add(value: JSON(value))
                        }
                    }
                }
                html.add("td", ["class": "n"], Words.count(Int64(group.runs)))
                html.add("td", ["class": "n"], Words.count(Int64(group.seeds)))
                for summary in group.summaries { html.add("td", ["class": "n"]) { $0.add(summary: summary) } }
            }
        }
    }
}

extension HTML {
    /// Writes mean and standard deviation, and on hover from where to where the values reach.
    mutating func add(summary: Summary) {
        guard let mean = summary.mean else {
            return summary.nonFinite > 0 ? add("span", ["class": "notfinite"], "not finite") : add(value: .null)
        }
        let (low, high) = (summary.minimum.map { rounded($0) } ?? "", summary.maximum.map { rounded($0) } ?? "")
        let text = summary.standardDeviation.map { rounded(mean, deviation: $0) } ?? rounded(mean)
        add("span", ["title": "n = \(summary.count), from \(low) to \(high)"], text)
        if summary.nonFinite > 0 { add("small", ["class": "warn"], "\(summary.nonFinite) not finite") }
    }
}
