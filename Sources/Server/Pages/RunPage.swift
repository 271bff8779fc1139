import Questions
import Storage

/// One run whole.
struct RunPage {
    private let run: Run
    private let whole: WholeRun
    private let extremes: [MetricExtremes]
    private let profile: RunProfile?
    private let measures: [String]
    private let query: PageQuery
    private let store: Store
    /// The most curves that stand on the page at once.
    private static let mostCurves = 24

    static func page(_ word: String, _ query: PageQuery, in store: Store) throws -> Page {
        try RunPage(word, query, store).page()
    }

    private init(_ word: String, _ query: PageQuery, _ store: Store) throws {
        whole = try WholeRun(word, in: store)
        run = whole.answer.run
        extremes = try store.metricExtremes(of: run.number)
        var measures: [String] = []
        for layer in try store.layers(ofRun: run.number) where !measures.contains(layer.place.measure) {
            measures.append(layer.place.measure)
        }
        self.measures = measures
        let measure = Plots.measure(query) ?? measures.first.map { MeasureWord(stored: $0) }
        profile =
            measures.isEmpty
            ? nil : try RunProfile(word, step: query["step"].flatMap(Int64.init), measure: measure, in: store)
        self.query = query
        self.store = store
    }

    private var title: String { run.name ?? "Run \(run.number)" }

    private var path: String { "/runs/\(run.number)" }

    private func page() -> Page {
        var page = Page(run.name.map { "\($0) (run \(run.number))" } ?? "Run \(run.number)", .runs)
        page.watched = run.number.description
        page.content.add("article", ["class": "run", "data-run": run.number.description]) { html in
            writeHead(&html)
            html.add("div", ["class": "two"]) { html in
                html.add("div", ["class": "wide"]) { html in
                    writeMetrics(&html)
                    writeCurves(&html)
                    writeLayers(&html)
                }
                html.add("div", ["class": "side"]) { html in
                    writeNote(&html)
                    writeTags(&html)
                    writeParams(&html)
                    writeProof(&html)
                    writeWeights(&html)
                    writeEnvironment(&html)
                    writeEdits(&html)
                }
            }
        }
        return page
    }

    // MARK: Head

    private func writeHead(_ html: inout HTML) {
        let isDeleted = whole.lifecycle == .deleted
        html.add("header", ["class": "head", "id": "head", "data-live": "head"]) { html in
            html.add("h1") { html in
                html.add(long: title, limit: 200)
                if run.name != nil { html.add("small", [:], " run \(run.number)") }
            }
            html.add(status: run)
            html.add("span", ["class": "push row"]) { html in
                if let architecture = run.architecture {
                    let others = PageQuery([("filter", "architecture = \(FilterText.quoted(architecture))")])
                    html.add(link: others.address("/"), "Runs of its architecture")
                }
                html.add(link: PageQuery([("a", run.number.description)]).address("/diff"), "Diff with…")
                html.add(
                    "button",
                    [
                        "type": "button", "data-action": isDeleted ? "restore" : "delete", "hidden": "",
                        "data-writes": "", "class": isDeleted ? nil : "danger",
                    ],
                    isDeleted ? "Restore" : "Delete"
                )
            }
        }
        if isDeleted {
            html.add("p", ["class": "notice"], "This run was deleted. It can be restored until it is purged.")
        }
        html.add("dl", ["class": "facts", "id": "facts", "data-live": "facts"]) { html in
            write("architecture", run.architecture, &html)
            write("seed", run.seed?.description, &html)
            write("experiment", run.experiment, &html)
            write("dataset", run.datasetName, &html)
            html.add("div") { html in
                html.add("dt", [:], "started")
                html.add("dd") { $0.add(moment: run.started) }
            }
            write(
                run.ended == nil ? "running for" : "duration",
                (run.duration ?? Moment.age(of: run.started)).description,
                &html
            ) {
                $0.add(Words.duration(run.duration ?? Moment.age(of: run.started)))
            }
            write("steps", Words.count(run.steps), &html)
            write("last step", run.lastStep.map { Words.count($0) }, &html)
        }
        if let text = divergence() { html.add("p", ["class": "notice bad", "role": "note"], text) }
    }

    private func write(
        _ key: String,
        _ value: String?,
        _ html: inout HTML,
        _ content: ((inout HTML) -> Void)? = nil
    ) {
        guard let value else { return }
        html.add("div") { html in
            html.add("dt", [:], key)
            html.add("dd") { html in if let content { content(&html) } else { html.add(long: value, limit: 80) } }
        }
    }

