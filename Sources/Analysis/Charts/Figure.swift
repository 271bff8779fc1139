/// A picture in the making: the page with title, subtitle and legend above, and notes below.
struct Figure {
    /// An entry of the legend.
    struct Key {
        let text: String
        /// How wide the sample is.
        var width = 30.0
        /// Draws the sample from its left end on its middle line.
        let draw: (inout Markup, _ x: Double, _ y: Double) -> Void

        /// The line of a group, with the shape of its points where it has some.
        static func line(_ text: String, of group: Int, hasPoints: Bool = true) -> Key {
            Key(text: text) { markup, x, y in
                markup.element("g", ["class": Theme.color(group)]) { markup in
                    let line = "M\(x.pixels) \(y.pixels)h30"
                    markup.element("path", ["class": "line", "stroke-dasharray": Theme.dash(group), "d": line])
                    guard hasPoints else { return }
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

    static let width = 800.0
    static let margin = 20.0

    private let title: String
    private var markup = Markup()
    /// How far down the page is used.
    private var bottom = 10.0

    init(title: String, subtitle: String) {
        self.title = title
        let room = Self.width - 2 * Self.margin
        for line in wrapped(title, to: room, size: 19) { write(line, style: "heading", size: 19, height: 22) }
        for line in wrapped(subtitle, to: room, size: Theme.font) { write(line, style: "muted", height: 17) }
        bottom += 6
    }

    /// Writes the legend, as many keys in a row as there is room for.
    mutating func legend(_ keys: [Key]) {
        guard !keys.isEmpty else { return }
        var x = Self.margin
        bottom += 14
        for key in keys {
            let indent = key.width + 6
            let text = shortened(key.text, to: Self.width - 2 * Self.margin - indent, size: Theme.font)
            let width = indent + textWidth(text, size: Theme.font)
            if x > Self.margin, x + width > Self.width - Self.margin {
                x = Self.margin
                bottom += 20
            }
            key.draw(&markup, x, bottom)
            markup.line(text, x: x + indent, y: bottom + 4, title: text == key.text ? nil : key.text)
            x += width + 16
        }
        bottom += 16
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
        let room = Self.width - 2 * Self.margin
        for line in wrapped(sentences.joined(separator: " "), to: room, size: Theme.font) {
            write(line, style: "muted", height: 16)
        }
    }

    private mutating func write(_ line: String, style: String, size: Double = Theme.font, height: Double) {
        bottom += height
        let text = shortened(line, to: Self.width - 2 * Self.margin, size: size)
        markup.line(text, x: Self.margin, y: bottom, style: style)
    }

    /// The whole picture; `description` says what there is to see to those who do not see it.
    func svg(description: String) -> String {
        let (width, height) = (Self.width.pixels, (bottom + 16).rounded().pixels)
        var page = Markup()
        page.element(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg", "width": width, "height": height,
                "viewBox": "0 0 \(width) \(height)", "class": "varve", "role": "img",
            ]
        ) { page in
            page.element("title", text: title)
            page.element("desc", text: description)
            page.element("style", text: Theme.style)
            page.element("rect", ["class": "page", "width": width, "height": height])
            page.append(markup)
        }
        return page.text
    }
}
