/// Which runs or experiments a program over the network asks for, and in which order.
///
/// It is what remains of a text when it was read. Tests are joined by AND; of what is not there nothing is true, but
/// ``Test/isNull``.
public struct RemoteSearch: Sendable, Equatable {
    public var clauses: [Clause] = []
    public var order: [Key] = []

    public init() {}

    /// A test of one field.
    public struct Clause: Sendable, Equatable {
        public var field: Field
        public var test: Test

        public init(_ field: Field, _ test: Test) {
            self.field = field
            self.test = test
        }
    }

    /// What is tested or ordered by.
    public enum Field: Sendable, Hashable {
        case metric(String), param(String), tag(String)
        case runID, runName, status, userID, artifactURI, startTime, endTime
        /// Of a data set that a run was given to read.
        case datasetName, datasetDigest, datasetContext
        case experimentName, experimentID, created, updated
        case experimentTag(String)
    }

    /// What is asked of a field.
    public enum Test: Sendable, Equatable {
        case compare(Comparison, SQLValue)
        /// With `%` and `_`.
        case like(String, ignoringCase: Bool)
        case among([SQLValue], isNegated: Bool)
        case isNull, isNotNull
    }

    public enum Comparison: String, Sendable, CaseIterable {
        case equal = "=", unequal = "!=", greater = ">", atLeast = ">=", less = "<", atMost = "<="
    }

    /// A field to order by; what lacks it comes last.
    public struct Key: Sendable, Equatable {
        public var field: Field
        public var isDescending: Bool

        public init(_ field: Field, isDescending: Bool) {
            self.field = field
            self.isDescending = isDescending
        }
    }
}

/// A search as SQL, and the values to bind: nothing of what was typed gets into the text.
struct RemoteSearchSQL {
    private var values: [SQLValue] = []
    private let parameters: Int
    private let dead: Set<Int64>
    private var filter = ""
    private var order = ""

    /// Compiles a search.
    ///
    /// - Parameters:
    ///   - search: which, and in which order.
    ///   - dead: the runs that stand as running but read as killed.
    ///   - parameters: how many parameters the statement has of its own.
    init(_ search: RemoteSearch, dead: Set<Int64> = [], parameters: Int) {
        self.parameters = parameters
        self.dead = dead
        filter = search.clauses.map { "AND \(sql($0)) " }.joined()
        order = search.order.map { sql($0) + ", " }.joined()
    }

    /// Prepares a statement of Queries with filter and order where its marks are, and binds all parameters.
    func statement<each Value: SQLConvertible>(
        _ query: [UInt8],
        on connection: borrowing Connection,
        _ own: repeat each Value
    ) throws(SQLiteError) -> Statement {
        let statement = try connection.prepare(FilterSQL.completed(query, filter: filter, order: order))
        try statement.bind(repeat each own)
        for (index, value) in values.enumerated() { try statement.bind(value, at: parameters + index) }
        return statement
    }

    private mutating func bind(_ value: SQLValue) -> String {
        values.append(value)
        return "?\(parameters + values.count)"
    }