    /// Where something stopped being a finite number.
    private func divergence() -> String? {
        struct Found: Error { let step: Int64 }
        var firsts: [(step: Int64, name: String)] = []
        for metric in whole.answer.metrics where !metric.value.isFinite {
            do {
                try store.forEachValue(ofMetric: metric.key, in: run.number) { step, value in
                    if !value.isFinite { throw Found(step: step) }
                }
            } catch let found as Found {
                firsts.append((found.step, metric.key))
            } catch { return nil }
        }
        if profile?.layers.contains(where: { !$0.variance.isFinite }) == true, let profile {
            let names = Dictionary(
                ((try? store.layers(ofRun: run.number)) ?? []).map { ($0.id, $0.place) },
                uniquingKeysWith: { $1 }
            )
            do {
                try store.forEachStep(of: run.number) { step, layer, value in
                    if !value.isFinite, names[layer]?.measure == profile.measure.stored {
                        firsts.append((step, "the \(profile.measure.noun) at \(names[layer]?.shortName ?? "a layer")"))
                        throw Found(step: step)
                    }
                }
            } catch is Found {} catch { return nil }
        }
        guard let first = firsts.map(\.step).min() else { return nil }
        let names = firsts.filter { $0.step == first }.map(\.name)
        return "Not finite from step \(first): \(names.prefix(6).joined(separator: ", "))"
            + (names.count > 6 ? " and \(names.count - 6) more." : ".")
    }

    // MARK: Metrics and curves

    private func writeMetrics(_ html: inout HTML) {
        html.add("section", ["aria-labelledby": "h-metrics"]) { html in
            html.add("h2", ["id": "h-metrics"], "Metrics")
            guard !whole.answer.metrics.isEmpty else {
                let word = run.status == .running ? "No metric has come yet." : "This run has recorded no metric."
                return html.add("p", ["class": "empty small", "id": "metrics", "data-live": "metrics"], word)
            }
            html.add("div", ["class": "scroll", "id": "metrics", "data-live": "metrics"]) { html in
                html.add("table") { html in
                    html.add("caption", ["class": "unseen"], "Metrics: last, least and greatest value")
                    html.add("thead") { html in
                        html.add("tr") { html in
                            html.add("th", ["scope": "col"], "metric")
                            for word in ["last", "least", "at step", "greatest", "at step"] {
                                html.add("th", ["scope": "col", "class": "n"], word)
                            }
                        }
                    }
                    html.add("tbody") { html in
                        for metric in whole.answer.metrics.prefix(500) { write(metric, &html) }
                    }
                }
            }
            let rest = whole.answer.metrics.count - 500
            if rest > 0 {
                html.add("p", ["class": "muted"], "\(Words.count(rest, "more metric")): the JSON has them all.")
            }
        }
    }

    private func write(_ metric: Metric, _ html: inout HTML) {
        let extreme = extremes.first { $0.key == metric.key }
        html.add("tr") { html in
            html.add("th", ["scope": "row"]) { $0.add(long: metric.key, limit: 80) }
            html.add("td", ["class": "n"]) { $0.add(number: metric.value) }
            for (value, step) in [(extreme?.least, extreme?.leastStep), (extreme?.greatest, extreme?.greatestStep)] {
                html.add("td", ["class": "n"]) { html in
                    if let value { html.add(number: value) } else { html.add(value: .null) }
                }
                html.add("td", ["class": "n muted"], step.map { Words.count($0) } ?? "")
            }
        }
    }

    private func writeCurves(_ html: inout HTML) {
        // A value alone is no curve.
        let keys = whole.answer.metrics.map(\.key)
        guard !keys.isEmpty, (run.lastStep ?? 0) > 0 else { return }
        let wanted = query["find"].map { $0.lowercased() }
        let shown = keys.filter { key in wanted.map { key.lowercased().contains($0) } ?? true }
        html.add("section", ["aria-labelledby": "h-curves"]) { html in
            html.add("h2", ["id": "h-curves"], "Curves")
            html.add(curveControls: query, path: path, keeping: ["step", "measure", "find"])
            if keys.count > 12 || wanted != nil {
                html.add("form", ["class": "bar", "action": path]) { html in
                    html.add(hidden: query.without("find"))
                    html.add("label", ["class": "grow"]) { html in
                        html.add("span", ["class": "label"], "Find metrics")
                        html.add(
                            "input",
                            ["name": "find", "value": query["find"] ?? "", "placeholder": "part of a name"]
                        )
                    }
                    html.add("button", [:], "Find")
                }
            }
            html.add("div", ["class": "cards"]) { html in
                for key in shown.prefix(Self.mostCurves) { write(curve: key, &html) }
            }
            if shown.isEmpty { html.add("p", ["class": "empty small"], "No metric has this in its name.") }
            if shown.count > Self.mostCurves {
                html.add(
                    "p",
                    ["class": "muted"],
                    "\(Words.count(shown.count - Self.mostCurves, "more metric")): find them by name."
                )
            }
        }
    }

