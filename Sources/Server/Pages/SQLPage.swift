import Questions
import Storage

/// A console that only reads: the statement stands in the address, so that a link shows what it showed.
enum SQLPage {
    /// Rows that a page shows at most.
    static let mostRows = 1000
    /// The statements of `examples.sql`, each with the comment above it.
    private static let examples: [(title: String, statement: String)] = {
        let text = Asset.all["examples.sql"].map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
        return text.split(separator: ";").compactMap { part in
            let lines = part.split(separator: "\n")
            guard let title = lines.first, title.hasPrefix("-- "), lines.count > 1 else { return nil }
            return (String(title.dropFirst(3)), lines.dropFirst().joined(separator: "\n"))
        }
    }()

    /// The page.
    ///
    /// - Parameters:
    ///   - statement: what was typed; nil where nothing was.
    ///   - answer: an array of objects, a row each; or why there is none. Nil where nothing was asked.
    ///   - path: the path of the store, which is not told.
    /// - Returns: the page.
    static func page(_ statement: String?, _ answer: Result<JSON, any Error>?, path: String) -> Page {
        var page = Page("SQL", .sql)
        page.content.add("div", ["class": "head"]) { html in
            html.add("h1", [:], "SQL")
            html.add("span", ["class": "muted"], "reads the store and changes nothing; ends by itself after its time")
        }
        page.content.add("form", ["class": "sql", "action": "/sql"]) { html in
            html.add("label", ["class": "grow"]) { html in
                html.add("span", ["class": "unseen"], "Statement")
                html.add(
                    "textarea",
                    [
                        "name": "query", "class": "code", "spellcheck": "false", "autocapitalize": "off", "id": "query",
                        "placeholder": "one statement that reads",
                    ],
                    statement ?? ""
                )
            }
            html.add("p", ["class": "row"]) { html in
                html.add("button", ["class": "primary"], "Execute")
                html.add("span", ["class": "muted hint", "data-hint": "", "hidden": ""], "Ctrl+Enter")
            }
        }
        switch answer {
        case nil: writeExamples(&page.content)
        case .failure(let error):
            page.status = 400
            page.content.add("div", ["class": "fault", "role": "alert"]) { html in
                html.add("p", ["class": "reason"], Site.hiding(path, in: "\(error)"))
            }
            writeExamples(&page.content)
        case .success(.array(let rows)): write(rows, &page.content)
        case .success(let other): page.content.add("pre", [:], other.text)
        }
        return page
    }

    private static func write(_ rows: [JSON], _ html: inout HTML) {
        guard case .object(let first)? = rows.first else {
            return html.add("p", ["class": "empty"], "The statement gives no row.")
        }
        html.add(
            "p",
            ["class": "muted"],
            Words.count(rows.count, "row") + (rows.count > mostRows ? ", the first \(mostRows) are shown" : "")
        )
        html.add("div", ["class": "scroll"]) { html in
            html.add("table", ["class": "runs"]) { html in
                html.add("thead") { html in
                    html.add("tr") { html in
                        for member in first {
                            html.add(
                                "th",
                                ["scope": "col", "class": Self.isNumber(member.value) ? "n" : nil],
                                member.key
                            )
                        }
                    }
                }
                html.add("tbody") { html in
                    for case .object(let members) in rows.prefix(mostRows) {
                        html.add("tr") { html in
                            for member in members { write(member, &html) }
                        }
                    }
                }
            }
        }
    }

    private static func isNumber(_ value: JSON) -> Bool {
        switch value {
        case .integer, .real: true
        default: false
        }
    }

    private static func write(_ member: JSON.Member, _ html: inout HTML) {
        switch member.value {
        case .integer(let run) where member.key == "run":
            html.add("td", ["class": "n"]) { $0.add(link: "/runs/\(run)", run.description) }
        case .integer, .real: html.add("td", ["class": "n"]) { $0.add(value: member.value) }
        default: html.add("td") { $0.add(value: member.value) }
        }
    }

    private static func writeExamples(_ html: inout HTML) {
        html.add("section", ["class": "examples"]) { html in
            html.add("h2", [:], "To begin with")
            for (title, statement) in examples {
                html.add("details", ["class": "example", "open": ""]) { html in
                    html.add("summary", [:], title)
                    html.add("pre", [:], statement)
                    html.add(link: PageQuery([("query", statement)]).address("/sql"), "Execute")
                }
            }
            html.add(
                "p",
                ["class": "muted"],
                "Views for people: run_list, variances, measures, run_metrics, run_params."
            )
        }
    }
}
