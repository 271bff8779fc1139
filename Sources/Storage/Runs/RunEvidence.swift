/// What a run executed again is held against besides ``RunDetails``, asked with statements that are prepared once.
public final class RunEvidence {
    private let findConfiguration: Statement
    private let listMetrics: Statement
    private let countRecorded: Statement

    /// Prepares the questions.
    public init(_ store: Store) throws(SQLiteError) {
        let findConfiguration = try store.connection.prepare(PackageResources.findConfiguration_sql)
        let listMetrics = try store.connection.prepare(PackageResources.metricsAtStep_sql)
        let countRecorded = try store.connection.prepare(PackageResources.countRecorded_sql)
        self.findConfiguration = findConfiguration
        self.listMetrics = listMetrics
        self.countRecorded = countRecorded
    }

    /// What decides the run's course besides seed and dataset, as JSON text; nil for a logged run.
    public func configuration(of run: Int64) throws(SQLiteError) -> String? {
        try findConfiguration.bind(run)
        return try findConfiguration.first { (configuration: String?) in configuration } ?? nil
    }

    /// The metrics of one step.
    public func metrics(of run: Int64, step: Int) throws(SQLiteError) -> [Metric] {
        try listMetrics.bind(run, step)
        return try listMetrics.rows(as: Metric.init)
    }

    /// How many variances and how many values of metrics were recorded.
    public func counts(of run: Int64) throws(SQLiteError) -> (variances: Int, metrics: Int) {
        try countRecorded.bind(run)
        return try countRecorded.first { (variances: Int, metrics: Int) in (variances, metrics) } ?? (0, 0)
    }
}
