import Storage

/// Reads MLflow's filter and order texts: `clause (AND clause)*` and `field [ASC|DESC]`.
struct MLflowSearch {
    /// What is searched.
    enum Kind { case runs, experiments, models }

    private let kind: Kind
    let text: [Character]
    var position = 0

    /// Reads a search.
    ///
    /// - Throws: ``MLflowError`` that says what is wrong.
    static func search(_ kind: Kind, filter: String?, order: [String]) throws(MLflowError) -> RemoteSearch {
        var search = RemoteSearch()
        if let filter, filter.contains(where: { !$0.isWhitespace }) {
            var parser = MLflowSearch(kind, filter)
            search.clauses = try parser.clauses()
        }
        for text in order {
            var parser = MLflowSearch(kind, text)
            let key = try parser.key()
            guard !search.order.contains(where: { $0.field == key.field }) else {
                throw .invalid("`order_by` contains duplicate fields: \(order)")
            }
            search.order.append(key)
        }
        return search
    }

    /// Reads a filter of models, whose fields are told as they were written.
    ///
    /// - Throws: ``MLflowError`` that says what is wrong.
    static func modelClauses(_ text: String) throws(MLflowError) -> [(name: String, test: RemoteSearch.Test)] {
        guard text.contains(where: { !$0.isWhitespace }) else { return [] }
        var parser = MLflowSearch(.models, text)
        var clauses: [(name: String, test: RemoteSearch.Test)] = []
        repeat {
            parser.skipSpace()
            let start = parser.position
            var name = try parser.segment(endsAtDot: true)
            if parser.position < parser.text.count, parser.text[parser.position] == "." {
                parser.position += 1
                name += "." + (try parser.segment(endsAtDot: false))
            }
            clauses.append((name, try parser.modelTest(of: name, from: start)))
        } while parser.takeWord("AND")
        parser.skipSpace()
        guard parser.position == parser.text.count else { throw parser.invalidClause(from: parser.position) }
        return clauses
    }

    private mutating func modelTest(of name: String, from start: Int) throws(MLflowError) -> RemoteSearch.Test {
        if takeWord("LIKE") { return .like(try quoted(for: name), ignoringCase: false) }
        if takeWord("ILIKE") { return .like(try quoted(for: name), ignoringCase: true) }
        let isNegated = takeWord("NOT")
        if takeWord("IN") { return .among(try list(of: .runID, name), isNegated: isNegated) }
        guard !isNegated, let comparison = takeComparison() else { throw invalidClause(from: start) }
        skipSpace()
        let isText = position < text.count && ["'", "\""].contains(text[position])
        return .compare(comparison, isText ? .text(try quoted(for: name)) : try number(for: name))
    }

