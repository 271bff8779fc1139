import Questions
import Storage

extension HTML {
    /// Writes keys and values.
    mutating func add(pairs: [(String, String)]) {
        add("table", ["class": "pairs"]) { html in
            html.add("tbody") { html in
                for (key, value) in pairs {
                    html.add("tr") { html in
                        html.add("th", ["scope": "row"]) { $0.add(long: key, limit: 80) }
                        html.add("td") { $0.add(long: value, limit: 300) }
                    }
                }
            }
        }
    }

    /// Writes what chooses a step: a slider with the script, a number without.
    mutating func add(stepSlider query: PageQuery, path: String, _ first: Int64, _ step: Int64, _ last: Int64) {
        guard last > first else { return }
        add("form", ["class": "bar slider", "action": path, "data-slider": ""]) { html in
            html.add(hidden: query.without("step"))
            html.add("label", ["class": "grow"]) { html in
                html.add("span", ["class": "label"], "Step \(Words.count(first)) to \(Words.count(last))")
                html.add(
                    "input",
                    [
                        "type": "range", "min": first.description, "max": last.description, "value": step.description,
                        "data-range": "", "hidden": "", "aria-label": "Step",
                    ]
                )
            }
            html.add(
                "input",
                [
                    "type": "number", "name": "step", "min": first.description, "max": last.description,
                    "value": step.description, "class": "short", "aria-label": "Step",
                ]
            )
            html.add("button", ["class": "apply"], "Show")
        }
    }
}

extension HTML {
    /// Writes a field with its label.
    mutating func add(field label: String, isWide: Bool = false, _ attributes: Attributes) {
        add("label", isWide ? ["class": "grow"] : [:]) { html in
            html.add("span", ["class": "label"], label)
            html.add("input", attributes)
        }
    }

    /// Writes the field of a step.
    mutating func add(stepField query: PageQuery) {
        add(field: "Step", ["name": "step", "value": query["step"] ?? "", "placeholder": "last", "class": "short"])
    }

    /// Writes the field of params and tags that make no other configuration.
    mutating func add(ignoreField query: PageQuery, size: String) {
        add(
            field: "Ignore",
            ["name": "ignore", "value": query["ignore"] ?? "", "placeholder": "params.out", "size": size]
        )
    }

    /// Writes what finds names by a part of them; `query` is what else stays as it is.
    mutating func add(findForm query: PageQuery, path: String, label: String, _ part: String?) {
        add("form", ["class": "bar", "action": path]) { html in
            html.add(hidden: query)
            html.add(
                field: label,
                isWide: true,
                ["name": "find", "value": part ?? "", "placeholder": "part of a name"]
            )
            html.add("button", [:], "Find")
        }
    }
}

extension MeasureWord {
    /// The noun at the beginning of a heading.
    var heading: String { noun.prefix(1).uppercased() + noun.dropFirst() }
}

extension HTML {
    mutating func add(sentences: [String], under title: String) {
        guard !sentences.isEmpty else { return }
        add("section") { html in
            html.add("h3", [:], title)
            html.add("ul") { html in for sentence in sentences { html.add("li", [:], sentence) } }
        }
    }

    /// Writes the field of a group: an architecture, a RUN or a FILTER.
    mutating func add(groupInput word: String) {
        add(
            "input",
            [
                "name": "group", "value": word, "list": "groups", "class": "code", "spellcheck": "false",
                "autocomplete": "off", "placeholder": "architecture, run or filter",
            ]
        )
    }

    /// Writes what the fields of groups propose.
    mutating func add(groupList store: Store) {
        add("datalist", ["id": "groups"]) { html in
            for name in ((try? store.architectures()) ?? []).prefix(100) { html.add("option", ["value": name]) }
        }
    }
}
