extension LogEntry {
    /// Reads a line.
    ///
    /// - Parameter line: UTF-8, with or without the line's end.
    /// - Throws: ``LogError`` for anything but one JSON object with the members of one kind of line, each once; it ends with
    ///   a line as it should be.
    init(parsing line: Span<UInt8>) throws(LogError) {
        var members = LogMembers()
        do throws(LogError) {
            var scanner = JSONScanner()
            try scanner.members(line) { (key, value) throws(LogError) in try members.set(key, value) }
            guard scanner.peek(line) == nil else { throw scanner.unexpected("the end of the line", line) }
            self = try members.entry()
        } catch {
            throw LogError(error.description + (members.example.map { "; write \($0)" } ?? ""))
        }
    }

    /// Holds to what a run can be begun with, before there is one.
    ///
    /// - Throws: ``LogError`` for a key that nobody could type.
    func check() throws(LogError) {
        switch self {
        case .metric(let key, _, _, _): try Self.check(key, of: "metric")
        case .step(let step): for metric in step.metrics { try Self.check(metric.name, of: "metric") }
        case .param(let key, _): try Self.check(key, of: "param")
        case .tag(let key, _): try Self.check(key, of: "tag")
        case .begin(let run): try run.check()
        case .variance, .layer, .artifact, .end: break
        }
    }

    fileprivate static func check(_ key: String, of kind: String) throws(LogError) {
        do throws(StoreError) {
            try Store.checkKey(key, of: kind)
        } catch {
            throw LogError(error.description)
        }
    }
}

extension LoggedRun {
    func check() throws(LogError) {
        for param in params { try LogEntry.check(param.key, of: "param") }
        for tag in tags { try LogEntry.check(tag.key, of: "tag") }
    }
}

extension JSONScanner {
    /// Reads an object and hands over its members.
    mutating func members(
        _ bytes: Span<UInt8>,
        _ body: (String, Value) throws(LogError) -> Void
    ) throws(LogError) {
        guard take("{", bytes) else { throw unexpected("a JSON object", bytes) }
        if take("}", bytes) { return }
        repeat {
            let key = try string(bytes)
            guard take(":", bytes) else { throw unexpected("':'", bytes) }
            try body(key, value(bytes))
        } while take(",", bytes)
        guard take("}", bytes) else { throw unexpected("',' or '}'", bytes) }
    }
}
