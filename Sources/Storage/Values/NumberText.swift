/// Numbers as text, both ways.
///
/// Params of other programs and all tags are text; this is the one rule by which filters, groups and orders read numbers in
/// them, in what a person types as well as in what is stored.
public enum NumberText {
    /// A double with the fewest digits that read back as the same one; `NaN`, `Infinity` and `-Infinity` for the others.
    public static func exact(_ value: Double) -> String {
        value.isFinite ? value.description : value.isNaN ? "NaN" : value > 0 ? "Infinity" : "-Infinity"
    }

    /// The number that a text reads as: `100`, `-2.5`, `1e-3`, `.5`, `inf`, `-Infinity`, with spaces around it or not.
    ///
    /// - Returns: an integer or a real; nil for other text, and for numbers that would lose digits or become infinite:
    ///   whole ones beyond 64 bits, and reals beyond a double or too near to 0 for one.
    static func number(in text: String) -> SQLValue? {
        let bytes = text.utf8.drop(while: isSpace)
        // Nearly all text is none, and that shows in its first letter.
        guard let first = bytes.first, first < 58 || first | 32 == UInt8(ascii: "i"),
            let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return nil }
        guard let word = String(bytes[...last]), let form = form(of: word.utf8) else { return nil }
        switch form {
        case .whole: return Int64(word).map { .integer($0) }
        case .decimal: return Double(word).flatMap { $0.isFinite && !vanishes(word, as: $0) ? .real($0) : nil }
        case .infinite: return .real(first == UInt8(ascii: "-") ? -.infinity : .infinity)
        }
    }

    /// Whether a word is a number that is not 0, and too near to 0 for a double.
    ///
    /// - Parameters:
    ///   - word: the number, decimal or hexadecimal.
    ///   - value: the double it reads as.
    /// - Returns: whether 0 is not what was meant.
    public static func vanishes(_ word: String, as value: Double) -> Bool {
        guard value == 0 else { return false }
        let word = word.lowercased()
        let isHexadecimal = word.utf8.contains(UInt8(ascii: "x"))
        let end = UInt8(ascii: isHexadecimal ? "p" : "e")
        return word.utf8.prefix { $0 != end }.contains {
            (49...57).contains($0) || isHexadecimal && (97...102).contains($0)
        }
    }

    /// How a number is written.
    enum Form {
        case whole, decimal, infinite
    }

    /// How a word that is a number is written; nil for any other.
    static func form(of word: String.UTF8View) -> Form? {
        var rest = word[...]
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest.removeFirst() }
        if ["inf", "infinity"].contains(String(rest)?.lowercased()) { return .infinite }
        let whole = dropDigits(&rest)
        var isDecimal = false
        var fraction = 0
        if rest.first == UInt8(ascii: ".") {
            isDecimal = true
            rest.removeFirst()
            fraction = dropDigits(&rest)
        }
        guard whole + fraction > 0 else { return nil }
        if let mark = rest.first, mark | 32 == UInt8(ascii: "e") {
            isDecimal = true
            rest.removeFirst()
            if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest.removeFirst() }
            guard dropDigits(&rest) > 0 else { return nil }
        }
        return rest.isEmpty ? (isDecimal ? .decimal : .whole) : nil
    }

    private static func dropDigits(_ rest: inout Substring.UTF8View) -> Int {
        let count = rest.count
        rest = rest.drop { (48...57).contains($0) }
        return count - rest.count
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
}

extension SQLValue {
    /// What a person types for a value whose kind is not said: a number where the text reads as one, else the text.
    public init(reading text: String) { self = NumberText.number(in: text) ?? .text(text) }

    /// The value as text, as CSV writes it; nothing for NULL, a blob in hexadecimal.
    public var text: String {
        switch self {
        case .null: ""
        case .integer(let value): value.description
        case .real(let value): NumberText.exact(value)
        case .text(let text): text
        case .blob(let bytes): Digest.hexadecimal(bytes)
        }
    }

    /// The value by the one rule of values: text that is a number is that number, a whole real is an integer.
    ///
    /// Two values are the same param, group or label if and only if these are equal; what was given is shown as given.
    public var canonical: SQLValue {
        switch self {
        case .text(let text): NumberText.number(in: text)?.canonical ?? self
        case .real(let value): Int64(exactly: value).map { .integer($0) } ?? self
        default: self
        }
    }
}
