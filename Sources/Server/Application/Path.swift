import HTTPTypes
import Storage

/// The path and the query of a request, decoded.
struct Path: Sendable {
    /// The words between the slashes; none for `/`.
    let words: [String]
    /// In the order they came.
    let query: [(name: String, value: String)]

    /// Reads `/runs/1?limit=20`.
    ///
    /// - Throws: ``Problem`` for what is no path, or holds a NUL or what is no UTF-8.
    init(_ text: String) throws(Problem) {
        guard text.hasPrefix("/") else { throw Problem(.badRequest, "the path does not begin with a slash") }
        let parts = text.parts(between: "?", atMost: 2)
        var words: [String] = []
        for word in parts[0].parts(between: "/").dropFirst() {
            words.append(try Self.decoded(word, isQuery: false))
        }
        // Two slashes at the beginning are one.
        words.removeFirst(words.prefix { $0.isEmpty }.count)
        self.words = words
        var query: [(name: String, value: String)] = []
        for pair in (parts.count > 1 ? parts[1] : "").parts(between: "&") where !pair.isEmpty {
            let sides = pair.parts(between: "=", atMost: 2)
            let value = sides.count > 1 ? try Self.decoded(sides[1], isQuery: true) : ""
            query.append((try Self.decoded(sides[0], isQuery: true), value))
        }
        self.query = query
    }

    /// A text without its percent signs; in a query, where forms come from, a plus is a space.
    private static func decoded(_ text: String, isQuery: Bool) throws(Problem) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                    throw Problem(.badRequest, "two hexadecimal digits are missing after a % in the address")
                }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where isQuery: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        guard !bytes.contains(0), let decoded = String(validating: bytes, as: UTF8.self) else {
            throw Problem(.badRequest, "the address is not text in UTF-8")
        }
        return decoded
    }

    /// A text as it can stand in an address or a query: letters, digits, `-._~/` and what else is named stay as they are.
    static func encoded(_ text: String, keeping others: StaticString = "") -> String {
        let kept = others.withUTF8Buffer { Array($0) }
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, 45, 46, 47, 95, 126: result.unicodeScalars.append(Unicode.Scalar(byte))
            case let byte where kept.contains(byte): result.unicodeScalars.append(Unicode.Scalar(byte))
            default: result += "%" + Digest.hexadecimal([byte]).uppercased()
            }
        }
        return result
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }
}
