/// Names and values as they are written in a filter.
public enum FilterText {
    /// A text as a filter's value: `'it''s'`.
    public static func quoted(_ text: String) -> String { "'" + doubling("'", in: text) + "'" }

    /// A key as it is written after `params.` or `tags.`: in backticks where it has other than letters, digits and `_-/:.`.
    public static func key(_ key: String) -> String {
        let isPlain = !key.isEmpty && key.allSatisfy { $0.isLetter || $0.isNumber || "_-/:.".contains($0) }
        return isPlain ? key : "`" + doubling("`", in: key) + "`"
    }

    /// The test that a param has a value; that it is not there, of nothing.
    public static func test(param name: String, _ value: SQLValue) -> String {
        "params.\(key(name)) " + (value == .null ? "IS NULL" : "= \(literal(value))")
    }

    /// A value as a filter's value; nothing is written as `none`, which no filter reads.
    public static func literal(_ value: SQLValue) -> String {
        switch value {
        case .null: "none"
        case .text(let text): quoted(text)
        case .integer(let value): value.description
        case .real(let value): NumberText.exact(value)
        case .blob(let bytes): quoted(Digest.hexadecimal(bytes))
        }
    }

    private static func doubling(_ mark: Character, in text: String) -> String {
        text.split(separator: mark, omittingEmptySubsequences: false).joined(separator: "\(mark)\(mark)")
    }
}
