/// Makes the rows of `run_layers` and `run_metric_keys` from the rows that they summarize.
final class RunSummary {
    private let clearLayers: Statement
    private let clearMetrics: Statement
    private let layers: Statement
    private let metrics: Statement

    init(_ store: Store) throws(SQLiteError) {
        let clearLayers = try store.connection.prepare(PackageResources.purgeLayers_sql)
        let clearMetrics = try store.connection.prepare(PackageResources.purgeMetricKeys_sql)
        let layers = try store.connection.prepare(PackageResources.summarizeLayers_sql)
        let metrics = try store.connection.prepare(PackageResources.summarizeMetrics_sql)
        self.clearLayers = clearLayers
        self.clearMetrics = clearMetrics
        self.layers = layers
        self.metrics = metrics
    }

    /// Puts the summary of a run in the place of what was there, in the transaction that is open.
    func write(_ run: Int64) throws(SQLiteError) {
        try clearLayers.run(run)
        try clearMetrics.run(run)
        try layers.run(run)
        try metrics.run(run)
    }
}
