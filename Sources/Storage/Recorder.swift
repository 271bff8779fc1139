/// Writes runs into a store: the one writer of variances, metrics and weights.
///
/// A run's row is committed before ``start(_:layers:)`` returns. Rows are gathered and come in short transactions, a
/// few thousand at a time or whenever some seconds have passed, so that a slow run never holds the store's lock. What
/// ``finish(_:_:)`` was called for is committed whole when it returns.
public struct Recorder: ~Copyable {
    private struct Row {
        let run: Int64
        let step: Int64
        let layer: Int64
        let variance: Double
    }

    private struct MetricRow {
        let run: Int64
        let key: Int64
        let step: Int64
        let timestamp: Int64
        let value: Double
    }

    /// How many rows are gathered before they are written.
    private static let batch = 8192
    /// The rows of one `insertVariances` statement.
    private static let tuple = 64
    /// The longest time that rows wait, in milliseconds.
    private static let patience: Int64 = 2000

    private let store: Store
    private let starter: RunStarter
    private let insertRow: Statement
    private let insertRows: Statement
    private let insertMetric: Statement
    private let noteProgress: Statement
    private let insertBlob: Statement
    private let insertTensor: Statement
    private let finishRun: Statement
    private var rows: [Row] = []
    private var metrics: [MetricRow] = []
    private var metricKeys: [String: Int64] = [:]
    /// The runs that are open, with the greatest step recorded of each.
    private var lastSteps: [Int64: Int64?] = [:]
    private var flushed = Moment.now

    /// Prepares to record into a store opened for writing.
    public init(_ store: Store) throws(SQLiteError) {
        // A noncopyable value cannot be half made when an initializer throws: all statements first.
        let starter = try RunStarter(store)
        let insertRow = try store.connection.prepare(PackageResources.insertVariance_sql, persistent: true)
        let insertRows = try store.connection.prepare(PackageResources.insertVariances_sql, persistent: true)
        let insertMetric = try store.connection.prepare(PackageResources.insertMetric_sql, persistent: true)
        let noteProgress = try store.connection.prepare(PackageResources.noteProgress_sql, persistent: true)
        let insertBlob = try store.connection.prepare(PackageResources.insertBlob_sql, persistent: true)
        let insertTensor = try store.connection.prepare(PackageResources.insertTensor_sql, persistent: true)
        let finishRun = try store.connection.prepare(PackageResources.finishRun_sql, persistent: true)
        self.store = store
        self.starter = starter
        self.insertRow = insertRow
        self.insertRows = insertRows
        self.insertMetric = insertMetric
        self.noteProgress = noteProgress
        self.insertBlob = insertBlob
        self.insertTensor = insertTensor
        self.finishRun = finishRun
        rows.reserveCapacity(Self.batch + 64)
    }

    /// Begins a run: commits its row, params and tags with status running, owned by this process.
    ///
    /// - Throws: ``StoreError`` when the experiment is deleted; ``SQLiteError``.
    public mutating func start(_ run: NewRun, layers: [LayerPlace]) throws -> OpenRun {
        let starter = starter
        let open = try store.connection.transaction { try starter.start(run, layers: layers) }
        lastSteps.updateValue(nil, forKey: open.number)
        return open
    }

    /// Leaves it to a ``Checkpointer`` to move what is committed into the database, until the log has grown to 64 MiB.
    public func leaveLogToCheckpointer() throws(SQLiteError) {
        try store.connection.execute("PRAGMA wal_autocheckpoint = 8192")
    }

    /// Says that the runs are alive, to be called at every step that records nothing.
    public mutating func beat() throws {
        try flushIfDue()
    }

    /// Records the variances of one step, one for each of the run's layers, in their order.
    ///
    /// NaN is stored as NULL; infinities stay.
    ///
    /// - Throws: ``StoreError`` when there are more or fewer variances than layers.
    public mutating func log(_ run: OpenRun, step: Int, variances: [Float]) throws {
        guard variances.count == run.layerIDs.count else {
            throw StoreError(
                .invalid,
                "run \(run.number), step \(step): \(variances.count) variances for \(run.layerIDs.count) layers"
            )
        }
        let step = Int64(step)
        for (layer, variance) in zip(run.layerIDs, variances) {
            rows.append(Row(run: run.number, step: step, layer: layer, variance: Double(variance)))
        }
        note(step, of: run)
        try flushIfDue()
    }

    /// Records a value of a metric.
    ///
    /// The run's last step is that of its variances, so that they can be asked for there; only where a run has no layers
    /// is it that of its metrics.
    public mutating func log(_ run: OpenRun, step: Int, metric key: String, _ value: Double) throws {
        let id = try metricKeys[key] ?? store.metricKey(key)
        metricKeys[key] = id
        metrics.append(
            MetricRow(run: run.number, key: id, step: Int64(step), timestamp: Moment.now, value: value)
        )
        if run.layerIDs.isEmpty { note(Int64(step), of: run) }
        try flushIfDue()
    }

