import Analysis
import Questions
import Storage

/// Groups of runs side by side: the figures, how sure they are, and what has to be known to read them.
struct ComparePage {
    let query: PageQuery
    private let store: Store

    static func page(_ query: PageQuery, in store: Store) throws -> Page {
        var query = query
        let chosen = query.all("run")
        if !chosen.isEmpty { query = query.without("run").setting("group", try groups(ofRuns: chosen, in: store)) }
        return try ComparePage(query: query, store: store).page()
    }

    /// Runs that were ticked as groups: those of one configuration are one group.
    static func groups(ofRuns words: [String], in store: Store) throws -> [String] {
        let numbers = try words.prefix(2000).map { try store.run($0).number }
        let filter = try Filter(parsing: "number IN (\(numbers.map(String.init).joined(separator: ", ")))")
        var order: [ExactText] = []
        var runs: [ExactText: [Int64]] = [:]
        for kind in try store.kinds(ofRunsMatching: filter) {
            let key = ExactText(kind.configuration + "\u{0}\(kind.dataset ?? -1)")
            if runs[key] == nil { order.append(key) }
            runs[key, default: []].append(kind.run)
        }
        // Where none is finished each stands for itself, and the question says why it cannot be asked.
        guard order.count > 1 else { return numbers.map(String.init) }
        return order.map { key in
            let numbers = runs[key] ?? []
            return numbers.count == 1
                ? "\(numbers[0])" : "number IN (\(numbers.map(String.init).joined(separator: ", ")))"
        }
    }

    private func page() throws -> Page {
        let groups = query.all("group")
        var page = Page(groups.isEmpty ? "Compare" : "Compare " + groups.joined(separator: " and "), .compare)
        writeForm(&page.content, groups)
        guard groups.count > 1 || query["by"] != nil else {
            try writeChoice(&page.content, groups)
            return page
        }
        do {
            let comparison = try Comparison(question(groups), in: store)
            write(comparison, try steps(of: comparison), &page.content)
        } catch let error
            where error is QuestionError || error is FilterError || error is PageFault || error is StoreError
        {
            page.status = 422
            page.content.add(fault: error, in: store)
            writeMixture(error, groups, &page.content)
        }
        return page
    }

    private func question(_ groups: [String]) throws -> ComparisonQuestion {
        var question: ComparisonQuestion
        if let by = query["by"] {
            guard case .field(let grouping)? = RunGroups.Key(by) else {
                throw PageFault("'\(by)' makes no groups", "Give architecture, params.KEY or tags.KEY.")
            }
            question = ComparisonQuestion(.values(grouping, of: groups.first, baseline: query["baseline"]))
        } else {
            question = ComparisonQuestion(.words(groups))
        }
        question.step = try Plots.step(query)
        let metrics = query.all("metric")
        if !metrics.isEmpty { question.metrics = .named(metrics) }
        question.measure = Plots.measure(query)
        question.growth = query["growth"]
        question.ignored = try Plots.ignored(query)
        switch query["paired"] {
        case "yes": question.pairing = .paired
        case "no": question.pairing = .unpaired
        default: break
        }
        return question
    }

    /// From where to where the slider reaches; nil where there is one step alone.
    private func steps(of comparison: Comparison) throws -> (first: Int64, last: Int64)? {
        let runs = comparison.groups.compactMap { $0.runs.first }
        guard let last = runs.map({ $0.lastStep ?? 0 }).min(), last > 0, runs.count > 1,
            let first = try store.commonStep(of: runs[0].number, and: runs[1].number), first < last
        else { return nil }
        return (first, last)
    }

    // MARK: What is asked

    private func writeForm(_ html: inout HTML, _ groups: [String]) {
        html.add("div", ["class": "head"]) { html in
            html.add("h1", [:], "Compare")
            if groups.count > 1 || query["by"] != nil {
                html.add("span", ["class": "push"]) { html in
                    html.add(link: query.address("/api/v1/compare"), "JSON")
                }
            }
        }
        html.add("form", ["class": "bar groups", "action": "/compare"]) { html in
            html.add(hidden: query.without("group", "metric", "measure", "ignore", "step", "paired"))
            let shown =
                groups.count < 2 && query["by"] == nil ? groups + Array(repeating: "", count: 2 - groups.count) : groups
            for (index, word) in shown.enumerated() {
                html.add("label", ["class": "grow"]) { html in
                    html.add("span", ["class": "label"], index == 0 ? "A, the baseline" : Self.letter(index))
                    html.add(groupInput: word)
                }
            }
            html.add("button", ["type": "button", "data-action": "add-group", "hidden": ""], "+ Group")
            html.add(groupList: store)
            html.add(stepField: query)
            html.add(ignoreField: query, size: "12")
            html.add("label") { html in
                html.add("span", ["class": "label"], "Pairs by seed")
                html.add("select", ["name": "paired"]) { html in
                    for (value, word) in [("", "where they can be"), ("yes", "always"), ("no", "never")] {
                        html.add(
                            "option",
                            ["value": value, "selected": (query["paired"] ?? "") == value ? "" : nil],
                            word
                        )
                    }
                }
            }
            html.add("button", ["class": "primary"], "Compare")
        }
    }

