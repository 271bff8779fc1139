import Analysis
import Questions
import Storage

/// Groups of runs side by side: the figures, how sure they are, and what has to be known to read them.
struct ComparePage {
    private let query: PageQuery
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
        var order: [String] = []
        var runs: [String: [Int64]] = [:]
        for kind in try store.kinds(ofRunsMatching: filter) {
            let key = kind.configuration + "\u{0}\(kind.dataset ?? -1)"
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
            html.add("label") { html in
                html.add("span", ["class": "label"], "Step")
                html.add(
                    "input",
                    ["name": "step", "value": query["step"] ?? "", "placeholder": "last", "class": "short"]
                )
            }
            html.add("label") { html in
                html.add("span", ["class": "label"], "Ignore")
                html.add(
                    "input",
                    ["name": "ignore", "value": query["ignore"] ?? "", "placeholder": "params.out", "size": "12"]
                )
            }
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
        let word = isPlain ? group.values[0].text : group.filter ?? ""
        html.add("tr") { html in
            html.add("td", ["class": "pick"]) { html in
                html.add(
                    "input",
                    [
                        "type": "checkbox", "name": "group", "value": word, "aria-label": "Choose \(name)",
                        "checked": chosen.contains(word) ? "" : nil,
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

    // MARK: What is answered

    private func write(_ comparison: Comparison, _ steps: (first: Int64, last: Int64)?, _ html: inout HTML) {
        html.add("div", ["id": "answer", "data-live": "answer"]) { html in
            for pair in comparison.pairs { write(pair, isOnly: comparison.pairs.count == 1, &html) }
            let notes = comparison.pairs.count == 1 ? comparison.notes : comparison.sharedNotes
            html.add(sentences: notes, under: "Notes")
        }
        let words = comparison.groups.map(\.word)
        var base = PageQuery(words.map { ("group", $0) })
        for name in ["measure", "ignore"] { base = base.setting(name, query[name]) }
        html.add("div", ["class": "cards"]) { html in
            if let measure = comparison.measure {
                let step = query["step"].flatMap(Int64.init)
                html.add("div", ["class": "card"]) { html in
                    html.add("div", ["id": "profile", "data-live": "profile"]) { html in
                        let place = step.map { "step \($0)" } ?? "each run's last step"
                        html.add("h3", [:], "\(measure.heading) by layer at \(place)")
                        html.add(
                            plot: "profile",
                            base.setting("step", query["step"]),
                            "\(measure.noun) by layer, a line for each group"
                        )
                    }
                    if let steps {
                        html.add(stepSlider: query, path: "/compare", steps.first, step ?? steps.last, steps.last)
                    }
                }
            }
            var names: [String] = []
            for row in comparison.pairs.flatMap(\.metrics) where !names.contains(row.name) { names.append(row.name) }
            for name in names {
                html.add("div", ["class": "card"]) { html in
                    html.add("h3") { html in
                        html.add(link: base.setting("name", name).address("/curves"), name)
                        html.add("small", [:], " mean and 95 % band")
                    }
                    html.add(
                        plot: "curves",
                        base.setting("name", name),
                        "\(name) by step, mean and band of each group",
                        isZoomed: true
                    )
                }
            }
        }
    }

    private func write(_ pair: ComparedPair, isOnly: Bool, _ html: inout HTML) {
        html.add("section", ["class": "pair"]) { html in
            html.add("h2", [:], pair.headline)
            html.add("p", ["class": "muted"], pair.method + "; " + pair.equality)
            for (title, rows) in [("layer", pair.layers), ("metric", pair.metrics)] where !rows.isEmpty {
                PairTable(pair: pair, title: title, rows: rows).write(to: &html)
            }
            html.add("p", ["class": "muted"], pair.legend)
            html.add("div", ["class": "sentences"]) { html in
                html.add(sentences: pair.findings, under: "Differences")
                html.add(sentences: pair.growthLines, under: "Growth across depth")
                writeLeftOut(pair, &html)
                if !isOnly { html.add(sentences: pair.notes, under: "Notes on \(pair.a.name) and \(pair.b.name)") }
            }
        }
    }

    private func writeLeftOut(_ pair: ComparedPair, _ html: inout HTML) {
        let found = [pair.a, pair.b].flatMap { side in side.leftOut.map { (side, $0) } }
        guard !found.isEmpty else { return }
        html.add("section") { html in
            html.add("h3", [:], "Left out")
            html.add("ul") { html in
                for (side, entry) in found.prefix(20) {
                    html.add("li") { html in
                        html.add("\(side.name): ")
                        if let run = entry.run { html.add(link: "/runs/\(run)", "run \(run)") }
                        if let seed = entry.seed { html.add(" seed \(seed)") }
                        html.add(", " + (entry.reason == .noRun ? "no run of it" : entry.reason.rawValue))
                    }
                }
                if found.count > 20 { html.add("li", [:], "and \(found.count - 20) more") }
            }
        }
    }
}

/// The table of two groups, with their intervals drawn on one axis.
struct PairTable {
    let pair: ComparedPair
    let title: String
    let rows: [ComparedPair.Row]

    private var isRatio: Bool { rows.allSatisfy { $0.scale == .ratio } }

    func write(to html: inout HTML) {
        let (a, b) = (pair.a.name, pair.b.name)
        // Differences of metrics have a unit each, and so an axis each.
        let drawing = isRatio ? IntervalDrawing(rows.compactMap(\.contrast), isRatio: true) : nil
        html.add("div", ["class": "scroll"]) { html in
            html.add("table", ["class": "pair"]) { html in
                html.add("caption", ["class": "unseen"], "\(title)s of \(pair.a.group.word) and \(pair.b.group.word)")
                html.add("thead") { html in
                    html.add("tr") { html in
                        html.add("th", ["scope": "col"], title)
                        for (name, word) in [(a, pair.a.group.word), (b, pair.b.group.word)] {
                            html.add("th", ["scope": "col", "class": "n"]) { html in
                                html.add("\(name) ")
                                html.add("small") { $0.add(long: word, limit: 40) }
                            }
                        }
                        html.add("th", ["scope": "col", "class": "n"], isRatio ? "\(b)/\(a)" : "\(b) − \(a)")
                        html.add("th", ["scope": "col", "class": "n"], "95 % interval")
                        html.add("th", ["scope": "col", "class": "drawn"]) { html in
                            if let drawing { drawing.writeAxis(to: &html) } else { html.add("interval beside 0") }
                        }
                        html.add(
                            "th",
                            ["scope": "col", "class": "n", "title": "adjusted over all rows by Holm's method"],
                            "p (Holm)"
                        )
                        html.add("th", ["scope": "col", "class": "n"], "effect")
                        html.add("th", ["scope": "col"], "verdict")
                    }
                }
                html.add("tbody") { html in
                    for row in rows { write(row, drawing, &html) }
                }
            }
        }
    }

    private func write(_ row: ComparedPair.Row, _ drawing: IntervalDrawing?, _ html: inout HTML) {
        let contrast = row.contrast
        html.add("tr") { html in
            html.add("th", ["scope": "row", "title": row.place?.name]) { html in
                html.add(long: pair.title(of: row), limit: 60)
                if row.a.isAfterNorm || row.b.isAfterNorm { html.add("small", [:], " behind a norm") }
            }
            html.add("td", ["class": "n"]) { $0.add(summary: row.a.summary) }
            html.add("td", ["class": "n"]) { $0.add(summary: row.b.summary) }
            html.add("td", ["class": "n strong"]) { html in
                if let estimate = contrast?.estimate { html.add(number: estimate) }
            }
            html.add("td", ["class": "n"]) { html in
                guard let interval = contrast?.interval else { return }
                html.add(number: interval.low)
                html.add(" … ")
                html.add(number: interval.high)
            }
            html.add("td", ["class": "drawn"]) { html in
                guard let contrast else { return }
                (drawing ?? IntervalDrawing([contrast], isRatio: row.scale == .ratio))?.write(contrast, to: &html)
            }
            html.add(
                "td",
                ["class": "n"],
                contrast?.adjustedP.map { $0 < 0.0001 ? "< 0.0001" : formatted("%.4f", $0) } ?? ""
            )
            html.add("td", ["class": "n"], contrast?.effect.map { formatted("%.3g", $0.value) } ?? "")
            html.add("td", ["class": "verdict"]) { html in
                guard let verdict = contrast?.verdict else {
                    return html.add("span", ["class": "muted"], "one side alone")
                }
                let (mark, word, style) = Self.words(verdict)
                html.add("span", ["class": style]) { html in
                    html.add("span", ["aria-hidden": "true"], mark)
                    html.add(" " + word)
                }
            }
        }
    }

    private static func words(_ verdict: Contrast.Verdict) -> (mark: String, word: String, style: String) {
        switch verdict {
        case .different: ("◆", "different", "different")
        case .notShown: ("◇", "no difference shown", "muted")
        case .identical: ("=", "identical", "muted")
        case .unstable: ("△", "few runs", "warn")
        case .single: ("△", "one run a side", "warn")
        case .noSpread: ("△", "no spread", "warn")
        case .empty: ("–", "no value", "muted")
        }
    }
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