    private mutating func note(_ step: Int64, of run: OpenRun) {
        if let last = lastSteps[run.number] ?? nil, last >= step { return }
        lastSteps.updateValue(step, forKey: run.number)
    }

    private mutating func flushIfDue() throws {
        if rows.count >= Self.batch || metrics.count >= Self.batch || Moment.now - flushed > Self.patience {
            try flush()
        }
    }

    /// Commits everything gathered so far, and a sign of life of the runs it belongs to.
    public mutating func flush() throws {
        flushed = Moment.now
        guard !lastSteps.isEmpty else { return }
        try store.connection.execute("BEGIN IMMEDIATE")
        try commit { recorder throws(SQLiteError) in try recorder.writeRows() }
        forgetRows()
    }

    /// Ends a run: commits what is still gathered, its weights, its digests and its status in one transaction.
    public mutating func finish(_ run: OpenRun, _ ending: RunEnding) throws {
        try store.connection.execute("BEGIN IMMEDIATE")
        try commit { recorder throws(SQLiteError) in try recorder.write(ending, of: run) }
        forgetRows()
        lastSteps.removeValue(forKey: run.number)
    }

    /// Ends a run as ``finish(_:_:)`` does and begins another in the same transaction: half the commits of a sweep.
    ///
    /// - Throws: also what ``start(_:layers:)`` throws; the first run is then as open as it was.
    public mutating func finish(
        _ run: OpenRun,
        _ ending: RunEnding,
        starting next: NewRun,
        layers: [LayerPlace]
    ) throws -> OpenRun {
        try store.connection.execute("BEGIN IMMEDIATE")
        var open: OpenRun?
        try commit { recorder in
            try recorder.write(ending, of: run)
            open = try recorder.starter.start(next, layers: layers)
        }
        forgetRows()
        lastSteps.removeValue(forKey: run.number)
        guard let open else { throw StoreError(.unreadable, "no run was begun in \(store.path)") }
        lastSteps.updateValue(nil, forKey: open.number)
        return open
    }

    private borrowing func write(_ ending: RunEnding, of run: OpenRun) throws(SQLiteError) {
        try writeRows()
        try write(ending.initialTensors, stage: "initial", of: run)
        try write(ending.finalTensors, stage: "final", of: run)
        try finishRun.run(
            run.number,
            ending.status,
            Moment.now,
            ending.steps,
            ending.initialWeightsDigest,
            ending.batchOrderDigest,
            ending.finalWeightsDigest
        )
    }

    private borrowing func commit<Failure>(_ write: (borrowing Recorder) throws(Failure) -> Void) throws {
        do {
            try write(self)
            try store.connection.execute("COMMIT")
        } catch {
            if store.connection.isInTransaction { try? store.connection.execute("ROLLBACK") }
            throw error
        }
    }

    /// Only behind a commit: rows that could not be written stay gathered.
    private mutating func forgetRows() {
        rows.removeAll(keepingCapacity: true)
        metrics.removeAll(keepingCapacity: true)
    }

    private borrowing func writeRows() throws(SQLiteError) {
        var next = 0
        while rows.count - next >= Self.tuple {
            insertRows.reset()
            for index in 0..<Self.tuple {
                try Self.bind(rows[next + index], to: insertRows, from: index * 4)
            }
            try insertRows.run()
            next += Self.tuple
        }
        for row in rows[next...] {
            insertRow.reset()
            try Self.bind(row, to: insertRow, from: 0)
            try insertRow.run()
        }
        for row in metrics {
            let isNaN = row.value.isNaN
            try insertMetric.run(row.run, row.key, row.step, row.timestamp, isNaN ? 0 : row.value, isNaN)
        }
        let now = Moment.now
        for (run, step) in lastSteps { try noteProgress.run(run, step, now) }
    }

    private static func bind(_ row: Row, to statement: borrowing Statement, from index: Int) throws(SQLiteError) {
        try statement.bind(row.run, at: index)
        try statement.bind(row.step, at: index + 1)
        try statement.bind(row.layer, at: index + 2)
        try statement.bind(row.variance, at: index + 3)
    }

    private borrowing func write(
        _ tensors: [TensorRecord],
        stage: String,
        of run: OpenRun
    ) throws(SQLiteError) {
        for (position, tensor) in tensors.enumerated() {
            insertBlob.reset()
            try insertBlob.bind(.text(tensor.digest), at: 0)
            try insertBlob.bind(tensor.bytes.span.bytes, at: 1)
            try insertBlob.run()
            try insertTensor.run(
                run.number,
                stage,
                position,
                tensor.name,
                tensor.shapeText,
                tensor.dtype,
                tensor.digest
            )
        }
    }
}