    private init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = Array(text)
    }

    // MARK: Clauses

    private mutating func clauses() throws(MLflowError) -> [RemoteSearch.Clause] {
        var clauses: [RemoteSearch.Clause] = []
        repeat { clauses.append(try clause()) } while takeWord("AND")
        skipSpace()
        guard position == text.count else {
            throw .invalid("Invalid clause(s) in filter string: '\(String(text[position...].prefix(100)))'")
        }
        return clauses
    }

    private mutating func clause() throws(MLflowError) -> RemoteSearch.Clause {
        let start = position
        let (field, name) = try identifier(isOrder: false)
        if takeWord("IS") {
            let isNegated = takeWord("NOT")
            guard takeWord("NULL") else { throw invalidClause(from: start) }
            guard Self.isLabel(field) else {
                throw .invalid("IS NULL / IS NOT NULL is only supported for tags and params, not for '\(name)'")
            }
            return .init(field, isNegated ? .isNotNull : .isNull)
        }
        if takeWord("NOT") {
            guard takeWord("IN") else { throw invalidClause(from: start) }
            return .init(field, .among(try list(of: field, name), isNegated: true))
        }
        if takeWord("IN") { return .init(field, .among(try list(of: field, name), isNegated: false)) }
        for (word, ignoringCase) in [("LIKE", false), ("ILIKE", true)] where takeWord(word) {
            guard !Self.isNumber(field) else { throw .invalid("Invalid comparator '\(word)' for '\(name)'") }
            return .init(field, .like(try quoted(for: name), ignoringCase: ignoringCase))
        }
        guard let comparison = takeComparison() else { throw invalidClause(from: start) }
        if Self.isNumber(field) { return .init(field, .compare(comparison, try number(for: name))) }
        guard [.equal, .unequal].contains(comparison) else {
            throw .invalid("Invalid comparator '\(comparison.rawValue)' for '\(name)'")
        }
        let value = try quoted(for: name)
        guard field == .experimentID else { return .init(field, .compare(comparison, .text(value))) }
        return .init(field, .compare(comparison, .integer(try MLflowNames.experimentID(value))))
    }

    func invalidClause(from start: Int) -> MLflowError {
        // MLflow says it so of models.
        let words = kind == .models ? "Invalid filter string" : "Invalid clause(s) in filter string"
        return .invalid("\(words): '\(String(text[start...].prefix(100)))'")
    }

    private static func isNumber(_ field: RemoteSearch.Field) -> Bool {
        switch field {
        case .metric, .startTime, .endTime, .created, .updated: true
        default: false
        }
    }

    private static func isLabel(_ field: RemoteSearch.Field) -> Bool {
        switch field {
        case .param, .tag, .experimentTag: true
        default: false
        }
    }

    // MARK: Order

    private mutating func key() throws(MLflowError) -> RemoteSearch.Key {
        let whole = String(text)
        let (field, _) = try identifier(isOrder: true)
        let isDescending = takeWord("DESC")
        if !isDescending { _ = takeWord("ASC") }
        skipSpace()
        guard position == text.count else { throw .invalid("Invalid order_by clause '\(whole)'. Could not be parsed.") }
        return RemoteSearch.Key(field, isDescending: isDescending)
    }

    // MARK: Fields

    /// A field: an entity and a key with a dot between them, or an attribute alone.
    private mutating func identifier(isOrder: Bool) throws(MLflowError) -> (RemoteSearch.Field, name: String) {
        skipSpace()
        let start = position
        let first = try segment(endsAtDot: true)
        guard position < text.count, text[position] == "." else { return (try attribute(first), first) }
        position += 1
        let key = try segment(endsAtDot: false)
        let name = String(text[start..<position])
        switch (kind, first) {
        case (.runs, "metric"), (.runs, "metrics"): return (.metric(ExactText(key)), name)
        case (.runs, "param"), (.runs, "params"), (.runs, "parameter"), (.runs, "parameters"):
            return (.param(ExactText(key)), name)
        case (.runs, "tag"), (.runs, "tags"): return (.tag(ExactText(key)), name)
        case (.experiments, "tag"), (.experiments, "tags"):
            if isOrder { throw .invalid("Invalid order_by entity: tag") }
            return (.experimentTag(ExactText(key)), name)
        case (_, "attribute"), (_, "attributes"), (_, "attr"), (.runs, "run"): return (try attribute(key), name)
        case (.runs, "dataset"), (.runs, "datasets"):
            let fields: [String: RemoteSearch.Field] = [
                "name": .datasetName, "digest": .datasetDigest, "context": .datasetContext,
            ]
            guard let field = fields[key], !isOrder else {
                throw .invalid("Invalid dataset key '\(key)' specified. Valid keys are name, digest and context")
            }
            return (field, name)
        default:
            throw .invalid(
                "Invalid entity type '\(first)'. Valid values are metric, parameter, tag, attribute and dataset"
            )
        }
    }

    private static let attributes: [String: RemoteSearch.Field] = [
        "run_id": .runID, "run_name": .runName, "run name": .runName, "Run name": .runName, "Run Name": .runName,
        "status": .status, "user_id": .userID, "artifact_uri": .artifactURI, "start_time": .startTime,
        "created": .startTime, "Created": .startTime, "end_time": .endTime,
    ]
    private static let experimentAttributes: [String: RemoteSearch.Field] = [
        "name": .experimentName, "experiment_id": .experimentID, "creation_time": .created,
        "last_update_time": .updated,
    ]

    private func attribute(_ key: String) throws(MLflowError) -> RemoteSearch.Field {
        let known = kind == .runs ? Self.attributes : Self.experimentAttributes
        guard let field = known[key] else {
            throw .invalid(
                "Invalid attribute key '\(key)' specified. Valid keys are \(known.keys.sorted().joined(separator: ", "))"
            )
        }
        return field
    }

    /// A part of a field: bare, or in quotes or backticks.
    ///
    /// In a key dots belong to the name.
    private mutating func segment(endsAtDot: Bool) throws(MLflowError) -> String {
        guard position < text.count else { throw .invalid("Invalid clause(s) in filter string: a field is missing") }
        let mark = text[position]
        if ["`", "\"", "'"].contains(mark) {
            guard let end = text[(position + 1)...].firstIndex(of: mark) else {
                throw .invalid("Invalid clause(s) in filter string: a quote is never closed")
            }
            defer { position = end + 1 }
            return String(text[(position + 1)..<end])
        }
        let start = position
        while position < text.count, !text[position].isWhitespace, !"=!<>()'\"`,".contains(text[position]),
            !(endsAtDot && text[position] == ".")
        {
            position += 1
        }
        guard start < position else { throw invalidClause(from: start) }
        return String(text[start..<position])
    }
}
