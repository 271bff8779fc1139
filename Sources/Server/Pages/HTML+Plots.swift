extension HTML {
    /// Writes a place for a picture: the script fetches it as wide as there is room; without it an image stands there.
    ///
    /// - Parameters:
    ///   - name: the picture.
    ///   - query: what it is asked.
    ///   - text: what it shows, for those who do not see it.
    ///   - isZoomed: whether dragging over it chooses steps.
    mutating func add(plot name: StaticString, _ query: PageQuery, _ text: String, isZoomed: Bool = false) {
        let path = "/pictures/\(name).svg"
        let query = query.setting("title", nil)
        let address = query.address(path)
        // An empty title says that the page has one already.
        let untitled = address + (address.contains("?") ? "&" : "?") + "title="
        add(
            "figure",
            [
                "class": "plot", "data-plot": untitled, "data-zoom": isZoomed ? "" : nil, "aria-label": text,
                "data-text": text,
            ]
        ) { html in
            html.add("noscript") { html in html.add("img", ["src": untitled, "alt": text, "loading": "lazy"]) }
        }
    }

    /// Writes the controls that all curves of a page share.
    mutating func add(curveControls query: PageQuery, path: String, keeping names: [String], hasSmoothing: Bool = true)
    {
        add("form", ["class": "bar controls", "action": path, "id": "curve-controls"]) { html in
            for name in names {
                for value in query.all(name) { html.add("input", ["type": "hidden", "name": name, "value": value]) }
            }
            html.add("label") { html in
                html.add("span", ["class": "label"], "Vertical axis")
                html.add("select", ["name": "axis"]) { html in
                    for (value, word) in [("", "as it suits"), ("linear", "linear"), ("log", "logarithmic")] {
                        let isChosen = (query["axis"] ?? "") == value
                        html.add("option", ["value": value, "selected": isChosen ? "" : nil], word)
                    }
                }
            }
            if hasSmoothing {
                html.add("label") { html in
                    html.add("span", ["class": "label"], "Smoothing")
                    html.add("span", ["class": "row"]) { html in
                        html.add(
                            "input",
                            [
                                "type": "range", "name": "smooth", "min": "0", "max": "0.99", "step": "0.01",
                                "value": query["smooth"] ?? "0",
                            ]
                        )
                        html.add("output", [:], query["smooth"] ?? "0")
                    }
                }
            }
            for (name, word) in [("from", "From step"), ("to", "To step")] {
                html.add("label") { html in
                    html.add("span", ["class": "label"], word)
                    html.add(
                        "input",
                        [
                            "type": "number", "name": name == "from" ? "from" : "to", "value": query[name] ?? "",
                            "class": "short", "placeholder": name == "from" ? "first" : "last",
                        ]
                    )
                }
            }
            html.add("button", ["class": "apply"], "Show")
            html.add("button", ["type": "button", "data-action": "unzoom", "hidden": ""], "Whole run")
            html.add("span", ["class": "muted hint", "data-hint": "", "hidden": ""], "Drag over a curve to zoom.")
        }
    }
}
