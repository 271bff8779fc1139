import Storage

/// The values of a setting as a person types them: `50`, or `50,100,200` for a grid.
public enum ValueList {
    /// Reads numbers, each of which has to be in a range.
    ///
    /// - Parameters:
    ///   - list: what was typed.
    ///   - option: the option's name, for errors.
    ///   - bounds: the range.
    /// - Returns: the numbers in their order.
    /// - Throws: ``ConfigurationError`` for one that is none, or is given twice.
    public static func numbers<Value: LosslessStringConvertible & Comparable>(
        _ list: String,
        _ option: String,
        in bounds: ClosedRange<Value>
    ) throws(ConfigurationError) -> [Value] {
        let kind = Value.self == Int.self ? "a whole number" : "a number"
        return try values(list, option, "\(kind) from \(bounds.lowerBound) to \(bounds.upperBound)") { word in
            guard let value = Value(word), bounds.contains(value) else { return nil }
            guard value as? Double == 0 else { return value }
            // 0 and -0 are one configuration, and what is too small for a double is neither.
            return NumberText.vanishes(word, as: 0) ? nil : 0.0 as? Value
        }
    }

    /// Reads words of a kind.
    ///
    /// - Returns: the values in their order.
    /// - Throws: ``ConfigurationError`` for one that is none, or is given twice.
    public static func choices<Value: RawRepresentable<String> & CaseIterable & Equatable>(
        _ list: String,
        _ option: String
    ) throws(ConfigurationError) -> [Value] {
        let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
        return try values(list, option, "one of \(names)") { Value(rawValue: $0) }
    }

    private static func values<Value: Equatable>(
        _ list: String,
        _ option: String,
        _ expected: String,
        _ read: (String) -> Value?
    ) throws(ConfigurationError) -> [Value] {
        var values: [Value] = []
        for word in list.split(separator: ",", omittingEmptySubsequences: false) {
            guard let value = read(String(word)) else {
                throw ConfigurationError(option, "\(list): '\(word)' is not \(expected)")
            }
            guard !values.contains(value) else { throw ConfigurationError(option, "\(list): \(word) is given twice") }
            values.append(value)
        }
        return values
    }
}
