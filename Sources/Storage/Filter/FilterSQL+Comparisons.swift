/// Comparisons with what was typed.
extension FilterSQL {
    mutating func sql(
        _ column: String,
        _ kind: RunField.Kind,
        _ comparison: FieldTest.Sign,
        _ value: FilterValue
    ) -> String {
        let sign = comparison.rawValue
        let isEquality = comparison == .equal || comparison == .notEqual
        switch (kind, value) {
        case (.value, .number(let number)):
            return "\(isEquality ? Self.typed(column) : "as_number(\(column))") \(sign) \(bind(number))"
        case (.value, .text(let text)):
            let number = NumberText.number(in: text)
            if isEquality, let number { return "\(Self.typed(column)) \(sign) \(bind(number))" }
            if isEquality { return "\(column) \(sign) \(bind(text))" }
            let asText = "CASE typeof(\(column)) WHEN 'text' THEN \(column) \(sign) \(bind(text)) END"
            guard let number else { return asText }
            return "coalesce(as_number(\(column)) \(sign) \(bind(number)), \(asText))"
        case (_, .number(let number)): return "\(column) \(sign) \(bind(number))"
        case (_, .text(let text)): return "\(column) \(sign) \(bind(text))"
        }
    }

    mutating func sql(_ column: String, _ kind: RunField.Kind, among list: [FilterValue]) -> String {
        var numbers: [String] = []
        var texts: [String] = []
        for value in list {
            switch value {
            case .number(let number): numbers.append(bind(number))
            case .text(let text):
                if kind == .value, let number = NumberText.number(in: text) {
                    numbers.append(bind(number))
                } else {
                    texts.append(bind(text))
                }
            }
        }
        var parts: [String] = []
        if !texts.isEmpty { parts.append("\(column) IN (\(texts.joined(separator: ", ")))") }
        if !numbers.isEmpty {
            let column = kind == .value ? Self.typed(column) : column
            parts.append("\(column) IN (\(numbers.joined(separator: ", ")))")
        }
        return parts.joined(separator: " OR ")
    }

    /// A value that is a number as that number, any other as it is; without the column's affinity, by which SQLite would
    /// turn the number beside it into text.
    static func typed(_ column: String) -> String { "coalesce(as_number(\(column)), \(column))" }
}
