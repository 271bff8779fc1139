/// Runs and what belongs to them, asked with statements that are prepared once for any number of runs.
public final class RunDetails {
    private let store: Store
    private let findRun: Statement
    private let listParams: Statement
    private let listTags: Statement
    private let listMetrics: Statement
    private let listExtremes: Statement
    private let listVariances: Statement

    /// Prepares the questions.
    public init(_ store: Store) throws(SQLiteError) {
        let findRun = try store.connection.prepare(PackageResources.findRun_sql)
        let listParams = try store.connection.prepare(PackageResources.listParams_sql)
        let listTags = try store.connection.prepare(PackageResources.listTags_sql)
        let listMetrics = try store.connection.prepare(PackageResources.lastMetrics_sql)
        let listExtremes = try store.connection.prepare(PackageResources.metricExtremes_sql)
        let listVariances = try store.connection.prepare(PackageResources.variancesAtStep_sql)
        self.store = store
        self.findRun = findRun
        self.listParams = listParams
        self.listTags = listTags
        self.listMetrics = listMetrics
        self.listExtremes = listExtremes
        self.listVariances = listVariances
    }

    /// The run of a number, deleted or not.
    public func run(number: Int64) throws -> Run? {
        try store.run(number: number, asking: findRun)
    }

    /// The params of a run, by key.
    public func params(of run: Int64) throws(SQLiteError) -> [Entry] {
        try listParams.bind(run)
        return try listParams.rows(as: Entry.init)
    }

    /// The tags of a run, by key.
    public func tags(of run: Int64) throws(SQLiteError) -> [Entry] {
        try listTags.bind(run)
        return try listTags.rows(as: Entry.init)
    }

    /// The last value of each metric of a run.
    public func lastMetrics(of run: Int64) throws(SQLiteError) -> [Metric] {
        try listMetrics.bind(run)
        return try listMetrics.rows(as: Metric.init)
    }

    /// The least and the greatest value of each metric of a run.
    public func metricExtremes(of run: Int64) throws(SQLiteError) -> [MetricExtremes] {
        try listExtremes.bind(run)
        return try listExtremes.rows(as: MetricExtremes.init)
    }

    /// The variances of a run at one step, by position.
    ///
    /// - Parameters:
    ///   - run: the run.
    ///   - step: the step; of each layer its last recorded one, unless given.
    /// - Returns: nothing where the step was not recorded.
    /// - Throws: ``SQLiteError``.
    public func variances(of run: Run, step: Int64? = nil) throws(SQLiteError) -> [LayerVariance] {
        try measures(of: run, step: step).filter { RunField.LayerMeasure.variance.includes($0.measure) }
    }

    /// All that was measured at the layers of a run at one step, by position.
    ///
    /// - Parameters:
    ///   - run: the run.
    ///   - step: the step; of each layer its last recorded one, unless given.
    /// - Returns: nothing where the step was not recorded.
    /// - Throws: ``SQLiteError``.
    public func measures(of run: Run, step: Int64? = nil) throws(SQLiteError) -> [LayerVariance] {
        try listVariances.bind(run.number, step)
        return try listVariances.rows(as: LayerVariance.init)
    }
}
