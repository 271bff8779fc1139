import Questions
import Storage

/// The table of runs, a page of it.
struct RunsTable {
    let columns: [RunsColumn]
    private let page: RunsPage
    private var rows: [(run: Run, note: String?, cells: [JSON])] = []
    private let hidden: Int
    private let hasMore: Bool
    private let unknown: String?

    init(_ list: RunList, _ page: RunsPage) throws {
        let store = page.store
        self.page = page
        var columns: [RunsColumn]
        if let words = page.query["columns"] {
            let fields = try store.fields(of: RunColumn.list(parsing: words))
            try RunList.check(fields.map(\.field), in: store)
            columns = fields.map { RunsColumn($0.field) }
        } else {
            let usual = try list.usualFields(in: store)
            let order: [RunField] = [.attribute(.number), .attribute(.name), .attribute(.status)]
            let last: [RunField] = [.attribute(.steps), .attribute(.duration), .attribute(.started)]
            columns = (order + usual.filter { !order.contains($0) && !last.contains($0) } + last)
                .map { RunsColumn($0) }
        }
        if !columns.contains(where: { $0.field == .attribute(.number) }) {
            columns.insert(RunsColumn(.attribute(.number)), at: 0)
        }
        hidden = max(0, columns.count - RunsPage.mostColumns)
        columns = Array(columns.prefix(RunsPage.mostColumns))
        var rows: [(run: Run, note: String?, cells: [JSON])] = []
        let after = page.query["after"].flatMap(Int64.init)
        try store.forEachRun(
            matching: list.filter,
            by: list.order,
            after: after,
            limit: page.limit + 1,
            lifecycle: list.lifecycle
        ) { run in
            var values = RowValues(run, store)
            let cells = try columns.map { try values.value(of: $0.field) }
            var note: String?
            if case .string(let text)? = try values.allTags()[ExactText("note")] { note = text }
            rows.append((run, note, cells))
        }
        hasMore = rows.count > page.limit
        if hasMore { rows.removeLast() }
        // A column of names that nobody gave only takes room.
        if page.query["columns"] == nil, let place = columns.firstIndex(where: { $0.field == .attribute(.name) }),
            rows.allSatisfy({ $0.cells[place] == .null && $0.note == nil })
        {
            columns.remove(at: place)
            for index in rows.indices { rows[index].cells.remove(at: place) }
        }
        self.columns = columns
        self.rows = rows
        if rows.isEmpty, after == nil, let name = try store.unknownName(in: list.filter) {
            let meant = try RunList.closest(to: name, in: store).map { ": did you mean \($0)?" } ?? ""
            unknown = "\(name)\(meant)"
        } else {
            unknown = nil
        }
    }

    func write(to html: inout HTML) {
        guard !rows.isEmpty else { return writeEmpty(&html) }
        if hidden > 0 {
            html.add("p", ["class": "notice"], "\(Words.count(hidden, "more column")) not shown: choose fewer.")
        }
        html.add("form", ["id": "selection", "data-deleted": page.isDeleted ? "" : nil]) { html in
            writeActions(&html)
            html.add("div", ["class": "scroll", "data-live": "runs", "id": "runs"]) { html in
                html.add("table", ["class": "runs"]) { html in
                    html.add("caption", ["class": "unseen"], page.isDeleted ? "Deleted runs" : "Runs")
                    html.add("thead") { html in html.add("tr", [:], writeTitles) }
                    html.add("tbody", [:], writeRows)
                }
            }
        }
        writePager(&html)
    }

    private func writeTitles(_ html: inout HTML) {
        let sort = page.query["sort"] ?? ""
        html.add("th", ["class": "pick", "scope": "col"]) { html in
            html.add(
                "input",
                ["type": "checkbox", "id": "every", "aria-label": "Select all on this page", "hidden": ""]
            )
        }
        for column in columns {
            let isUp = sort == column.word
            let isDown = sort == "-" + column.word
            let next =
                isUp || isDown ? (isUp ? "-" : "") + column.word : (column.isBetterGreater ? "-" : "") + column.word
            html.add(
                "th",
                [
                    "scope": "col", "class": column.isNumeric ? "n" : nil,
                    "aria-sort": isUp ? "ascending" : isDown ? "descending" : nil,
                ]
            ) { html in
                html.add(
                    "a",
                    [
                        "href": page.query.without("after", "seen").setting("sort", next).address("/"),
                        "title": "Sort by \(column.word)",
                    ]
                ) { html in
                    if let kind = column.kind { html.add("small", [:], kind + " ") }
                    html.add(long: column.title, limit: 40)
                    html.add("span", ["class": "arrow", "aria-hidden": "true"], isUp ? "▲" : isDown ? "▼" : "")
                }
            }
        }
    }

