/// SVG in the making: every element is closed and every text escaped, so that it is well-formed whatever is in a name.
struct Markup {
    private(set) var text = ""

    /// Writes an element.
    ///
    /// - Parameters:
    ///   - name: the element.
    ///   - attributes: its attributes, in their order; empty ones are left out.
    ///   - title: what shows on hover.
    ///   - content: writes what is in it.
    mutating func element(
        _ name: String,
        _ attributes: KeyValuePairs<String, String>,
        title: String? = nil,
        content: ((inout Markup) -> Void)? = nil
    ) {
        open(name, attributes)
        if title == nil, content == nil {
            text += "/>\n"
            return
        }
        text += ">"
        if let title { text += "<title>\(Self.escaped(title))</title>" }
        if let content {
            text += "\n"
            content(&self)
        }
        text += "</\(name)>\n"
    }

    /// Writes an element that holds nothing but text.
    mutating func element(
        _ name: String,
        _ attributes: KeyValuePairs<String, String> = [:],
        text content: String,
        title: String? = nil
    ) {
        open(name, attributes)
        text += ">\(Self.escaped(content))"
        if let title { text += "<title>\(Self.escaped(title))</title>" }
        text += "</\(name)>\n"
    }

    /// Writes a line of text from a place, which is its start unless `anchor` is `middle` or `end`.
    mutating func line(
        _ content: String,
        x: Double,
        y: Double,
        style: String = "",
        anchor: String = "",
        title: String? = nil
    ) {
        let place: KeyValuePairs = ["class": style, "x": x.pixels, "y": y.pixels, "text-anchor": anchor]
        element("text", place, text: content, title: title)
    }

    mutating func append(_ other: Markup) { text += other.text }

    private mutating func open(_ name: String, _ attributes: KeyValuePairs<String, String>) {
        text += "<\(name)"
        for (key, value) in attributes where !value.isEmpty { text += " \(key)=\"\(Self.escaped(value))\"" }
    }

    /// A text as XML takes it: its markup as references, and what may not be in a document made visible.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n": result += "\n"
            default: result.unicodeScalars.append(visible(scalar))
            }
        }
        return result
    }
}
