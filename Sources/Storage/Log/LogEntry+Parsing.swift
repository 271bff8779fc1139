extension LogEntry {
    /// Reads a line.
    ///
    /// - Parameter line: UTF-8, with or without the line's end.
    /// - Throws: ``LogError`` for anything but one JSON object with the members of one kind of line, each once.
    init(parsing line: Span<UInt8>) throws(LogError) {
        var members = LogMembers()
        var scanner = JSONScanner()
        guard scanner.take("{", line) else { throw scanner.unexpected("a JSON object", line) }
        if !scanner.take("}", line) {
            repeat {
                let key = try scanner.string(line)
                guard scanner.take(":", line) else { throw scanner.unexpected("':'", line) }
                try members.set(key, scanner.value(line))
            } while scanner.take(",", line)
            guard scanner.take("}", line) else { throw scanner.unexpected("',' or '}'", line) }
        }
        guard scanner.peek(line) == nil else { throw scanner.unexpected("the end of the line", line) }
        self = try members.entry()
    }
}

/// The members of a line's object, as they were found.
private struct LogMembers {
    /// The keys there are; one of the first five decides what kind of line it is.
    enum Key: Int {
        case layer, metric, param, tag, end
        case step, variance, value, timestamp, name, position, measure, afterNorm

        static let words = [
            "layer", "metric", "param", "tag", "end",
            "step", "variance", "value", "timestamp", "name", "position", "measure", "after_norm",
        ]

        var word: String { Self.words[rawValue] }

        /// What may stand beside a key that decides the kind.
        var companions: [Key] {
            switch self {
            case .layer: [.step, .variance, .name, .position, .measure, .afterNorm]
            case .metric: [.step, .value, .timestamp]
            case .param, .tag: [.value]
            default: []
            }
        }
    }

    private var values = InlineArray<13, JSONScanner.Value?>(repeating: nil)
    private var count = 0

    mutating func set(_ word: String, _ value: JSONScanner.Value) throws(LogError) {
        guard let index = Key.words.firstIndex(of: word) else {
            throw LogError("'\(word.prefix(40))' is no member of a line")
        }
        guard values[index] == nil else { throw LogError("'\(word)' stands twice") }
        values[index] = value
        count += 1
    }

    // MARK: What they say together

    func entry() throws(LogError) -> LogEntry {
        guard let kind = (0..<5).first(where: { values[$0] != nil }).flatMap(Key.init) else {
            throw LogError("there is no 'layer', 'metric', 'param', 'tag' or 'end' in it")
        }
        let companions = kind.companions
        guard companions.count(where: { has($0) }) == count - 1 else { throw stranger(beside: kind) }
        switch kind {
        case .layer:
            let layer = try LoggedLayer(
                layer: name(.layer),
                name: has(.name) ? name(.name) : nil,
                position: has(.position) ? whole(.position) : nil,
                measure: has(.measure) ? name(.measure) : nil,
                afterNorm: has(.afterNorm) ? truth(.afterNorm) : nil
            )
            guard has(.step) || has(.variance) else { return .layer(layer) }
            return try .variance(layer, step: whole(.step), number(.variance))
        case .metric:
            let timestamp = has(.timestamp) ? try Int64(whole(.timestamp)) : nil
            return try .metric(name(.metric), step: whole(.step), number(.value), timestamp: timestamp)
        case .param: return try .param(name(.param), anything(.value))
        case .tag: return try .tag(name(.tag), text(.value))
        default: return .end(try status(.end))
        }
    }

    private func has(_ key: Key) -> Bool { values[key.rawValue] != nil }

    private func stranger(beside kind: Key) -> LogError {
        let known = [kind] + kind.companions
        let stranger = Key.words.indices.compactMap(Key.init).first { has($0) && !known.contains($0) }
        return LogError("'\(stranger?.word ?? "")' does not belong beside '\(kind.word)'")
    }

    // MARK: One member

    private func member(_ key: Key) throws(LogError) -> JSONScanner.Value {
        guard let value = values[key.rawValue] else { throw LogError("there is no '\(key.word)' in it") }
        return value
    }

    private func name(_ key: Key) throws(LogError) -> String {
        guard case .text(let text) = try member(key), !text.isEmpty else {
            throw try wrong(key, "a name in double quotes")
        }
        return text
    }

    private func whole(_ key: Key) throws(LogError) -> Int {
        guard case .integer(let value) = try member(key), value >= 0 else {
            throw try wrong(key, "a whole number from 0")
        }
        return Int(value)
    }

    private func truth(_ key: Key) throws(LogError) -> Bool {
        guard case .bool(let value) = try member(key) else { throw try wrong(key, "true or false") }
        return value
    }

    private func number(_ key: Key) throws(LogError) -> Double {
        switch try member(key) {
        case .integer(let value): return Double(value)
        case .real(let value): return value
        case .text("NaN"): return .nan
        case .text("Infinity"): return .infinity
        case .text("-Infinity"): return -.infinity
        default: throw try wrong(key, "a number, \"NaN\", \"Infinity\" or \"-Infinity\"")
        }
    }

    private func text(_ key: Key) throws(LogError) -> String {
        switch try anything(key) {
        case .text(let text): return text
        case .integer(let value): return value.description
        case .real(let value): return value.description
        default: throw try wrong(key, "a text")
        }
    }

    /// A value as `params` keep it: JSON's own kinds, lists and objects as the text they were written as.
    private func anything(_ key: Key) throws(LogError) -> SQLValue {
        switch try member(key) {
        case .null: .null
        case .bool(let value): .text(value ? "true" : "false")
        case .integer(let value): .integer(value)
        // A column has no NaN.
        case .real(let value): value.isNaN ? .text("NaN") : .real(value)
        case .text(let text), .nested(let text): .text(text)
        }
    }

    private func status(_ key: Key) throws(LogError) -> RunStatus {
        let statuses = [RunStatus.finished, .failed, .killed]
        guard case .text(let word) = try member(key), let status = statuses.first(where: { $0.rawValue == word }) else {
            throw try wrong(key, "\"finished\", \"failed\" or \"killed\"")
        }
        return status
    }

    private func wrong(_ key: Key, _ expected: String) throws(LogError) -> LogError {
        let found: String =
            switch try member(key) {
            case .null: "null"
            case .bool(let value): "\(value)"
            case .integer(let value): "\(value)"
            case .real(let value): "\(value)"
            case .text(let text), .nested(let text): text.count > 40 ? text.prefix(37) + "..." : text
            }
        return LogError("'\(key.word)' is \(found): give \(expected)")
    }
}
