/// Computes the checksums of runs' variances and metrics from their rows.
final class RowChecksums {
    private let variances: Statement
    private let metrics: Statement
    private let findKey: Statement
    private let layers: [Int64: Checksum]

    init(_ store: Store) throws(SQLiteError) {
        let variances = try store.connection.prepare(PackageResources.variancesOfRun_sql)
        let metrics = try store.connection.prepare(PackageResources.listMetricRows_sql)
        let findKey = try store.connection.prepare(PackageResources.findMetricKeyText_sql)
        var layers: [Int64: Checksum] = [:]
        for layer in try store.layers() { layers[layer.id] = Checksum(layer.place) }
        self.variances = variances
        self.metrics = metrics
        self.findKey = findKey
        self.layers = layers
    }

    /// Computes the checksum of a run's variances.
    ///
    /// - Parameters:
    ///   - run: the run's number.
    ///   - visit: takes the step of each row, the key of its layer and whether there is such a layer, in the order of the
    ///     steps.
    /// - Returns: the checksum, as a column holds it.
    /// - Throws: ``SQLiteError``, also after an ``Interruption``.
    func variances(of run: Int64, _ visit: (Int64, Int64, Bool) -> Void = { _, _, _ in }) throws(SQLiteError) -> Int64 {
        try variances.bind(run)
        return try sum(ofVariances: variances, visit)
    }

    /// The checksum of the rows of a statement: step, key of the layer, variance.
    func sum(
        ofVariances rows: borrowing Statement,
        _ visit: (Int64, Int64, Bool) -> Void = { _, _, _ in }
    ) throws(SQLiteError) -> Int64 {
        var sum: UInt64 = 0
        while try rows.step() {
            let step: Int64 = try rows.column(0)
            let id: Int64 = try rows.column(1)
            let layer = layers[id]
            sum ^= (layer ?? Checksum()).variance(step: step, try rows.real(2)).state
            visit(step, id, layer != nil)
        }
        rows.reset()
        return Int64(bitPattern: sum)
    }

    /// Computes the checksum of a run's metrics.
    ///
    /// - Parameters:
    ///   - run: the run's number.
    ///   - visit: takes the key of each row's metric, and the row.
    /// - Returns: the checksum, as a column holds it.
    /// - Throws: ``SQLiteError``, also after an ``Interruption``.
    func metrics(of run: Int64, _ visit: (Int64, MetricSummary) -> Void = { _, _ in }) throws(SQLiteError) -> Int64 {
        try metrics.bind(run)
        return try sum(ofMetrics: metrics, visit)
    }

    /// The checksum of the rows of a statement, key by key: key, step, timestamp, value, whether it is NaN.
    func sum(
        ofMetrics rows: borrowing Statement,
        _ visit: (Int64, MetricSummary) -> Void
    ) throws(SQLiteError) -> Int64 {
        var sum: UInt64 = 0
        var key: (id: Int64, checksum: Checksum)?
        while try rows.step() {
            let (id, step): (Int64, Int64) = (try rows.column(0), try rows.column(1))
            if key?.id != id { key = (id, try checksum(ofKey: id)) }
            let (timestamp, value): (Int64, Double) = (try rows.column(2), try rows.column(3))
            let isNaN: Bool = try rows.column(4)
            sum ^= (key?.checksum ?? Checksum()).metric(step: step, timestamp: timestamp, value, isNaN: isNaN).state
            visit(id, MetricSummary(step: step, timestamp: timestamp, value: value, isNaN: isNaN))
        }
        rows.reset()
        return Int64(bitPattern: sum)
    }

    private func checksum(ofKey id: Int64) throws(SQLiteError) -> Checksum {
        try findKey.bind(id)
        return try findKey.first { (key: String) in Checksum(key: key) } ?? Checksum()
    }
}
