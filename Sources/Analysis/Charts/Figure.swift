/// A picture in the making: the page with title, subtitle and legend above, and notes below.
struct Figure {
    /// An entry of the legend.
    struct Key {
        let text: String
        /// How wide the sample is.
        var width = 30.0
        /// Draws the sample from its left end on its middle line.
        let draw: (inout Markup, _ x: Double, _ y: Double) -> Void

        /// The line of a group, with the shape of its points.
        static func line(_ text: String, of group: Int) -> Key {
            Key(text: text) { markup, x, y in
                markup.element("g", ["class": Theme.color(group)]) { markup in
                    let line = "M\(x.pixels) \(y.pixels)h30"
                    markup.element("path", ["class": "line", "stroke-dasharray": Theme.dash(group), "d": line])
                    markup.element("path", ["class": "mark", "d": Theme.shape(group, x: x + 15, y: y)])
                }
            }
        }

        static func band(_ text: String) -> Key {
            Key(text: text) { markup, x, y in
                markup.element("path", ["class": "band", "d": "M\(x.pixels) \((y - 6).pixels)h30v12h-30z"])
            }
        }
    }

    static let margin = 20.0
    /// The most keys a legend has; no one tells more apart.
    private static let mostKeys = 40

    /// The width of the page.
    let width: Double
    private let style: PictureStyle
    private let title: String
    private var markup = Markup()
    /// How far down the page is used.
    private var bottom = 10.0

    init(title: String, subtitle: String, style: PictureStyle) {
        self.style = style
        self.title = clipped(style.title ?? title, to: 500)
        width = style.page
        write(self.title, style: "heading", size: 19, height: 22, lines: 4)
        write(clipped(subtitle, to: 1000), style: "muted", height: 17, lines: 6)
        bottom += 6
    }

    /// Writes the legend, as many keys in a row as there is room for.
    mutating func legend(_ keys: [Key]) {
        guard !keys.isEmpty else { return }
        bottom = Self.draw(keys, from: Self.margin, to: width - Self.margin, under: bottom, in: &markup)
    }

    /// Draws the keys of a legend between two sides, in as many rows as they need, and says how far down it came.
    static func draw(
        _ keys: [Key],
        from left: Double,
        to right: Double,
        under top: Double,
        in markup: inout Markup
    ) -> Double {
        var (x, y) = (left, top + 14)
        var keys = keys
        if keys.count > mostKeys {
            let rest = keys.count - mostKeys + 1
            keys.replaceSubrange((mostKeys - 1)..., with: [Key(text: "and \(rest) more", width: -6) { _, _, _ in }])
        }
        for key in keys {
            let indent = key.width + 6
            let text = shortened(key.text, to: right - left - indent, size: Theme.font)
            let width = indent + textWidth(text, size: Theme.font)
            if x > left, x + width > right {
                x = left
                y += 20
            }
            key.draw(&markup, x, y)
            markup.line(text, x: x + indent, y: y + 4, title: text == key.text ? nil : key.text)
            x += width + 16
        }
        return y + 16
    }

    /// Draws under what was written before.
    ///
    /// - Parameter content: draws from a place downwards, and says how far down it came.
    mutating func draw(_ content: (inout Markup, _ top: Double) -> Double) {
        bottom = content(&markup, bottom)
    }

    /// Writes sentences under the picture.
    mutating func note(_ sentences: [String]) {
        guard !sentences.isEmpty else { return }
        bottom += 8
        write(sentences.joined(separator: " "), style: "muted", height: 16, lines: 20)
    }

    private mutating func write(
        _ text: String,
        style: String,
        size: Double = Theme.font,
        height: Double,
        lines limit: Int
    ) {
        let room = width - 2 * Self.margin
        let lines = wrapped(text, to: room, size: size)
        for (index, line) in lines.prefix(limit).enumerated() {
            bottom += height
            let isCut = index == limit - 1 && lines.count > limit
            markup.line(
                shortened(isCut ? line + " …" : line, to: room, size: size),
                x: Self.margin,
                y: bottom,
                style: style
            )
        }
    }

    /// The whole picture; `description` says what there is to see to those who do not see it.
    func svg(description: String) -> String {
        let height = (bottom + 16).rounded()
        var page = Markup()
        page.element(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg", "width": "\(style.width)",
                "height": (height * Double(style.width) / width).rounded().pixels,
                "viewBox": "0 0 \(width.pixels) \(height.pixels)", "class": "varve", "role": "img",
            ]
        ) { page in
            page.element("title", text: title)
            page.element("desc", text: description)
            page.element("style", text: style.theme.sheet)
            page.element("rect", ["class": "page", "width": width.pixels, "height": height.pixels])
            page.append(markup)
        }
        return page.text
    }
}
