import Questions
import Storage

/// A page of boxes for every column there could be.
enum ColumnsPage {
    static func page(_ query: PageQuery, in store: Store) -> Page {
        var page = Page("Columns", .runs)
        let runs = RunsPage(query: query, store: store)
        let words = runs.choices(beginningWith: query["find"])
        let asked = query["columns"].flatMap { try? RunColumn.list(parsing: $0) } ?? []
        let shown = asked.compactMap { column -> String? in
            if case .field(let field, _) = column { field.text } else { nil }
        }
        page.content.add("h1", [:], "Columns")
        page.content.add(findForm: query.without("find"), path: "/columns", label: "Find", query["find"])
        page.content.add("form", ["action": "/"]) { html in
            html.add(hidden: query.without("columns", "column", "find"))
            html.add("p", ["class": "row"]) { html in
                html.add("button", ["class": "primary"], "Show these columns")
                html.add("span", ["class": "muted"], Words.count(words.count, "column"))
            }
            html.add("div", ["class": "boxes wide"]) { html in
                for word in shown { RunsPage.write(box: word, isTicked: true, &html) }
                for word in words.prefix(2000) where !shown.holds(word) {
                    RunsPage.write(box: word, isTicked: false, &html)
                }
            }
        }
        if words.isEmpty { page.content.add("p", ["class": "empty"], "No column has this in its name.") }
        return page
    }
}
