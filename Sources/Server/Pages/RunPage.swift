import Questions
import Storage

/// One run whole.
struct RunPage {
    let run: Run
    let whole: WholeRun
    let extremes: [MetricExtremes]
    let profile: RunProfile?
    let measures: [String]
    let artifacts: [Artifact]
    let query: PageQuery
    let store: Store

    static func page(_ word: String, _ query: PageQuery, in store: Store) throws -> Page {
        try RunPage(word, query, store).page()
    }

    private init(_ word: String, _ query: PageQuery, _ store: Store) throws {
        whole = try WholeRun(word, in: store)
        run = whole.answer.run
        extremes = try store.metricExtremes(of: run.number)
        artifacts = try store.artifacts(of: run.number)
        var measures: [String] = []
        for layer in try store.layers(ofRun: run.number) where !measures.holds(layer.place.measure) {
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

    var path: String { "/runs/\(run.number)" }

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
                    writeArtifacts(&html)
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
        html.add(
            "header",
            [
                "class": "head", "id": "head", "data-live": "head", "data-name": run.name ?? "",
                "data-experiment": run.experiment,
            ]
        ) { html in
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
                    ["type": "button", "id": "edit-run", "data-action": "edit-run", "hidden": "", "data-writes": ""],
                    "Rename or move…"
                )
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
        html.add("div", ["id": "lifecycle", "data-live": "lifecycle"]) { html in
            if isDeleted {
                html.add("p", ["class": "notice"], "This run was deleted. It can be restored until it is purged.")
            }
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
        html.add("div", ["id": "divergence", "data-live": "divergence"]) { html in
            if let text = divergence() { html.add("p", ["class": "notice bad", "role": "note"], text) }
        }
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
                    if !value.isFinite, names[layer]?.measure.isExactly(profile.measure.stored) == true {
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
}
