/// Holds the copies that two stores have of one run against each other; the other store is attached as `source`.
final class RunComparison {
    /// How the rows of two copies relate.
    enum Relation {
        case same
        /// The source has all that is here, and more.
        case ahead
        /// All that the source has is here, and more.
        case behind
        /// Each has something that the other has not.
        case apart

        func joined(_ other: Relation) -> Relation {
            if self == .same { return other }
            return other == .same || other == self ? self : .apart
        }
    }

    /// What the runs' own rows say.
    struct Rows {
        let status: RunStatus
        let knownStatus: RunStatus
        let isBegunAlike: Bool
        let isEndedAlike: Bool
        /// Whether the source has a later moment.
        ///
        /// Only the store that a run is recorded in notes signs of life, so no copy is ever ahead of it.
        let isLater: Bool
        let isEarlier: Bool
        /// Whether Varve executed the run, and did not only record it.
        let isExecuted: Bool
        /// Whether anything of it was changed later in the source.
        let isNewer: Bool
        /// Whether only the source knows its architecture or its seed.
        let isFuller: Bool
        /// Whether either copy was edited in what its numbers are, so that its layers are others.
        let hasEditedMeasure: Bool
        /// Whether the rows are the same, by their checksums.
        let hasEqualVariances: Bool
        let hasEqualMetrics: Bool
    }

    private let runs: Statement
    private let params: Statement
    private let variances: Statement
    private let metrics: Statement
    private let tensors: Statement

    private let growth: MergeGrowth

    init(_ store: Store, _ growth: MergeGrowth) throws(SQLiteError) {
        let runs = try store.connection.prepare(PackageResources.compareMergeRuns_sql)
        let params = try store.connection.prepare(PackageResources.compareMergeParams_sql)
        let variances = try store.connection.prepare(PackageResources.compareMergeVariances_sql)
        let metrics = try store.connection.prepare(PackageResources.compareMergeMetrics_sql)
        let tensors = try store.connection.prepare(PackageResources.compareMergeTensors_sql)
        self.growth = growth
        self.runs = runs
        self.params = params
        self.variances = variances
        self.metrics = metrics
        self.tensors = tensors
    }

    /// What the rows of a run, by its number in the source and here, say of each other.
    func rows(_ run: Int64, _ known: Int64) throws -> Rows {
        try runs.bind(run, known)
        guard let rows = try runs.first(as: Rows.init) else {
            throw StoreError.notReadBack(what: "run \(known)", path: "the store")
        }
        return rows
    }

    /// What differs first between two copies; nil where nothing does.
    func difference(_ run: Int64, _ known: Int64, _ rows: Rows) throws(SQLiteError) -> String? {
        if try relation(params, run, known) != .same { return "their params" }
        if try relationOfVariances(run, known, rows) != .same { return "their variances" }
        if try relationOfMetrics(run, known, rows) != .same { return "their metrics" }
        return try relation(tensors, run, known) == .same ? nil : "their weights"
    }

    /// How everything recorded of two copies relates.
    func relation(_ run: Int64, _ known: Int64, _ rows: Rows) throws(SQLiteError) -> Relation {
        try relation(params, run, known)
            .joined(relationOfVariances(run, known, rows))
            .joined(relationOfMetrics(run, known, rows)).joined(relation(tensors, run, known))
    }

    /// Checksums tell it where the rows are the same or only more have come; otherwise all rows are looked at.
    private func relationOfVariances(_ run: Int64, _ known: Int64, _ rows: Rows) throws(SQLiteError) -> Relation {
        if rows.hasEditedMeasure { return try relation(variances, run, known, isCounted: true) }
        if rows.hasEqualVariances { return .same }
        return try growth.find(run, known).afterStep == nil ? relation(variances, run, known) : .ahead
    }

    private func relationOfMetrics(_ run: Int64, _ known: Int64, _ rows: Rows) throws(SQLiteError) -> Relation {
        if rows.hasEqualMetrics { return .same }
        return try growth.find(run, known).hasGrownMetrics ? .ahead : relation(metrics, run, known)
    }

    private func relation(
        _ statement: borrowing Statement,
        _ run: Int64,
        _ known: Int64,
        isCounted: Bool = false
    ) throws(SQLiteError) -> Relation {
        try statement.bind(run, known)
        let counts = try statement.first { (source: Int, here: Int, equal: Int) in (source, here, equal) }
        guard let (source, here, found) = counts else { return .same }
        let equal = isCounted ? min(source, here) : found
        if equal == source { return equal == here ? .same : .behind }
        return equal == here ? .ahead : .apart
    }
}
