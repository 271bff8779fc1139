import Storage

/// A search of models: they are few, so it is decided here and not by the store.
struct ModelFilter: Sendable {
    enum Field: Sendable, Hashable {
        case attribute(String), metric(String), param(String), tag(String)

        private static let names = [
            "name": "name", "model_id": "model_id", "model_type": "model_type", "status": "status",
            "source_run_id": "source_run_id", "experiment_id": "experiment_id",
            "artifact_location": "artifact_location", "creation_time": "creation_timestamp_ms",
            "creation_timestamp": "creation_timestamp_ms", "creation_timestamp_ms": "creation_timestamp_ms",
            "last_updated_timestamp": "last_updated_timestamp_ms",
            "last_updated_timestamp_ms": "last_updated_timestamp_ms",
        ]

        /// Reads `metrics.rmse`, `params.alpha`, `tags.kind`, `attributes.name` and `name`.
        init(_ text: String) throws(MLflowError) {
            let parts = text.split(separator: ".", maxSplits: 1).map { part in
                part.filter { $0 != "`" && $0 != "\"" }
            }
            switch (parts.count, parts.first ?? "") {
            case (2, "metrics"), (2, "metric"): self = .metric(parts[1])
            case (2, "params"), (2, "param"): self = .param(parts[1])
            case (2, "tags"), (2, "tag"): self = .tag(parts[1])
            case (2, "attributes"), (2, "attribute"): self = .attribute(try Self.name(parts[1]))
            case (2, let entity):
                throw .invalid(
                    "Invalid entity type: '\(entity)'. Expected one of ['attributes', 'metrics', 'params', 'tags']."
                )
            case (_, let name): self = .attribute(try Self.name(name))
            }
        }

        private static func name(_ text: String) throws(MLflowError) -> String {
            guard let name = names[text] else {
                throw .invalid(
                    "Invalid attribute '\(text)'. Expected one of \(names.keys.sorted().joined(separator: ", "))"
                )
            }
            return name
        }

        var isNumber: Bool {
            switch self {
            case .metric, .attribute("creation_timestamp_ms"), .attribute("last_updated_timestamp_ms"): true
            default: false
            }
        }
    }

    private struct Clause: Sendable {
        let field: Field
        let test: RemoteSearch.Test
    }

    private let clauses: [Clause]

    /// Reads a filter, whose attributes are those of models.
    ///
    /// - Throws: ``MLflowError``.
    init(_ text: String) throws(MLflowError) {
        var clauses: [Clause] = []
        for (name, test) in try MLflowSearch.modelClauses(text) {
            let field = try Field(name)
            try Self.check(test, of: field, name)
            clauses.append(Clause(field: field, test: test))
        }
        self.clauses = clauses
    }

    private static func check(_ test: RemoteSearch.Test, of field: Field, _ name: String) throws(MLflowError) {
        switch (test, field.isNumber) {
        case (.compare(_, .text), true):
            throw .invalid("Expected a number for '\(name)'")
        case (.compare(_, .integer), false), (.compare(_, .real), false):
            throw .invalid("Expected a quoted string value for '\(name)'")
        case (.like, true), (.among, true):
            throw .invalid("Invalid comparison operator for \(name). Expected one of <, <=, >, >=, =, !=")
        case (.compare(let comparison, _), false) where ![.equal, .unequal].contains(comparison):
            throw .invalid(
                "Invalid comparison operator for \(name): '\(comparison.rawValue)'. Expected one of =, !=, LIKE, ILIKE, IN, "
                    + "NOT IN"
            )
        default: break
        }
    }

    /// Whether a model passes: of a metric one value is enough, on one of the data sets where some are named.
    func finds(_ model: FoundModel, _ datasets: [DatasetFilter]) -> Bool {
        let asksMetrics = clauses.contains { if case .metric = $0.field { true } else { false } }
        guard asksMetrics || datasets.isEmpty || !model.metrics(of: datasets).isEmpty else { return false }
        return clauses.allSatisfy { clause in
            model.values(clause.field, datasets).contains { Self.holds(clause.test, $0) }
        }
    }

