/// One member as what it has to be.
extension LogMembers {
    static let numberWords = "a number, \"NaN\", \"Infinity\" or \"-Infinity\""

    func member(_ key: Key) throws(LogError) -> JSONScanner.Value {
        guard let value = values[key.rawValue] else { throw LogError("'\(key.word)' is missing") }
        return value
    }

    func name(_ key: Key) throws(LogError) -> String { try Self.name(key.word, member(key)) }

    static func name(_ key: String, _ value: JSONScanner.Value) throws(LogError) -> String {
        guard case .text(let text) = value, !text.isEmpty else { throw wrong(key, value, "a name in double quotes") }
        return text
    }

    func step() throws(LogError) -> Int {
        let value = try member(.step)
        guard case .integer(let step) = value, Recorder.steps.contains(step) else {
            guard case .integer = value else { throw Self.wrong("step", value, "a whole number") }
            throw Self.wrong("step", value, "one from -2^62 to 2^62")
        }
        return Int(step)
    }

    func position() throws(LogError) -> Int {
        guard case .integer(let value) = try member(.position), value >= 0 else {
            throw try Self.wrong("position", member(.position), "a whole number from 0")
        }
        return Int(value)
    }

    func truth(_ key: Key) throws(LogError) -> Bool {
        guard case .bool(let value) = try member(key) else {
            throw try Self.wrong(key.word, member(key), "true or false")
        }
        return value
    }

    func number(_ key: Key) throws(LogError) -> Double {
        let value = try member(key)
        guard let number = value.number else { throw Self.wrong(key.word, value, Self.numberWords) }
        return number
    }

    func timestamp() throws(LogError) -> Int64? {
        guard let value = values[Key.timestamp.rawValue] else { return nil }
        return try Self.moment("timestamp", value)
    }

    static func moment(_ key: String, _ value: JSONScanner.Value) throws(LogError) -> Int64 {
        guard case .integer(let moment) = value, Moment.range.contains(moment) else {
            throw wrong(key, value, "whole milliseconds since 1970, in the years 1 to 9999")
        }
        return moment
    }

    func text(_ key: Key) throws(LogError) -> String { try Self.text(key.word, member(key)) }

    static func text(_ key: String, _ value: JSONScanner.Value) throws(LogError) -> String {
        switch value {
        case .text(let text): return text
        case .integer, .real, .bool: return value.words
        case .null, .nested: throw wrong(key, value, "a text")
        }
    }

    func numbers(_ key: Key) throws(LogError) -> [LoggedValue] {
        guard let value = values[key.rawValue] else { return [] }
        var numbers: [LoggedValue] = []
        for (name, value) in try Self.object(key.word, value) {
            guard !name.isEmpty else { throw LogError("a name in '\(key.word)' is empty") }
            guard let number = value.number else { throw Self.wrong(name, value, Self.numberWords) }
            numbers.append(LoggedValue(name: name, value: number))
        }
        return numbers
    }

    static func object(
        _ key: String,
        _ value: JSONScanner.Value
    ) throws(LogError) -> [(key: String, value: JSONScanner.Value)] {
        guard case .nested(let text) = value, text.utf8.first == UInt8(ascii: "{") else {
            throw wrong(key, value, "an object")
        }
        let bytes = Array(text.utf8)
        var members: [(key: String, value: JSONScanner.Value)] = []
        var scanner = JSONScanner()
        try scanner.members(bytes.span) { (name, value) throws(LogError) in members.append((name, value)) }
        return members
    }

    func status() throws(LogError) -> RunStatus {
        let statuses = [RunStatus.finished, .failed, .killed]
        let value = try member(.end)
        guard case .text(let word) = value, let status = statuses.first(where: { $0.rawValue == word }) else {
            throw Self.wrong("end", value, "\"finished\", \"failed\" or \"killed\"")
        }
        return status
    }

    static func wrong(_ key: String, _ value: JSONScanner.Value, _ expected: String) -> LogError {
        LogError("'\(LogError.excerpt(key))' is \(value.words): give \(expected)")
    }
}

extension JSONScanner.Value {
    /// As a number; nil where it is none.
    var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .real(let value): value
        case .text("NaN"): .nan
        case .text("Infinity"): .infinity
        case .text("-Infinity"): -.infinity
        default: nil
        }
    }

    /// As `params` keep it: JSON's own kinds, lists and objects as the text they were written as.
    var stored: SQLValue {
        switch self {
        case .null: .null
        case .bool(let value): .text(value ? "true" : "false")
        case .integer(let value): .integer(value)
        // A column has no NaN.
        case .real(let value): value.isNaN ? .text("NaN") : .real(value)
        case .text(let text), .nested(let text): .text(text)
        }
    }

    /// For messages.
    var words: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .real(let value): "\(value)"
        case .text(""): "empty"
        case .text(let text), .nested(let text): LogError.excerpt(text)
        }
    }
}
