import Questions
import Storage

/// The store itself: how large it is, and what is in it.
enum InfoPage {
    static func page(in store: Store) throws -> Page {
        var page = Page("Store", .store)
        let summary = try store.summary(isExact: false)
        let experiments = try store.experiments()
        let datasets = try store.datasets()
        page.content.add("div", ["class": "head"]) { html in
            html.add("h1", [:], Site.name(of: store.path))
            html.add("span", ["class": "push"]) { $0.add(link: "/api/v1/info", "JSON") }
        }
        page.content.add("dl", ["class": "facts"]) { html in
            for (key, value) in [
                ("size", Words.bytes(summary.bytes)), ("log", Words.bytes(summary.logBytes)),
                ("free inside", Words.bytes(summary.freeBytes)), ("schema", summary.schema.description),
                ("page size", Words.bytes(summary.pageSize)), ("SQLite", Store.sqliteVersion), ("Varve", Version.varve),
            ] {
                html.add("div") { html in
                    html.add("dt", [:], key)
                    html.add("dd", [:], value)
                }
            }
            for (key, moment) in [("first run", summary.oldest), ("newest run", summary.newest)] {
                guard let moment else { continue }
                html.add("div") { html in
                    html.add("dt", [:], key)
                    html.add("dd") { $0.add(moment: moment) }
                }
            }
        }
        page.content.add("div", ["class": "cards tables"]) { html in
            write(
                "Experiments",
                ["experiment", "runs"],
                &html,
                experiments.prefix(500).map { record in
                    { html in
                        let filter = PageQuery([("filter", "experiment = \(FilterText.quoted(record.name))")])
                        html.add("th", ["scope": "row"]) { html in
                            html.add("a", ["href": filter.address("/")]) { $0.add(long: record.name, limit: 80) }
                        }
                        html.add("td", ["class": "n"], Words.count(record.runs))
                    }
                }
            )
            write(
                "Datasets",
                ["dataset", "training", "validation", "digest"],
                &html,
                datasets.prefix(500).map { record in
                    { html in
                        html.add("th", ["scope": "row"]) { $0.add(long: record.name, limit: 80) }
                        html.add("td", ["class": "n"], Words.count(Int64(record.trainingExamples)))
                        html.add("td", ["class": "n"], Words.count(Int64(record.validationExamples)))
                        html.add("td", ["class": "n"]) { $0.add(digest: record.digest) }
                    }
                }
            )
            write(
                "Tables",
                ["table", "rows", "size"],
                &html,
                summary.tables.map { table in
                    { html in
                        html.add("th", ["scope": "row"], table.name)
                        html.add(
                            "td",
                            ["class": "n"],
                            table.rows.map { Words.count($0) } ?? "over \(Words.count(StoreSummary.quickRows))"
                        )
                        html.add("td", ["class": "n"], table.bytes.map { Words.bytes($0) } ?? "")
                    }
                }
            )
        }
        page.content.add("section", ["class": "box plain"]) { html in
            html.add("h2", [:], "On the command line")
            for command in ["check", "backup FILE", "compact"] {
                html.add(command: "varve \(command) --store \(Site.name(of: store.path))")
            }
        }
        return page
    }

    private static func write(_ title: String, _ columns: [String], _ html: inout HTML, _ rows: [(inout HTML) -> Void])
    {
        html.add("div", ["class": "card"]) { html in
            html.add("h2", [:], title)
            guard !rows.isEmpty else { return html.add("p", ["class": "muted"], "None.") }
            html.add("table") { html in
                html.add("thead") { html in
                    html.add("tr") { html in
                        for (index, word) in columns.enumerated() {
                            html.add("th", ["scope": "col", "class": index == 0 ? nil : "n"], word)
                        }
                    }
                }
                html.add("tbody") { html in for row in rows { html.add("tr", [:], row) } }
            }
        }
    }
}