    private func writeRows(_ html: inout HTML) {
        for row in rows {
            let number = row.run.number
            html.add("tr", ["data-run": number.description]) { html in
                html.add("td", ["class": "pick"]) { html in
                    html.add(
                        "input",
                        [
                            "type": "checkbox", "name": "run", "value": number.description,
                            "aria-label": "Select run \(number)",
                        ]
                    )
                }
                for (column, value) in zip(columns, row.cells) { write(value, of: column, row.run, row.note, &html) }
            }
        }
    }

    private func write(_ value: JSON, of column: RunsColumn, _ run: Run, _ note: String?, _ html: inout HTML) {
        let isNumber: Bool =
            switch value {
            case .integer, .real: true
            default: column.isNumeric
            }
        switch column.field {
        case .attribute(.number):
            html.add("th", ["scope": "row", "class": "n"]) {
                $0.add(link: "/runs/\(run.number)", run.number.description)
            }
        case .attribute(.name):
            html.add("td", ["class": "name"]) { html in
                if let name = run.name {
                    html.add("a", ["href": "/runs/\(run.number)"]) { $0.add(long: name, limit: 60) }
                }
                if let note { html.add("small", ["class": "note"]) { $0.add(long: note, limit: 80) } }
            }
        case .attribute(.status): html.add("td") { $0.add(status: run) }
        case .attribute(.started), .attribute(.ended):
            html.add("td", ["class": "when"]) { html in
                if case .integer(let moment) = value { html.add(moment: moment) }
            }
        case .attribute(.duration):
            html.add("td", ["class": "n"]) { html in
                if case .integer(let length) = value { html.add(Words.duration(length)) }
            }
        case .attribute(.uuid): html.add("td") { if case .string(let text) = value { $0.add(digest: text) } }
        case .metric, .layer:
            html.add("td", ["class": "n"]) { html in
                if case .real(let number) = value { html.add(number: number) } else { html.add(value: value) }
            }
        default: html.add("td", ["class": isNumber ? "n" : nil]) { $0.add(value: value) }
        }
    }

    /// What is done with the runs that are ticked; without the script the three that lead to another page.
    private func writeActions(_ html: inout HTML) {
        html.add("div", ["class": "actions", "id": "actions", "role": "toolbar", "aria-label": "Selected runs"]) {
            html in
            html.add("output", ["id": "chosen"], "Selected runs:")
            if !page.isDeleted {
                for (word, path) in [("Compare", "/compare"), ("Curves", "/curves"), ("Diff", "/diff")] {
                    html.add("button", ["formaction": path], word)
                }
                for (word, action) in [
                    ("Tag…", "tag"), ("Note…", "note"), ("Experiment…", "move"), ("Delete", "delete"),
                ] {
                    html.add(
                        "button",
                        ["type": "button", "data-action": action, "hidden": "", "data-writes": ""],
                        word
                    )
                }
            } else {
                html.add(
                    "button",
                    ["type": "button", "data-action": "restore", "hidden": "", "data-writes": ""],
                    "Restore"
                )
            }
            html.add("button", ["type": "button", "data-action": "clear", "hidden": ""], "Clear")
        }
    }

    private func writePager(_ html: inout HTML) {
        let seen = page.query["seen"].flatMap(Int64.init) ?? 0
        html.add("nav", ["class": "pager", "aria-label": "Pages of the list", "id": "pager", "data-live": "pager"]) {
            html in
            let (first, last) = (seen + 1, seen + Int64(rows.count))
            html.add(
                "span",
                [:],
                "Runs \(Words.count(first)) – \(Words.count(last))\(hasMore ? "" : " of \(Words.count(last))")"
            )
            if page.query["after"] != nil { html.add(link: page.query.without("after", "seen").address("/"), "First") }
            if hasMore, let run = rows.last?.run.number {
                let next = page.query.setting("after", run.description).setting("seen", last.description)
                html.add("a", ["href": next.address("/"), "rel": "next"], "Next ›")
            }
            html.add("span", ["class": "muted"]) { html in
                html.add("Rows ")
                for limit in [25, 50, 100, 250] {
                    let address = page.query.without("after", "seen").setting("limit", limit.description).address("/")
                    html.add(link: address, limit.description, current: limit == page.limit)
                    html.add(" ")
                }
            }
        }
    }

    private func writeEmpty(_ html: inout HTML) {
        html.add("div", ["class": "empty", "data-live": "runs", "id": "no-runs"]) { html in
            if page.query["after"] != nil {
                html.add("p", [:], "There are no further runs.")
                html.add(link: page.query.without("after", "seen").address("/"), "Back to the first")
            } else if page.isDeleted {
                html.add("p", [:], "No run was deleted. What is deleted here can be restored until it is purged.")
                html.add(link: "/", "All runs")
            } else {
                html.add("p", [:], "No run fits the filter.")
                if let unknown { html.add("p", ["class": "muted"], unknown) }
                html.add(link: page.query.without("filter", "after").address("/"), "Without the filter")
            }
        }
    }
}
