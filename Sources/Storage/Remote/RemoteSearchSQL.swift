/// A search as SQL, and the values to bind: nothing of what was typed gets into the text.
struct RemoteSearchSQL {
    private var values: [SQLValue] = []
    private let parameters: Int
    private let dead: Set<Int64>
    private var filter = ""
    private var order = ""
    private var joins = ""
    /// What a run has at most one row of, joined: tested and ordered by, it is looked for once.
    private var joined: [RemoteSearch.Field: Source] = [:]
    /// SQLite joins 64 tables; what is beyond is looked for where it is needed.
    private static let mostJoins = 40

    /// Where a field is.
    private struct Source {
        /// What its rows are called.
        var name = ""
        /// The rows that hold it; nil where it is a column of the run or the experiment itself.
        var table: String?
        /// Which of these rows do.
        var condition = ""
        var column: String

        var rows: String { table.map { "FROM \($0) WHERE \(condition)" } ?? "" }
    }

    /// Compiles a search of experiments.
    ///
    /// - Parameters:
    ///   - search: which, and in which order.
    ///   - parameters: how many parameters the statement has of its own.
    init(_ search: RemoteSearch, parameters: Int) { self.init(search, dead: [], parameters) }

    /// Compiles a search of runs.
    ///
    /// - Parameters:
    ///   - search: which, and in which order.
    ///   - experiments: the ids of their experiments.
    ///   - lifecycles: whether those that were deleted, or the others, or both.
    ///   - dead: the runs that stand as running but read as killed.
    ///   - parameters: how many parameters the statement has of its own.
    init(
        _ search: RemoteSearch,
        of experiments: [Int64],
        _ lifecycles: [Lifecycle],
        dead: Set<Int64>,
        parameters: Int
    ) {
        self.init(search, dead: dead, parameters)
        let experiment = sql("runs.experiment_id", isAmong: experiments.map { .integer($0) })
        let lifecycle = sql("runs.lifecycle", isAmong: lifecycles.map { .string($0.rawValue) })
        filter = "AND \(experiment) AND \(lifecycle) " + filter
        guard experiments.count == 1, lifecycles.count == 1, !search.clauses.contains(where: \.namesRuns) else {
            return
        }
        joins = " INDEXED BY runs_experiment" + joins
    }

    private mutating func sql(_ column: String, isAmong values: [JSON]) -> String {
        switch values.first {
        case .integer(let value)? where values.count == 1: "\(column) = \(bind(.integer(value)))"
        case .string(let value)? where values.count == 1: "\(column) = \(bind(.text(value)))"
        default: "\(column) IN (SELECT value FROM json_each(\(bind(.text(JSON.array(values).text)))))"
        }
    }

    private init(_ search: RemoteSearch, dead: Set<Int64>, _ parameters: Int) {
        self.parameters = parameters
        self.dead = dead
        filter = search.clauses.map { "AND \(sql($0)) " }.joined()
        order = search.order.map { sql($0) + ", " }.joined()
    }

    /// Prepares a statement of Queries with joins, filter and order where its marks are, and binds all parameters.
    func statement<each Value: SQLConvertible>(
        _ query: [UInt8],
        on connection: borrowing Connection,
        _ own: repeat each Value
    ) throws(SQLiteError) -> Statement {
        let text = FilterSQL.completed(query, filter: filter, order: order, joins: joins)
        let statement = try connection.prepare(text)
        try statement.bind(repeat each own)
        for (index, value) in values.enumerated() { try statement.bind(value, at: parameters + index) }
        return statement
    }

    private mutating func bind(_ value: SQLValue) -> String {
        values.append(value)
        return "?\(parameters + values.count)"
    }

    /// Where a field is, and whether its rows are joined.
    private mutating func source(of field: RemoteSearch.Field) -> (source: Source, isJoined: Bool) {
        switch field {
        case .metric, .param, .tag:
            if let known = joined[field] { return (known, true) }
            guard joined.count < Self.mostJoins else { return (source(of: field, as: "found"), false) }
            let source = source(of: field, as: "found\(joined.count)")
            joined[field] = source
            if let table = source.table { joins += " LEFT JOIN \(table) ON \(source.condition)" }
            return (source, true)
        default: return (source(of: field, as: "found"), false)
        }
    }

