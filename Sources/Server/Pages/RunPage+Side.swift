import Questions
import Storage

extension RunPage {
    /// A part of the side that changes while somebody looks.
    private static func box(_ name: String) -> HTML.Attributes { ["class": "box", "id": name, "data-live": name] }

    func writeNote(_ html: inout HTML) {
        let note = whole.answer.tags.first { $0.key == "note" }?.value.text
        html.add("section", ["class": "box"]) { html in
            html.add("h2", [:], "Note")
            html.add("div", ["id": "note", "data-live": "note", "data-note": note ?? ""]) { html in
                if let note {
                    html.add("p", ["class": "written"], note)
                } else {
                    html.add("p", ["class": "muted"], "None yet.")
                }
                html.add(
                    "button",
                    ["type": "button", "id": "edit-note", "data-action": "edit-note", "hidden": "", "data-writes": ""],
                    note == nil ? "Write a note" : "Edit"
                )
            }
        }
    }

    func writeTags(_ html: inout HTML) {
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
                ["type": "button", "id": "add-tag", "data-action": "add-tag", "hidden": "", "data-writes": ""],
                "Add a tag"
            )
        }
    }

    func writeParams(_ html: inout HTML) {
        html.add("section", Self.box("params")) { html in
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

    func writeProof(_ html: inout HTML) {
        let digests = [
            ("dataset", run.datasetDigest), ("configuration", run.configurationDigest),
            ("initial weights", run.initialWeightsDigest), ("batch order", run.batchOrderDigest),
            ("final weights", run.finalWeightsDigest),
        ].compactMap { name, digest in digest.map { (name, $0) } }
        html.add("section", Self.box("proof")) { html in
            html.add("h2", [:], "Proof")
            if run.configurationDigest != nil, run.status == .finished {
                html.add("p", ["class": "muted"], "Computes the run again and compares every number:")
                html.add(command: "varve verify \(run.number) --store \(Site.name(of: store.path))")
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

    func writeWeights(_ html: inout HTML) {
        html.add("section", Self.box("weights")) { html in
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

    func writeArtifacts(_ html: inout HTML) {
        guard !artifacts.isEmpty else { return }
        html.add("section", Self.box("artifacts")) { html in
            html.add("h2", [:], "Artifacts")
            html.add("table", ["class": "pairs"]) { html in
                html.add("tbody") { html in
                    for artifact in artifacts.prefix(200) {
                        html.add("tr") { html in
                            html.add("td") { html in
                                let path = PageQuery.encoded(artifact.path)
                                html.add("a", ["href": "/api/v1/runs/\(run.number)/artifacts/\(path)", "download": ""])
                                {
                                    $0.add(long: artifact.path, limit: 120)
                                }
                            }
                            html.add("td", ["class": "n"], Words.bytes(artifact.size))
                        }
                    }
                }
            }
            if artifacts.count > 200 {
                let command = "varve artifacts list \(run.number) --store \(Site.name(of: store.path))"
                html.add("p", ["class": "muted"], "\(Words.count(artifacts.count - 200, "more file")):")
                html.add(command: command)
            }
        }
    }

    func writeEnvironment(_ html: inout HTML) {
        guard let environment = whole.environment, !environment.members.isEmpty else { return }
        html.add("section", Self.box("environment")) { html in
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

    func writeEdits(_ html: inout HTML) {
        guard !whole.edits.isEmpty else { return }
        html.add("section", Self.box("edits")) { html in
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
