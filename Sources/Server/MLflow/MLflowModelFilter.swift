import Storage

/// A search of models: they are few, so it is decided here and not by the store.
struct ModelFilter: Sendable {
    enum Field: Sendable, Hashable {
        case attribute(String), metric(String), param(String), tag(String)

        /// Reads `metrics.rmse`, `params.alpha`, `tags.kind`, `name`.
        init(_ text: String) {
            let parts = text.split(separator: ".", maxSplits: 1).map { part in
                part.filter { $0 != "`" && $0 != "\"" }
            }
            guard parts.count == 2 else { self = .attribute(parts.first ?? ""); return }
            switch parts[0] {
            case "metric", "metrics": self = .metric(parts[1])
            case "param", "params", "parameter", "parameters": self = .param(parts[1])
            case "tag", "tags": self = .tag(parts[1])
            default: self = .attribute(parts[1])
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
            clauses.append(Clause(field: Field(name), test: test))
        }
        self.clauses = clauses
    }

    func finds(_ value: (Field) -> SQLValue) -> Bool {
        clauses.allSatisfy { Self.holds($0.test, value($0.field)) }
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
        let marks = Array(ignoringCase ? pattern.lowercased() : pattern)
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
        for letter in ignoringCase ? text.lowercased() : text {
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

    /// Reads `[{"field_name": "metrics.rmse", "ascending": true}]`.
    static func list(_ request: MLflowRequest) throws(MLflowError) -> [ModelOrder] {
        var orders: [ModelOrder] = []
        for item in try request.list("order_by") {
            let fields = try MLflowRequest(item)
            orders.append(
                ModelOrder(
                    field: ModelFilter.Field(try fields.required("field_name")),
                    isAscending: try fields.truth("ascending") ?? true
                )
            )
        }
        return orders
    }

    /// Sorts, so that what is equal stays as it is and what is not there comes last.
    func sorted<Item>(_ items: [Item], by value: (Item) -> (ModelFilter.Field) -> SQLValue) -> [Item] {
        items.enumerated().sorted { left, right in
            let (one, other) = (value(left.element)(field), value(right.element)(field))
            switch (one, other) {
            case (.null, .null): return left.offset < right.offset
            case (.null, _): return false
            case (_, .null): return true
            default: break
            }
            if one == other { return left.offset < right.offset }
            return Self.isLess(one, other) == isAscending
        }.map(\.element)
    }

    private static func isLess(_ one: SQLValue, _ other: SQLValue) -> Bool {
        if let left = Double(sqlValue: one), let right = Double(sqlValue: other) { return left < right }
        return one.text < other.text
    }
}
