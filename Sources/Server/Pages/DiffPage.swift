import Questions
import Storage

/// Two runs, fact by fact, and where their metrics and variances part.
enum DiffPage {
    static func page(_ query: PageQuery, in store: Store) throws -> Page {
        let chosen = query.all("run")
        let (a, b) = (query["a"] ?? chosen.first, query["b"] ?? (chosen.count > 1 ? chosen[1] : nil))
        let state = query.without("run").setting("a", a).setting("b", b)
        var page = Page([a, b].compactMap(\.self).isEmpty ? "Diff" : "Diff of runs \(a ?? "…") and \(b ?? "…")", .runs)
        writeHead(&page.content, state, a, b)
        if chosen.count > 2 {
            page.content.add(
                "p",
                ["class": "notice"],
                "A diff is of two runs: the first two of the \(chosen.count) are shown."
            )
        }
        guard let a, let b else {
            page.content.add("p", ["class": "empty"], "Give two runs: by number, name, or the beginning of a uuid.")
            return page
        }
        do {
            write(try Difference(a, b, in: store), state, &page.content)
        } catch let error as StoreError {
            page.status = 404
            page.content.add(fault: error, in: store)
        }
        return page
    }

    private static func writeHead(_ html: inout HTML, _ state: PageQuery, _ a: String?, _ b: String?) {
        html.add("div", ["class": "head"]) { $0.add("h1", [:], "Diff") }
        html.add("form", ["class": "bar", "action": "/diff"]) { html in
            for (name, value) in [("a", a), ("b", b)] {
                html.add(
                    field: "Run \(name.uppercased())",
                    ["name": name, "value": value ?? "", "size": "12", "autocomplete": "off"]
                )
            }
            html.add("label", ["class": "check"]) { html in
                html.add(
                    "input",
                    ["type": "checkbox", "name": "all", "value": "1", "checked": state["all"] == nil ? nil : ""]
                )
                html.add(" what is equal too")
            }
            html.add("button", ["class": "primary"], "Show")
            if let a, let b {
                html.add(link: state.setting("a", b).setting("b", a).address("/diff"), "Exchange")
                html.add(link: PageQuery([("run", a), ("run", b)]).address("/curves"), "Curves of both")
            }
        }
    }

    private static func write(_ difference: Difference, _ state: PageQuery, _ html: inout HTML) {
        let showsAll = state["all"] != nil
        html.add("div", ["class": "sentences one"]) { html in
            html.add("ul") { html in for sentence in difference.sentences { html.add("li", [:], sentence) } }
        }
        let sections = difference.sections.map { prefix, facts in
            (prefix, facts.filter { showsAll || $0.differs })
        }
        guard sections.contains(where: { !$0.1.isEmpty }) else {
            return html.add("p", ["class": "empty"], "No param, tag, digest or fact of the environment differs.")
        }
        html.add("div", ["class": "scroll"]) { html in
            html.add("table", ["class": "diff"]) { html in
                html.add("caption", ["class": "unseen"], "Facts of both runs")
                html.add("thead") { html in
                    html.add("tr") { html in
                        html.add("th", ["scope": "col"], "")
                        for run in [difference.a, difference.b] {
                            html.add("th", ["scope": "col"]) { html in
                                html.add(link: "/runs/\(run.number)", "run \(run.number)")
                                if let name = run.name { html.add("small") { $0.add(long: " " + name, limit: 60) } }
                            }
                        }
                    }
                }
                html.add("tbody") { html in
                    for (prefix, facts) in sections {
                        for fact in facts.prefix(3000) { write(fact, prefix, &html) }
                    }
                }
            }
        }
    }

    private static func write(_ fact: Difference.Fact, _ prefix: String, _ html: inout HTML) {
        html.add("tr", ["class": fact.differs ? "differs" : nil]) { html in
            html.add("th", ["scope": "row"]) { html in
                if !prefix.isEmpty { html.add("small", [:], prefix) }
                html.add(long: fact.key, limit: 80)
                if fact.differs { html.add("span", ["class": "unseen"], " differs") }
            }
            for value in [fact.a, fact.b] {
                html.add("td") { html in
                    if prefix == "digests.", case .string(let digest) = value {
                        html.add(digest: digest)
                    } else {
                        html.add(value: value)
                    }
                }
            }
        }
    }
}