    private mutating func source(of field: RemoteSearch.Field, as name: String) -> Source {
        func rows(_ table: String, _ condition: String, _ column: String = "value") -> Source {
            Source(name: name, table: "\(table) AS \(name)", condition: condition, column: "\(name).\(column)")
        }
        let ofRun = "\(name).run_id = runs.id"
        switch field {
        case .metric(let key):
            let id = "(SELECT id FROM metric_keys WHERE key = \(bind(.text(key.text))))"
            return rows("run_metric_keys", "\(ofRun) AND \(name).key_id = \(id)")
        case .param(let key):
            var source = rows("params", "\(ofRun) AND \(name).key = \(bind(.text(key.text)))")
            source.column = "CAST(\(source.column) AS TEXT)"
            return source
        case .tag(let key): return rows("tags", "\(ofRun) AND \(name).key = \(bind(.text(key.text)))")
        case .experimentTag(let key):
            let condition = "\(name).experiment_id = experiments.id AND \(name).key = \(bind(.text(key.text)))"
            return rows("experiment_tags", condition)
        case .datasetName: return rows("run_inputs", ofRun, "name")
        case .datasetDigest: return rows("run_inputs", ofRun, "digest")
        case .datasetContext:
            var source = rows("run_inputs", "\(ofRun) AND json_extract(tag.value, '$.key') = 'mlflow.data.context'")
            source.table = source.table.map { "\($0) CROSS JOIN json_each(\(name).content, '$.tags') AS tag" }
            source.column = "json_extract(tag.value, '$.value')"
            return source
        default: return Source(column: column(of: field))
        }
    }

    /// A column of the run or the experiment itself.
    private mutating func column(of field: RemoteSearch.Field) -> String {
        switch field {
        case .runName: return "coalesce(runs.name, '')"
        case .status:
            guard !dead.isEmpty else { return "upper(runs.status)" }
            let list = bind(.text(Store.list(dead.sorted())))
            return "iif(runs.id IN (SELECT value FROM json_each(\(list))), 'KILLED', upper(runs.status))"
        case .userID:
            let user = { (key: String) in "(SELECT value FROM tags WHERE run_id = runs.id AND key = '\(key)')" }
            return "coalesce(\(user(Store.userTag)), \(user("mlflow.user")), '')"
        case .artifactURI:
            return "('mlflow-artifacts:/' || runs.experiment_id || '/' || runs.uuid || '/artifacts')"
        case .startTime: return "runs.started"
        case .endTime: return "runs.ended"
        case .experimentName: return "experiments.name"
        case .experimentID: return "experiments.id"
        case .created: return "experiments.created"
        case .updated: return "experiments.updated"
        default: return "runs.uuid"
        }
    }

    private mutating func sql(_ clause: RemoteSearch.Clause) -> String {
        let (source, isJoined) = source(of: clause.field)
        let column = source.column
        let predicate: String
        switch clause.test {
        case .isNull where isJoined: return "\(source.name).run_id IS NULL"
        case .isNotNull where isJoined: return "\(source.name).run_id IS NOT NULL"
        case .isNull: return source.table == nil ? "\(column) IS NULL" : "NOT EXISTS (SELECT 1 \(source.rows))"
        case .isNotNull: return source.table == nil ? "\(column) IS NOT NULL" : "EXISTS (SELECT 1 \(source.rows))"
        case .compare(let comparison, let value):
            let plain = "\(column) \(comparison.rawValue) \(bind(value))"
            let isNaN = "\(source.name).is_nan"
            if case .metric = clause.field {
                // NaN is unequal to everything, and nothing else.
                predicate = comparison == .unequal ? "(\(plain) OR \(isNaN))" : "\(plain) AND NOT \(isNaN)"
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
        return isJoined || source.table == nil ? predicate : "EXISTS (SELECT 1 \(source.rows) AND \(predicate))"
    }

    private mutating func sql(_ key: RemoteSearch.Key) -> String {
        let (source, isJoined) = source(of: key.field)
        let direction = key.isDescending ? " DESC" : ""
        func value(_ column: String) -> String {
            isJoined || source.table == nil ? column : "(SELECT \(column) \(source.rows) LIMIT 1)"
        }
        switch key.field {
        // NaN behind the numbers, both ways, and before what is not there.
        case .metric: return "coalesce(\(value("\(source.name).is_nan")), 2), \(value(source.column))\(direction)"
        // It is always there; without more words the index has this order.
        case .startTime: return source.column + direction
        default: return "\(value(source.column))\(direction) NULLS LAST"
        }
    }
}

extension RemoteSearch.Clause {
    /// Whether it says which runs are meant, which are found by their ids.
    fileprivate var namesRuns: Bool {
        switch (field, test) {
        case (.runID, .compare(.equal, _)), (.runID, .among(_, isNegated: false)): true
        default: false
        }
    }
}
