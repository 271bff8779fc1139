/// What belongs to one run.
extension Store {
    /// The params of a run, by key.
    public func params(of run: Int64) throws(SQLiteError) -> [Entry] {
        let list = try connection.prepare(PackageResources.listParams_sql)
        try list.bind(run)
        return try list.rows(as: Entry.init)
    }

    /// The tags of a run, by key.
    public func tags(of run: Int64) throws(SQLiteError) -> [Entry] {
        let list = try connection.prepare(PackageResources.listTags_sql)
        try list.bind(run)
        return try list.rows(as: Entry.init)
    }

    /// The last value of each metric of a run.
    public func lastMetrics(of run: Int64) throws(SQLiteError) -> [Metric] {
        let list = try connection.prepare(PackageResources.lastMetrics_sql)
        try list.bind(run)
        return try list.rows(as: Metric.init)
    }

    /// The metrics of one step of a run.
    public func metrics(of run: Int64, step: Int) throws(SQLiteError) -> [Metric] {
        let list = try connection.prepare(PackageResources.metricsAtStep_sql)
        try list.bind(run, step)
        return try list.rows(as: Metric.init)
    }

    /// The least and the greatest value of each metric of a run.
    public func metricExtremes(of run: Int64) throws(SQLiteError) -> [MetricExtremes] {
        let list = try connection.prepare(PackageResources.metricExtremes_sql)
        try list.bind(run)
        return try list.rows(as: MetricExtremes.init)
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
        let list = try connection.prepare(PackageResources.variancesAtStep_sql)
        try list.bind(run.number, step)
        return try list.rows(as: LayerVariance.init)
    }

    /// What decides a run's course besides seed and dataset, as JSON text; nil for a logged run.
    public func configuration(of run: Int64) throws(SQLiteError) -> String? {
        let find = try connection.prepare(PackageResources.findConfiguration_sql)
        try find.bind(run)
        return try find.first { (configuration: String?) in configuration } ?? nil
    }

    /// How many variances and how many values of metrics were recorded of a run.
    public func counts(of run: Int64) throws(SQLiteError) -> (variances: Int, metrics: Int) {
        let count = try connection.prepare(PackageResources.countRecorded_sql)
        try count.bind(run)
        return try count.first { (variances: Int, metrics: Int) in (variances, metrics) } ?? (0, 0)
    }

    /// Makes the rows of `run_layers` and `run_metric_keys` of a run from the rows that they summarize, in the transaction
    /// that is open.
    func summarize(_ run: Int64) throws(SQLiteError) {
        for statement in [
            PackageResources.purgeLayers_sql, PackageResources.purgeMetricKeys_sql,
            PackageResources.summarizeLayers_sql,
            PackageResources.summarizeMetrics_sql,
        ] {
            try connection.prepare(statement).run(run)
        }
    }
}
