/// A filter and an order as SQL, and the values to bind.
///
/// Elsewhere SQL is in the folder Queries; here it depends on what a person asked, so this is the one place that
/// composes it. Nothing of what was typed gets into the text: keys and values are bound. The statements themselves are
/// files all the same, with the marks of ``completed(_:)`` where these conditions go.
///
/// Every field but those of the row itself is a subquery that seeks by primary key, so that the tests see one row of
/// `run_metric_keys` or `layer_variances` a run, however many there are. Only `runs` has to be in the statement around it.
struct FilterSQL {
    private(set) var values: [SQLValue] = []
    private var condition = ""
    private var order = ""
    /// The values that runs are ordered by, for a statement that asks for them.
    private var keys = ""
    private var after = ""
    /// Parameters that the statement has of its own.
    private let parameters: Int
    let dead: Set<Int64>

    /// Compiles a filter and an order.
    ///
    /// - Parameters:
    ///   - filter: which runs.
    ///   - order: the keys that come before the statement's own order, by number from the newest.
    ///   - after: the run after which the list continues, with its values of `order`; nil for the whole list.
    ///   - dead: the runs that are recorded as running but read as killed; none for a statement about finished runs alone.
    ///   - parameters: how many parameters the statement has of its own.
    init(
        _ filter: Filter,
        order: [RunOrder] = [],
        after: (run: Int64, keys: [SQLValue])? = nil,
        dead: Set<Int64> = [],
        parameters: Int
    ) {
        self.dead = dead
        self.parameters = parameters
        if let condition = filter.condition { self.condition = "AND " + sql(condition, isNegated: false) }
        let keys = order.map { key(of: $0.field) }
        self.keys = keys.map { $0 + ", " }.joined()
        self.order = zip(keys, order).map { $0 + ($1.isDescending ? " DESC" : "") + " NULLS LAST, " }.joined()
        if let after { self.after = "AND " + sql(zip(keys, order), behind: after) }
    }

    /// A statement of Queries with filter and order where its marks are.
    func completed(_ statement: [UInt8]) -> [UInt8] {
        Self.completed(statement, filter: condition, order: order, keys: keys, after: after)
    }

    /// A statement of Queries with these parts where its marks are.
    static func completed(
        _ statement: [UInt8],
        filter: String,
        order: String = "",
        keys: String = "",
        after: String = "",
        joins: String = ""
    ) -> [UInt8] {
        var text = String(decoding: statement, as: UTF8.self)
        for (mark, part) in [
            ("/* AND filter */", filter), ("/* order, */", order), ("/* keys, */", keys), ("/* AND after */", after),
            ("/* joins */", joins),
        ] {
            if let place = text.firstRange(of: mark) { text.replaceSubrange(place, with: part) }
        }
        return [UInt8](text.utf8)
    }

    /// Prepares a statement of Queries with filter and order where its marks are, and binds all parameters.
    ///
    /// - Parameters:
    ///   - query: the statement.
    ///   - connection: where it is asked.
    ///   - own: the values of the statement's own parameters.
    /// - Returns: the statement, before its first row.
    /// - Throws: ``SQLiteError``.
    func statement<each Value: SQLConvertible>(
        _ query: [UInt8],
        on connection: borrowing Connection,
        _ own: repeat each Value
    ) throws(SQLiteError) -> Statement {
        let statement = try connection.prepare(completed(query))
        try statement.bind(repeat each own)
        for (index, value) in values.enumerated() { try statement.bind(value, at: parameters + index) }
        return statement
    }

    mutating func bind(_ value: some SQLConvertible) -> String {
        values.append(value.sqlValue)
        return "?\(parameters + values.count)"
    }

    // MARK: The tree

    /// A condition that is whole by itself beside AND.
    ///
    /// NOT goes down to the tests, which three-valued logic allows as well as the other one, groups come first, and only
    /// OR has parentheses: all that keeps SQLite's parser, whose stack is short, from going deep.
    private mutating func sql(_ condition: Condition, isNegated: Bool) -> String {
        switch condition {
        case .not(let inner): return sql(inner, isNegated: !isNegated)
        case .all(let parts) where !isNegated: return sql(parts, isNegated).joined(separator: " AND ")
        case .any(let parts) where isNegated: return sql(parts, isNegated).joined(separator: " AND ")
        case .all(let parts), .any(let parts): return "(" + sql(parts, isNegated).joined(separator: " OR ") + ")"
        case .test(let field, let test): return (isNegated ? "NOT " : "") + sql(field, test)
        }
    }

    private mutating func sql(_ parts: [Condition], _ isNegated: Bool) -> [String] {
        (parts.filter { !$0.isTest } + parts.filter(\.isTest)).map { sql($0, isNegated: isNegated) }
    }

    private mutating func sql(_ field: RunField, _ test: FieldTest) -> String {
        let source = source(of: field)
        let predicate: String
        switch test {
        // Outside of the subquery: of a row that is not there nothing is asked inside.
        case .isNull: return "(\(source.head)\(source.column)\(source.tail) IS NULL)"
        // Inside, so that of what is not there nothing is true, after NOT neither.
        case .isNaN: predicate = "\(source.column) IS NULL"
        case .isFinite: predicate = "ifnull(abs(\(source.column)) < 9e999, 0)"
        case .compare(let comparison, let value): predicate = sql(source.column, field.kind, comparison, value)
        case .among(let list): predicate = sql(source.column, field.kind, among: list)
        case .like(let pattern, ignoringCase: true): predicate = "\(source.column) LIKE \(bind(pattern))"
        // LIKE minds the case by a pragma only, which would concern all statements of the connection.
        case .like(let pattern, ignoringCase: false): predicate = "\(source.column) GLOB \(bind(Self.glob(pattern)))"
        }
        return "(\(source.head)\(predicate)\(source.tail))"
    }

    /// A pattern of LIKE as one of GLOB, which minds the case.
    static func glob(_ pattern: String) -> String {
        var glob = String.UnicodeScalarView()
        for scalar in pattern.unicodeScalars {
            switch scalar {
            case "%": glob.append("*")
            case "_": glob.append("?")
            case "*", "?", "[": glob += ["[", scalar, "]"]
            default: glob.append(scalar)
            }
        }
        return String(glob)
    }

    // MARK: Order

    /// A value that runs are ordered by.
    private mutating func key(of field: RunField) -> String {
        let source = source(of: field)
        return source.head + (field.kind == .value ? Self.typed(source.column) : source.column) + source.tail
    }

    /// What is true of the runs that come after another one.
    ///
    /// In the first key that is not its own they are beyond it, or where all are its own they are older. What is NULL
    /// comes last.
    private mutating func sql(
        _ keys: Zip2Sequence<[String], [RunOrder]>,
        behind run: (run: Int64, keys: [SQLValue])
    ) -> String {
        var parts: [String] = []
        var equal = ""
        for ((key, order), value) in zip(keys, run.keys) {
            guard value != .null else {
                equal += "\(key) IS NULL AND "
                continue
            }
            let value = bind(value)
            parts.append("\(equal)(\(key) \(order.isDescending ? "<" : ">") \(value) OR \(key) IS NULL)")
            equal += "\(key) IS \(value) AND "
        }
        parts.append("\(equal)runs.id < \(bind(run.run))")
        return "(" + parts.joined(separator: " OR ") + ")"
    }
}

extension Condition {
    fileprivate var isTest: Bool {
        switch self {
        case .test: true
        case .not(let inner): inner.isTest
        case .all, .any: false
        }
    }
}
