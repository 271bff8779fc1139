/// Names and values as they are written in a filter.
public enum FilterText {
    /// A text as a filter's value: `'it''s'`.
    public static func quoted(_ text: String) -> String { "'" + text.doubling("'") + "'" }

    /// A key as it is written after `params.` or `tags.`: in backticks where it has other than letters, digits and `_-/:.`.
    public static func key(_ key: String) -> String {
        let isPlain = !key.isEmpty && key.unicodeScalars.allSatisfy(FilterLexer.continuesWord)
        return isPlain ? key : "`" + key.doubling("`") + "`"
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
}