    private func write(curve key: String, _ html: inout HTML) {
        var plot = PageQuery([("name", key), ("run", run.number.description)])
        for name in ["axis", "smooth", "from", "to"] { plot = plot.setting(name, query[name]) }
        html.add("div", ["class": "card"]) { html in
            html.add("h3") { html in
                html.add(link: PageQuery([("name", key), ("run", run.number.description)]).address("/curves"), key)
            }
            html.add(plot: "curves", plot, "\(key) by step", isZoomed: true)
        }
    }

    // MARK: Layers

    private func writeLayers(_ html: inout HTML) {
        guard let profile else { return }
        html.add("section", ["aria-labelledby": "h-layers"]) { html in
            html.add("h2", ["id": "h-layers"], "Layers")
            if measures.count > 1 {
                html.add("nav", ["class": "chips", "aria-label": "Measure"]) { html in
                    for measure in measures {
                        let address = query.setting("measure", measure).address(path)
                        html.add(
                            link: address,
                            MeasureWord(stored: measure).noun,
                            current: measure == profile.measure.stored
                        )
                    }
                }
            }
            let base = PageQuery([("run", run.number.description), ("measure", profile.measure.stored)])
            html.add("div", ["class": "cards"]) { html in
                html.add("div", ["class": "card"]) { html in
                    html.add("div", ["id": "profile", "data-live": "profile"]) { html in
                        html.add("h3", [:], "\(profile.measure.heading) by layer at step \(Words.count(profile.step))")
                        html.add(
                            plot: "layers",
                            base.setting("step", profile.step.description),
                            "\(profile.measure.noun) by layer at step \(profile.step)"
                        )
                    }
                    html.add(stepSlider: query, path: path, profile.first, profile.step, profile.last)
                }
                if profile.last > profile.first {
                    html.add("div", ["class": "card"]) { html in
                        html.add("h3", [:], "By layer and step")
                        html.add(
                            plot: "training",
                            base,
                            "\(profile.measure.noun) by layer and step as a map of colours"
                        )
                    }
                }
            }
            html.add("div", ["class": "scroll", "id": "layers", "data-live": "layers"]) { html in
                html.add("table") { html in
                    html.add("caption", ["class": "unseen"], "Layers at step \(profile.step)")
                    html.add("thead") { html in
                        html.add("tr") { html in
                            for word in ["layer", "name"] { html.add("th", ["scope": "col"], word) }
                            html.add("th", ["scope": "col", "class": "n"], profile.measure.noun)
                            html.add("th", ["scope": "col", "class": "n"], "step")
                            html.add("th", ["scope": "col"], "through the runs")
                        }
                    }
                    html.add("tbody") { html in
                        for layer in profile.layers.prefix(500) {
                            html.add("tr") { html in
                                html.add("th", ["scope": "row"]) { html in
                                    html.add(long: layer.layer, limit: 80)
                                    if layer.afterNorm { html.add("small", [:], " behind a norm") }
                                }
                                html.add("td") { $0.add(long: layer.name, limit: 40) }
                                html.add("td", ["class": "n"]) { $0.add(number: layer.variance) }
                                html.add("td", ["class": "n muted"], Words.count(layer.step))
                                html.add("td") { html in
                                    let history = PageQuery([
                                        ("layer", layer.name), ("measure", profile.measure.stored),
                                    ])
                                    html.add(link: history.address("/history"), "History")
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    // MARK: What stands beside it

    private func writeNote(_ html: inout HTML) {
        let note = whole.answer.tags.first { $0.key == "note" }?.value.text
        html.add("section", ["class": "box"]) { html in
            html.add("h2", [:], "Note")
            html.add("div", ["id": "note", "data-live": "note", "data-note": note ?? ""]) { html in
                if let note {
                    html.add("p", ["class": "written"], note)
                } else {
                    html.add("p", ["class": "muted"], "None yet.")
                }
            }
            html.add(
                "button",
                ["type": "button", "data-action": "edit-note", "hidden": "", "data-writes": ""],
                note == nil ? "Write a note" : "Edit"
            )
        }
    }

    private func writeTags(_ html: inout HTML) {
        let tags = whole.answer.tags.filter { $0.key != "note" }
        html.add("section", ["class": "box"]) { html in
            html.add("h2", [:], "Tags")
            html.add("div", ["id": "tags", "data-live": "tags"]) { html in
                guard !tags.isEmpty else { return html.add("p", ["class": "muted"], "None yet.") }
                html.add("table", ["class": "pairs"]) { html in
                    html.add("tbody") { html in
                        for tag in tags.prefix(500) {
                            html.add("tr") { html in
                                html.add("th", ["scope": "row"]) { $0.add(long: tag.key, limit: 60) }
                                html.add("td") { $0.add(long: tag.value.text, limit: 300) }
                                html.add("td", ["class": "act"]) { html in
                                    html.add(
                                        "button",
                                        [
                                            "type": "button", "data-action": "remove-tag", "data-key": tag.key,
                                            "hidden": "", "data-writes": "", "aria-label": "Remove tag \(tag.key)",
                                        ],
                                        "×"
                                    )
                                }
                            }
                        }
                    }
                }
            }
            html.add(
                "button",
                ["type": "button", "data-action": "add-tag", "hidden": "", "data-writes": ""],
                "Add a tag"
            )
        }
    }

    private func writeParams(_ html: inout HTML) {
        html.add("section", ["class": "box"]) { html in
            html.add("h2", [:], "Params")
            guard !whole.answer.params.isEmpty else { return html.add("p", ["class": "muted"], "None.") }
            let params = whole.answer.params
            html.add(pairs: params.prefix(40).map { ($0.key, $0.value.text) })
            guard params.count > 40 else { return }
            html.add("details") { html in
                html.add("summary", [:], Words.count(params.count - 40, "more param"))
                html.add(pairs: params.dropFirst(40).prefix(5000).map { ($0.key, $0.value.text) })
            }
        }
    }

    private func writeProof(_ html: inout HTML) {
        let digests = [
            ("dataset", run.datasetDigest), ("configuration", run.configurationDigest),
            ("initial weights", run.initialWeightsDigest), ("batch order", run.batchOrderDigest),
            ("final weights", run.finalWeightsDigest),
        ].compactMap { name, digest in digest.map { (name, $0) } }
        html.add("section", ["class": "box"]) { html in
            html.add("h2", [:], "Proof")
            if run.configurationDigest != nil, run.status == .finished {
                html.add("p", ["class": "muted"], "Computes the run again and compares every number:")
                html.add(command: "varve verify --store \(Site.name(of: store.path)) \(run.number)")
            } else {
                html.add(
                    "p",
                    ["class": "muted"],
                    run.configurationDigest == nil
                        ? "Recorded by another program, which Varve cannot execute again."
                        : "Only a finished run can be verified."
                )
            }
            html.add("table", ["class": "pairs"]) { html in
                html.add("tbody") { html in
                    for (name, digest) in digests + [("uuid", run.uuid)] {
                        html.add("tr") { html in
                            html.add("th", ["scope": "row"], name)
                            html.add("td") { $0.add(digest: digest) }
                        }
                    }
                }
            }
        }
    }

    private func writeWeights(_ html: inout HTML) {
        html.add("section", ["class": "box"]) { html in
            html.add("h2", [:], "Weights")
            for stage in ["initial", "final"] {
                let kept = whole.tensors.filter { $0.stage == stage }
                html.add("p") { html in
                    guard !kept.isEmpty else { return html.add("span", ["class": "muted"], "\(stage): not kept") }
                    let size = Words.bytes(kept.reduce(0) { $0 &+ $1.size })
                    html.add(
                        "a",
                        [
                            "href": "/api/v1/runs/\(run.number)/weights?at=\(stage)",
                            "download": "run\(run.number)-\(stage).safetensors",
                        ],
                        "\(stage).safetensors"
                    )
                    html.add(" \(Words.count(kept.count, "tensor")), \(size)")
                }
            }
            if whole.tensors.isEmpty, run.configurationDigest != nil {
                html.add("p", ["class": "muted"], "Written again from the run's seed and configuration:")
                html.add(
                    command:
                        "varve weights export \(run.number) --store \(Site.name(of: store.path)) --at final --output run\(run.number).safetensors"
                )
            }
        }
    }

    private func writeEnvironment(_ html: inout HTML) {
        guard let environment = whole.environment, !environment.members.isEmpty else { return }
        html.add("section", ["class": "box"]) { html in
            html.add("details") { html in
                html.add("summary") { $0.add("h2", [:], "Environment") }
                html.add(
                    pairs: environment.members.prefix(200).map { member in
                        if case .string(let text) = member.value {
                            (member.key, text)
                        } else {
                            (member.key, member.value.text)
                        }
                    }
                )
            }
        }
    }

    private func writeEdits(_ html: inout HTML) {
        guard !whole.edits.isEmpty else { return }
        html.add("section", ["class": "box"]) { html in
            html.add("h2", [:], "Changed by hand")
            html.add("ul", ["class": "plain"]) { html in
                for edit in whole.edits.suffix(100) {
                    html.add("li") { html in
                        html.add(moment: edit.at)
                        html.add(": ")
                        html.add(
                            long:
                                "\(edit.field) was \(edit.old == .null ? "missing" : edit.old.text), is now \(edit.new == .null ? "missing" : edit.new.text)",
                            limit: 300
                        )
                    }
                }
            }
        }
    }
}

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

extension MeasureWord {
    /// The noun at the beginning of a heading.
    var heading: String { noun.prefix(1).uppercased() + noun.dropFirst() }
}
