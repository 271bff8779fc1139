/// Finds the runs of which only rows have come that stand behind those that are here, so that nothing else is copied.
///
/// Checksums tell it: that of all rows there, less those behind the last one here, is that of the rows here. A run that went
/// back to an earlier step, or was changed in another way, is copied whole.
final class MergeGrowth {
    private let find: Statement
    private let variances: Statement
    private let metrics: Statement
    private let note: Statement
    private let rows: RowChecksums

    init(_ store: Store) throws(SQLiteError) {
        let find = try store.connection.prepare(PackageResources.findGrowth_sql)
        let variances = try store.connection.prepare(PackageResources.listNewVariances_sql)
        let metrics = try store.connection.prepare(PackageResources.listNewMetrics_sql)
        let note = try store.connection.prepare(PackageResources.noteGrowth_sql)
        let rows = try RowChecksums(store)
        self.find = find
        self.variances = variances
        self.metrics = metrics
        self.note = note
        self.rows = rows
    }

    private struct Checksums {
        let variances: Int64?
        let knownVariances: Int64?
        let metrics: Int64?
        let knownMetrics: Int64?
        let lastStep: Int64
    }

    /// Notes which rows of a run, by its number in the source and here, have to be copied.
    func choose(_ run: Int64, _ known: Int64) throws(SQLiteError) {
        try find.bind(run, known)
        guard let sums = try find.first(as: Checksums.init) else { return }
        var afterStep: Int64?
        if let all = sums.variances, let here = sums.knownVariances,
            try all ^ newVariances(run, after: sums.lastStep) == here
        {
            afterStep = sums.lastStep
        }
        var isGrown = false
        if let all = sums.metrics, let here = sums.knownMetrics, let new = try newMetrics(run, known) {
            isGrown = all ^ new == here
        }
        try note.run(run, afterStep, isGrown)
    }

    private func newVariances(_ run: Int64, after step: Int64) throws(SQLiteError) -> Int64 {
        try variances.bind(run, step)
        return try rows.sum(ofVariances: variances)
    }

    /// Nil where a value has a time that no clock shows.
    private func newMetrics(_ run: Int64, _ known: Int64) throws(SQLiteError) -> Int64? {
        try metrics.bind(run, known)
        var isPossible = true
        let sum = try rows.sum(ofMetrics: metrics) { if !Moment.isPossible($1.timestamp) { isPossible = false } }
        return isPossible ? sum : nil
    }
}