    private static func letter(_ index: Int) -> String {
        index < 26 ? String(UnicodeScalar(UInt8(65 + index))) : "Group \(index + 1)"
    }

    /// What could be compared, where nothing is asked for yet.
    private func writeChoice(_ html: inout HTML, _ groups: [String]) throws {
        let known = try RunGroups(by: [.configuration], in: store)
        html.add("div", ["class": "choice"]) { html in
            guard known.groups.count > 1 else {
                let words =
                    known.groups.isEmpty ? "No run has finished yet." : "All finished runs are of one configuration."
                html.add("div", ["class": "empty"]) { html in
                    html.add("p", [:], words + " To compare, record a second variant, such as:")
                    html.add(command: "varve run --store \(Site.name(of: store.path)) --seeds 0-9")
                }
                return
            }
            html.add(
                "p",
                ["class": "lead"],
                "Choose two or more groups; the first is the baseline. A group is an architecture, a run or a filter."
            )
            html.add("form", ["action": "/compare"]) { html in
                html.add("div", ["class": "scroll"]) { html in
                    html.add("table", ["class": "runs"]) { html in
                        html.add("caption", ["class": "unseen"], "Configurations")
                        html.add("thead") { html in
                            html.add("tr") { html in
                                html.add("th", ["class": "pick", "scope": "col"]) {
                                    $0.add("span", ["class": "unseen"], "Choose")
                                }
                                for label in known.labels { html.add("th", ["scope": "col"], label) }
                                html.add("th", ["scope": "col", "class": "n"], "runs")
                                html.add("th", ["scope": "col", "class": "n"], "seeds")
                            }
                        }
                        html.add("tbody") { html in
                            for group in known.groups.prefix(200) { write(group, among: known, groups, &html) }
                        }
                    }
                }
                html.add("p") { $0.add("button", ["class": "primary"], "Compare the chosen") }
            }
        }
    }

    private func write(_ group: RunGroups.Group, among known: RunGroups, _ chosen: [String], _ html: inout HTML) {
        let name = group.values.map { $0 == .null ? "none" : $0.text }.joined(separator: ", ")
        // An architecture of one configuration has a name that is easier to read than a filter.
        let isPlain = known.labels == ["architecture"] && group.values.count == 1 && group.values[0] != .null
        let word = group.filter.map { isPlain ? group.values[0].text : $0 }
        html.add("tr") { html in
            html.add("td", ["class": "pick"]) { html in
                guard let word else { return }
                html.add(
                    "input",
                    [
                        "type": "checkbox", "name": "group", "value": word, "aria-label": "Choose \(name.prefix(200))",
                        "checked": chosen.holds(word) ? "" : nil,
                    ]
                )
            }
            for (index, value) in group.values.enumerated() {
                html.add(index == 0 ? "th" : "td", ["scope": index == 0 ? "row" : nil]) { $0.add(value: JSON(value)) }
            }
            html.add("td", ["class": "n"], Words.count(Int64(group.runs)))
            html.add("td", ["class": "n"], Words.count(Int64(group.seeds)))
        }
    }

    /// Links that choose one configuration of a group that holds several.
    private func writeMixture(_ error: any Error, _ groups: [String], _ html: inout HTML) {
        guard case QuestionError.mixedGroup(let word, let mixture) = error else { return }
        html.add("p", ["class": "row"]) { html in
            if !mixture.ownParams.isEmpty {
                let own = IgnoredKeys(params: mixture.ownParams).words.joined(separator: ",")
                html.add(
                    "a",
                    ["class": "button", "href": query.setting("ignore", own).address("/compare")],
                    "Ignore \(own)"
                )
            }
            let chosen = groups.map { $0 == word ? mixture.filterForFirst(of: word) : $0 }
            html.add(
                "a",
                ["class": "button", "href": query.setting("group", chosen).address("/compare")],
                "Take the first of them"
            )
        }
    }
}
