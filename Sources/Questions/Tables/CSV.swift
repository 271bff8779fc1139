public import Storage

/// Comma-separated values, RFC 4180, with line feeds alone as sqlite3 and pandas write them.
public enum CSV {
    /// One line of fields, without its end.
    public static func line(_ fields: some Sequence<String>) -> String {
        fields.map { field in
            guard field.utf8.contains(where: { [34, 44, 10, 13].contains($0) }) else { return field }
            return "\"" + field.doubling("\"") + "\""
        }.joined(separator: ",")
    }

    /// A value as a field: text as it is, numbers with all their digits, nothing for null, 1 or 0 for true or false.
    public static func field(_ value: JSON) -> String {
        switch value {
        case .null: ""
        case .bool(let value): value ? "1" : "0"
        case .integer(let value): value.description
        case .real(let value): NumberText.exact(value)
        case .string(let text): text
        case .array, .object: value.text
        }
    }
}
