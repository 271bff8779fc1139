import Questions
import Storage

extension RunPage {
    func writeLayers(_ html: inout HTML) {
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
            html.add("div", ["class": "scroll tall", "id": "layers", "data-live": "layers"]) { html in
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
                                    if layer.afterNorm { html.add("small", [:], " after a norm") }
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
}