    private static func holds(_ test: RemoteSearch.Test, _ value: SQLValue) -> Bool {
        switch test {
        case .isNull: value == .null
        case .isNotNull: value != .null
        case .among(let list, let isNegated): value != .null && list.contains(value) != isNegated
        case .like(let pattern, let ignoringCase): matches(value, pattern, ignoringCase)
        case .compare(let comparison, let wanted): value != .null && compares(value, comparison, wanted)
        }
    }

    private static func compares(
        _ value: SQLValue,
        _ comparison: RemoteSearch.Comparison,
        _ wanted: SQLValue
    ) -> Bool {
        if let left = Double(sqlValue: value), let right = Double(sqlValue: wanted) {
            return switch comparison {
            case .equal: left == right
            case .unequal: left != right
            case .greater: left > right
            case .atLeast: left >= right
            case .less: left < right
            case .atMost: left <= right
            }
        }
        return comparison == .unequal ? value != wanted : comparison == .equal && value == wanted
    }

    private static func matches(_ value: SQLValue, _ pattern: String, _ ignoringCase: Bool) -> Bool {
        guard case .text(let text) = value else { return false }
        var states: Set<Int> = [0]
        let marks = Array((ignoringCase ? pattern.lowercased() : pattern).unicodeScalars)
        func closed(_ states: Set<Int>) -> Set<Int> {
            var all = states
            for state in states.sorted() {
                var next = state
                while next < marks.count, marks[next] == "%" {
                    next += 1
                    all.insert(next)
                }
            }
            return all
        }
        states = closed(states)
        for letter in (ignoringCase ? text.lowercased() : text).unicodeScalars {
            var next: Set<Int> = []
            for state in states where state < marks.count {
                if marks[state] == "%" {
                    next.insert(state)
                } else if marks[state] == "_" || marks[state] == letter {
                    next.insert(state + 1)
                }
            }
            states = closed(next)
        }
        return states.contains(marks.count)
    }
}

/// An order of models.
struct ModelOrder: Sendable {
    let field: ModelFilter.Field
    let isAscending: Bool
    /// The data set on which a metric counts; nil: any.
    let datasetName: String?
    let datasetDigest: String?

    /// Reads `[{"field_name": "metrics.rmse", "ascending": true}]`.
    static func list(_ request: MLflowRequest) throws(MLflowError) -> [ModelOrder] {
        var orders: [ModelOrder] = []
        for item in try request.list("order_by") {
            let fields = try MLflowRequest(item)
            let name = try fields.required("field_name")
            let field = try ModelFilter.Field(name)
            switch field {
            case .param, .tag:
                throw .invalid("Invalid order by field name: \(name). Only metrics are supported.")
            case .attribute, .metric: break
            }
            orders.append(
                ModelOrder(
                    field: field,
                    isAscending: try fields.truth("ascending") ?? true,
                    datasetName: try fields.text("dataset_name")?.nonEmpty,
                    datasetDigest: try fields.text("dataset_digest")?.nonEmpty
                )
            )
        }
        return orders
    }

    private func value(_ model: FoundModel) -> SQLValue {
        guard case .metric(let key) = field else { return model.value(field) }
        return model.latest(key) { metric in
            (datasetName == nil || metric.datasetName == datasetName)
                && (datasetDigest == nil || metric.datasetDigest == datasetDigest)
        }
    }

    /// Sorts, so that what is equal stays as it is and what is not there comes last.
    func sorted(_ models: [FoundModel]) -> [FoundModel] {
        let pairs = models.enumerated().map { (offset: $0.offset, model: $0.element, value: value($0.element)) }
        return pairs.sorted { left, right in
            switch (left.value, right.value) {
            case (.null, .null): return left.offset < right.offset
            case (.null, _): return false
            case (_, .null): return true
            default: break
            }
            if left.value == right.value { return left.offset < right.offset }
            return Self.isLess(left.value, right.value) == isAscending
        }.map(\.model)
    }

    private static func isLess(_ one: SQLValue, _ other: SQLValue) -> Bool {
        if let left = Double(sqlValue: one), let right = Double(sqlValue: other) { return left < right }
        return ExactText(one.text) < ExactText(other.text)
    }
}
