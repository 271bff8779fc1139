/// HTML in the making: every element is closed and every text escaped, so that it is well-formed whatever is in a name.
///
/// Names of elements and attributes are literals of the source; what comes from a store can only be a value or a text.
struct HTML: Sendable {
    private(set) var text = ""

    /// The attributes of an element: one that is nil is left out, an empty one stands alone.
    typealias Attributes = KeyValuePairs<StaticString, String?>

    /// Elements that have no content.
    private static let voids: Set<String> = ["input", "br", "hr", "meta", "link", "img", "col"]

    /// Writes an element.
    mutating func add(
        _ name: StaticString,
        _ attributes: Attributes = [:],
        _ content: (inout HTML) -> Void = { _ in }
    ) {
        open(name, attributes)
        guard !Self.voids.contains(name.description) else { return }
        content(&self)
        close(name)
    }

    /// Writes an element that holds nothing but text.
    mutating func add(_ name: StaticString, _ attributes: Attributes = [:], _ content: String) {
        open(name, attributes)
        add(content)
        close(name)
    }

    /// Writes text.
    mutating func add(_ content: String) { Self.escape(content, into: &text) }

    /// Writes a picture of `Analysis`, which escapes its texts itself.
    mutating func add(picture svg: String) { text += svg }

    /// Writes markup that stands in the source.
    mutating func add(markup: StaticString) { text += markup.description }

    /// Writes what was made elsewhere.
    mutating func add(_ other: HTML) { text += other.text }

    private mutating func open(_ name: StaticString, _ attributes: Attributes) {
        text += "<"
        text += name.description
        for (key, value) in attributes {
            guard let value else { continue }
            text += " "
            text += key.description
            guard !value.isEmpty else { continue }
            text += "=\""
            Self.escape(value, into: &text)
            text += "\""
        }
        text += ">"
    }

    private mutating func close(_ name: StaticString) {
        text += "</"
        text += name.description
        text += ">"
    }

    /// A text as HTML takes it: its markup as references, and what may not be seen, or would turn the direction of
    /// the text around it, made visible.
    static func escape(_ content: String, into result: inout String) {
        guard content.utf8.contains(where: { $0 < 32 || $0 > 126 || [34, 38, 39, 60, 62].contains($0) }) else {
            result += content
            return
        }
        for scalar in content.unicodeScalars {
            switch scalar.value {
            case 0x26: result += "&amp;"
            case 0x3C: result += "&lt;"
            case 0x3E: result += "&gt;"
            case 0x22: result += "&quot;"
            case 0x27: result += "&#39;"
            case 0x0A, 0x09: result.unicodeScalars.append(scalar)
            case 0..<0x20: result.unicodeScalars.append(Unicode.Scalar(0x2400 + scalar.value) ?? " ")
            case 0x7F...0x9F, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFFFE...0xFFFF:
                result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}