    /// The rows that hold a field of a run, up to the condition, and the column; no rows where it is the run's own.
    private mutating func source(of field: RemoteSearch.Field) -> (rows: String, column: String) {
        switch field {
        case .metric(let key):
            let id = "(SELECT id FROM metric_keys WHERE key = \(bind(.text(key))))"
            return (
                "FROM run_metric_keys AS found WHERE found.run_id = runs.id AND found.key_id = \(id)", "found.value"
            )
        case .param(let key):
            let rows = "FROM params AS found WHERE found.run_id = runs.id AND found.key = \(bind(.text(key)))"
            return (rows, "CAST(found.value AS TEXT)")
        case .tag(let key):
            return (
                "FROM tags AS found WHERE found.run_id = runs.id AND found.key = \(bind(.text(key)))", "found.value"
            )
        case .experimentTag(let key):
            let rows = "FROM experiment_tags AS found WHERE found.experiment_id = experiments.id"
            return (rows + " AND found.key = \(bind(.text(key)))", "found.value")
        case .datasetName: return ("FROM run_inputs AS found WHERE found.run_id = runs.id", "found.name")
        case .datasetDigest: return ("FROM run_inputs AS found WHERE found.run_id = runs.id", "found.digest")
        case .datasetContext:
            let rows =
                "FROM run_inputs AS found CROSS JOIN json_each(found.content, '$.tags') AS tag WHERE found.run_id = runs.id "
                + "AND json_extract(tag.value, '$.key') = 'mlflow.data.context'"
            return (rows, "json_extract(tag.value, '$.value')")
        case .runID: return ("", "runs.uuid")
        case .runName: return ("", "coalesce(runs.name, '')")
        case .status:
            guard !dead.isEmpty else { return ("", "upper(runs.status)") }
            let list = bind(.text(Store.list(dead.sorted())))
            return ("", "iif(runs.id IN (SELECT value FROM json_each(\(list))), 'KILLED', upper(runs.status))")
        case .userID:
            let user = { (key: String) in "(SELECT value FROM tags WHERE run_id = runs.id AND key = '\(key)')" }
            return ("", "coalesce(\(user(Store.userTag)), \(user("mlflow.user")), '')")
        case .artifactURI:
            return ("", "('mlflow-artifacts:/' || runs.experiment_id || '/' || runs.uuid || '/artifacts')")
        case .startTime: return ("", "runs.started")
        case .endTime: return ("", "runs.ended")
        case .experimentName: return ("", "experiments.name")
        case .experimentID: return ("", "experiments.id")
        case .created: return ("", "experiments.created")
        case .updated: return ("", "experiments.updated")
        }
    }

    private mutating func sql(_ clause: RemoteSearch.Clause) -> String {
        let (rows, column) = source(of: clause.field)
        let predicate: String
        switch clause.test {
        case .isNull: return rows.isEmpty ? "\(column) IS NULL" : "NOT EXISTS (SELECT 1 \(rows))"
        case .isNotNull: return rows.isEmpty ? "\(column) IS NOT NULL" : "EXISTS (SELECT 1 \(rows))"
        case .compare(let comparison, let value):
            let plain = "\(column) \(comparison.rawValue) \(bind(value))"
            if case .metric = clause.field {
                // NaN is unequal to everything, and nothing else.
                predicate = comparison == .unequal ? "(\(plain) OR found.is_nan)" : "\(plain) AND NOT found.is_nan"
            } else {
                predicate = plain
            }
        case .like(let pattern, ignoringCase: true): predicate = "\(column) LIKE \(bind(.text(pattern)))"
        case .like(let pattern, ignoringCase: false):
            predicate = "\(column) GLOB \(bind(.text(FilterSQL.glob(pattern))))"
        case .among(let list, let isNegated):
            let items = list.map { bind($0) }.joined(separator: ", ")
            predicate = "\(column) \(isNegated ? "NOT IN" : "IN") (\(items))"
        }
        return rows.isEmpty ? predicate : "EXISTS (SELECT 1 \(rows) AND \(predicate))"
    }

    private mutating func sql(_ key: RemoteSearch.Key) -> String {
        let direction = key.isDescending ? " DESC" : ""
        if case .metric = key.field {
            // NaN behind the numbers, both ways, and before what is not there.
            let kind = source(of: key.field).rows
            let value = source(of: key.field)
            return "coalesce((SELECT found.is_nan \(kind)), 2), (SELECT \(value.column) \(value.rows))\(direction)"
        }
        let (rows, column) = source(of: key.field)
        let value = rows.isEmpty ? column : "(SELECT \(column) \(rows) LIMIT 1)"
        return "\(value)\(direction) NULLS LAST"
    }
}
