import HTTPTypes
import HummingbirdCore
import Storage

/// The fields of a request by MLflow's rules, which are those of protobuf's JSON: unknown fields are passed over, null is
/// nothing, and numbers may be texts.
struct MLflowRequest: Sendable {
    /// They are few: looking at each is faster than a table of them, of which a batch would need a thousand.
    private var fields: [JSON.Member] = []

    init(_ object: JSON) throws(MLflowError) {
        guard case .object(let members) = object else {
            throw MLflowError(.badRequest, "the body is not a JSON object")
        }
        fields = members
    }

    /// What stands behind the question mark.
    init(_ query: [(name: String, value: String)]) {
        for (name, value) in query {
            guard let index = fields.firstIndex(where: { $0.key.isExactly(name) }) else {
                fields.append(.init(name, .string(value)))
                continue
            }
            if case .array(let items) = fields[index].value {
                fields[index] = .init(name, .array(items + [.string(value)]))
            } else {
                fields[index] = .init(name, .array([fields[index].value, .string(value)]))
            }
        }
    }

    /// The value of a field; nil where there is none.
    subscript(name: String) -> JSON? {
        guard let value = fields.last(where: { $0.key.isExactly(name) })?.value else { return nil }
        if case .null = value { return nil }
        return value
    }

    /// A text; nil where it is not given.
    func text(_ name: String) throws(MLflowError) -> String? {
        guard let value = self[name] else { return nil }
        guard case .string(let text) = value else { throw .wrong(value, for: name, "it is not a text") }
        return text
    }

    /// A text that must be given, and not be empty.
    func required(_ name: String) throws(MLflowError) -> String {
        guard let text = try text(name), !text.isEmpty else { throw .missing(name) }
        return text
    }

    /// The id of a run, which comes under either of two names.
    func runID() throws(MLflowError) -> String {
        if self["run_id"] == nil, let text = try text("run_uuid"), !text.isEmpty { return text }
        return try required("run_id")
    }

    func integer(_ name: String) throws(MLflowError) -> Int64? {
        guard let value = self[name] else { return nil }
        return try Self.integer(value, name)
    }

    static func integer(_ value: JSON, _ name: @autoclosure () -> String) throws(MLflowError) -> Int64 {
        switch value {
        case .integer(let number): return number
        case .real(let number): if let whole = Int64(exactly: number) { return whole }
        case .string(let text): if let number = Int64(text) { return number }
        default: break
        }
        throw .wrong(value, for: name(), "it is not a whole number of 64 bits")
    }

    static func real(_ value: JSON, _ name: @autoclosure () -> String) throws(MLflowError) -> Double {
        switch value {
        case .integer(let number): return Double(number)
        case .real(let number): return number
        case .string("NaN"): return .nan
        case .string("Infinity"), .string("inf"): return .infinity
        case .string("-Infinity"), .string("-inf"): return -.infinity
        case .string(let text): if let number = Double(text) { return number }
        default: break
        }
        throw .wrong(value, for: name(), "it is not a number")
    }

    func truth(_ name: String) throws(MLflowError) -> Bool? {
        switch self[name] {
        case nil: return nil
        case .bool(let value)?: return value
        case .string("true")?, .string("True")?: return true
        case .string("false")?, .string("False")?: return false
        case let value?: throw .wrong(value, for: name, "it is not true or false")
        }
    }

    /// A list; none where it is not given.
    ///
    /// One value behind the question mark is a list of one.
    func list(_ name: String, isQuery: Bool = false) throws(MLflowError) -> [JSON] {
        guard let value = self[name] else { return [] }
        if case .array(let items) = value { return items }
        guard isQuery else { throw .wrong(value, for: name, "it is not a list") }
        return [value]
    }

    func texts(_ name: String, isQuery: Bool = false) throws(MLflowError) -> [String] {
        var texts: [String] = []
        for item in try list(name, isQuery: isQuery) {
            switch item {
            case .string(let text): texts.append(text)
            case .integer(let number): texts.append(number.description)
            default: throw .wrong(self[name] ?? .null, for: name, "it is not a list of texts")
            }
        }
        return texts
    }

    /// Key and value of what a list holds.
    func entries(_ name: String) throws(MLflowError) -> [(key: String, value: String)] {
        var entries: [(key: String, value: String)] = []
        let items = try list(name)
        for (index, item) in items.enumerated() {
            guard case .object = item else { throw .wrong(.array(items), for: name, "it does not hold objects") }
            let entry = try MLflowRequest(item)
            let path = "\(name)[\(index)]"
            func text(_ key: String) throws(MLflowError) -> String? {
                guard let value = entry[key] else { return nil }
                guard case .string(let text) = value else {
                    throw .wrong(.array(items), for: name, "a \(key) is no text")
                }
                return text
            }
            guard let key = try text("key"), !key.isEmpty else { throw .missing("\(path).key") }
            entries.append((key, try text("value") ?? ""))
        }
        return entries
    }
}

extension Call {
    /// The largest body of a request, in bytes.
    static var mlflowBody: Int { 2_000_000 }

    /// The fields of a request of MLflow's client.
    ///
    /// - Parameters:
    ///   - limit: how many bytes the body may have.
    ///   - what: how requests with this limit are called, where that is told.
    /// - Returns: the fields.
    /// - Throws: ``MLflowError`` for what is no JSON object, or too large.
    func mlflowRequest(atMost limit: Int = mlflowBody, _ what: String = "Requests") async throws -> MLflowRequest {
        if request.method == .get || request.method == .head { return MLflowRequest(path.query) }
        let bytes: [UInt8]
        do {
            bytes = try await body(atMost: limit)
        } catch let problem as Problem where problem.status == .contentTooLarge {
            await discardBody()
            let size = request.headers[.contentLength].map { "got a request of size \($0)" } ?? "this one is larger"
            var error = MLflowError.invalid("\(what) must be at most \(limit) bytes, \(size).")
            error.headers = problem.headers
            throw error
        }
        guard !bytes.isEmpty else { return MLflowRequest([]) }
        do {
            var json = try JSON(scanning: bytes.span)
            // Old clients send the text of the object as a text.
            if case .string(let text) = json { json = try JSON(scanning: Array(text.utf8).span) }
            return try MLflowRequest(json)
        } catch let error as LogError {
            throw MLflowError(.badRequest, "the body is not JSON: \(error)")
        }
    }

    /// Writes to a run; what is wrong with it is said in MLflow's words.
    func change<Answer: Sendable>(
        run uuid: String,
        _ change: @escaping @Sendable (Store) throws -> Answer
    ) async throws -> Answer {
        try await saying(uuid) { try await self.change(change) }
    }

    /// Records values of metrics of a run; what is wrong with it is said in MLflow's words.
    func record(run uuid: String, values: Int, _ record: @escaping @Sendable (Store) throws -> Void) async throws {
        try await saying(uuid) { try await self.record(values: values, record) }
    }

    private func saying<Answer>(_ uuid: String, _ body: () async throws -> Answer) async throws -> Answer {
        do {
            return try await body()
        } catch StoreError.noRun {
            throw MLflowError.noRun(uuid)
        } catch StoreError.runIsDeleted {
            throw MLflowError.deleted("run", uuid)
        }
    }
}
