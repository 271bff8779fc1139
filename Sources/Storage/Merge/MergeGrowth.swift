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
    /// What was found last, and of which runs: it is asked when a run's fate is chosen, and again when it is copied.
    private var last: (run: Int64, known: Int64, growth: Growth)?

    /// Which rows of a run have to be copied.
    struct Growth {
        /// The last step of its variances here; nil where all are copied.
        var afterStep: Int64?
        /// Whether only new values of its metrics are copied.
        var hasGrownMetrics = false
    }

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

    /// Which rows of a run, by its number in the source and here, are new.
    func find(_ run: Int64, _ known: Int64) throws(SQLiteError) -> Growth {
        if let last, last.run == run, last.known == known { return last.growth }
        try find.bind(run, known)
        var growth = Growth()
        if let sums = try find.first(as: Checksums.init) { growth = try self.growth(run, known, sums) }
        last = (run, known, growth)
        return growth
    }

    private func growth(_ run: Int64, _ known: Int64, _ sums: Checksums) throws(SQLiteError) -> Growth {
        var growth = Growth()
        if let all = sums.variances, let here = sums.knownVariances,
            try all ^ newVariances(run, after: sums.lastStep) == here
        {
            growth.afterStep = sums.lastStep
        }
        if let all = sums.metrics, let here = sums.knownMetrics, let new = try newMetrics(run, known) {
            growth.hasGrownMetrics = all ^ new == here
        }
        return growth
    }

    /// Notes which rows of a run have to be copied.
    func note(_ run: Int64, _ known: Int64) throws(SQLiteError) {
        let growth = try find(run, known)
        try note.run(run, growth.afterStep, growth.hasGrownMetrics, Int64.max)
    }

    private func newVariances(
        _ run: Int64,
        after step: Int64,
        through last: Int64 = .max,
        _ visit: (Int64, Int64, Bool) -> Void = { _, _, _ in }
    ) throws(SQLiteError) -> Int64 {
        try variances.bind(run, step, last)
        return try rows.sum(ofVariances: variances, visit)
    }

    /// Nil where a value has a time that no clock shows.
    private func newMetrics(
        _ run: Int64,
        _ known: Int64,
        through last: Int64 = .max,
        _ visit: (Int64, MetricSummary) -> Void = { _, _ in }
    ) throws(SQLiteError) -> Int64? {
        try metrics.bind(run, known, last)
        var isPossible = true
        let sum = try rows.sum(ofMetrics: metrics) {
            if !Moment.isPossible($1.timestamp) { isPossible = false }
            visit($0, $1)
        }
        return isPossible ? sum : nil
    }

    // MARK: Parts

    /// Chooses the rows of a run that is copied without those that its receiver has, and no further than a step.
    ///
    /// - Parameters:
    ///   - part: what is wanted.
    ///   - number: what the run becomes here.
    ///   - store: the store that is made.
    /// - Returns: what is to be written of a run that is cut off; nil where it is copied to its end.
    /// - Throws: ``StoreError``, ``SQLiteError``.
    func choose(_ part: RunPart, as number: Int64, in store: Store) throws -> RunCut? {
        let summaries = try StateSummaries(part.known, of: number, in: store)
        try summaries.write(into: store)
        try find.bind(part.run, number)
        guard let sums = try find.first(as: Checksums.init) else { return nil }
        var growth = Growth()
        if let known = part.known {
            let known = Checksums(
                variances: sums.variances,
                knownVariances: known.variancesChecksum,
                metrics: sums.metrics,
                knownMetrics: known.metricsChecksum,
                lastStep: summaries.lastStep
            )
            if part.isContinued, part.through != nil {
                growth = Growth(afterStep: known.lastStep, hasGrownMetrics: true)
            } else {
                growth = try self.growth(part.run, number, known)
            }
        }
        let isGrown = growth.afterStep != nil && growth.hasGrownMetrics
        guard let through = part.through, isGrown || part.known == nil, sums.variances != nil, sums.metrics != nil
        else {
            try note.run(part.run, growth.afterStep, growth.hasGrownMetrics, Int64.max)
            return nil
        }
        var cut = RunCut(run: number, through: through, summaries: summaries)
        let variances = try newVariances(part.run, after: growth.afterStep ?? .min, through: through) {
            step,
            layer,
            _ in
            cut.summaries.add(layer, step)
        }
        let metrics = try newMetrics(part.run, number, through: through) { cut.summaries.add($0, $1) }
        cut.variancesChecksum = (part.known?.variancesChecksum ?? 0) ^ variances
        cut.metricsChecksum = (part.known?.metricsChecksum ?? 0) ^ (metrics ?? 0)
        try note.run(part.run, growth.afterStep, growth.hasGrownMetrics, through)
        return cut
    }
}
