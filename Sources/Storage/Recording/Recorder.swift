/// Writes runs into a store: the one writer of variances, metrics and weights.
///
/// A run's row is committed before ``start(_:layers:)`` returns. Rows are gathered and come in short transactions, a
/// few thousand at a time or whenever some seconds have passed, so that a slow run never holds the store's lock. What
/// ``finish(_:_:)`` was called for is committed whole when it returns.
///
///     let store = try Store(path: "varve.db", for: .writing)
///     var recorder = try Recorder(store)
///     var run = try recorder.start(NewRun(), layers: [])
///     let layer = try recorder.add(LayerPlace(name: "conv1", position: 0, measure: "unbiased"), to: &run)
///     try recorder.log(run, step: 0, layer: layer, variance: 3.2)
///     try recorder.log(run, step: 0, metric: "loss", 2.3)
///     try recorder.finish(run, RunEnding(.finished, steps: 1))
///     try store.synchronize()
public struct Recorder: ~Copyable {
    /// How many rows are gathered before they are written.
    private static let batch = 8192
    /// The longest time that rows wait, in milliseconds.
    private static let patience: Int64 = 2000
    /// The longest time without a sign of life where there are no rows.
    private static let pulse: Int64 = 30_000
    /// Further keys of metrics are looked up in the store, so that no stream of names can fill the memory.
    private static let knownKeys = 10_000

    let store: Store
    private let settings: RecorderSettings
    private let starter: RunStarter
    let seal: RunSeal
    let insertRow: Statement
    let insertRows: Statement
    let findRow: Statement
    let replaceRow: Statement
    let insertMetric: Statement
    let noteProgress: Statement
    let insertBlob: Statement
    let insertTensor: Statement
    let finishRun: Statement
    private(set) var rows: [Row] = []
    private(set) var metrics: [MetricRow] = []
    private var metricKeys: [ExactText: MetricKey] = [:]
    /// The runs that are open, with the greatest step recorded of each.
    private(set) var lastSteps: [Int64: Int64?] = [:]
    private var flushed = Moment.now

    /// Prepares to record into a store opened for writing.
    public init(_ store: Store) throws(SQLiteError) {
        // A noncopyable value cannot be half made when an initializer throws: all statements first.
        let settings = try RecorderSettings(store)
        let starter = try RunStarter(store)
        let seal = try RunSeal(store)
        let insertRow = try store.connection.prepare(PackageResources.insertVariance_sql)
        let insertRows = try store.connection.prepare(PackageResources.insertVariances_sql)
        let findRow = try store.connection.prepare(PackageResources.findVariance_sql)
        let replaceRow = try store.connection.prepare(PackageResources.replaceVariance_sql)
        let insertMetric = try store.connection.prepare(PackageResources.insertMetric_sql)
        let noteProgress = try store.connection.prepare(PackageResources.noteProgress_sql)
        let insertBlob = try store.connection.prepare(PackageResources.insertBlob_sql)
        let insertTensor = try store.connection.prepare(PackageResources.insertTensor_sql)
        let finishRun = try store.connection.prepare(PackageResources.finishRun_sql)
        self.store = store
        self.settings = settings
        self.starter = starter
        self.seal = seal
        self.insertRow = insertRow
        self.insertRows = insertRows
        self.findRow = findRow
        self.replaceRow = replaceRow
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

    /// Begins a run as ``start(_:layers:)`` does, unless it is there by now: asked and begun in one transaction, so that two
    /// processes never begin the same run.
    ///
    /// - Parameters:
    ///   - run: the run.
    ///   - layers: its layers.
    ///   - isThere: whether it is there by now; asked while nobody else can write.
    /// - Returns: nil where the run is there.
    /// - Throws: what ``start(_:layers:)`` and `isThere` throw.
    public mutating func start(
        _ run: NewRun,
        layers: [LayerPlace],
        unless isThere: () throws -> Bool
    ) throws -> OpenRun? {
        let starter = starter
        let open = try store.connection.transaction { try isThere() ? nil : starter.start(run, layers: layers) }
        if let open { lastSteps.updateValue(nil, forKey: open.number) }
        return open
    }

    /// Leaves it to a ``Checkpointer`` to move what is committed into the database, until the log has grown to 64 MiB.
    public func leaveLogToCheckpointer() throws(SQLiteError) {
        try store.connection.execute("PRAGMA wal_autocheckpoint = 8192")
    }

    /// Adds a layer to a run that has begun, for programs that meet their layers as they go.
    ///
    /// - Returns: its index among the run's layers, for ``log(_:step:layer:variance:)``.
    /// - Throws: ``SQLiteError``.
    public mutating func add(_ layer: LayerPlace, to run: inout OpenRun) throws(SQLiteError) -> Int {
        // Until now the last step was that of the metrics.
        if run.layers.isEmpty { lastSteps.updateValue(nil, forKey: run.number) }
        run.layers.append(try starter.recorded(layer))
        return run.layers.count - 1
    }

    /// Says that the runs are alive, to be called at every step that records nothing.
    public mutating func beat() throws {
        try flushIfDue()
    }

    /// Records the variances of one step, one for each of the run's layers, in their order.
    ///
    /// NaN is stored as NULL; infinities stay.
    ///
    /// - Throws: ``StoreError`` when there are more or fewer variances than layers, or the run has ended.
    public mutating func log(_ run: OpenRun, step: Int, variances: [Float]) throws {
        guard variances.count == run.layers.count else {
            throw StoreError.wrongCount(
                run: run.number,
                step: step,
                variances: variances.count,
                layers: run.layers.count
            )
        }
        let step = Int64(step)
        try note(step, of: run)
        for (layer, variance) in zip(run.layers, variances) {
            rows.append(Row(run: run.number, step: step, layer: layer, variance: Double(variance)))
        }
        try flushIfDue()
    }

    /// Records the variance of one layer at one step; a later value for the same place takes the place of the earlier.
    ///
    /// - Parameters:
    ///   - run: the run.
    ///   - step: the step, from 0.
    ///   - layer: the index among the run's layers, see ``add(_:to:)``.
    ///   - variance: NaN is stored as NULL; infinities stay.
    /// - Throws: ``StoreError`` for an index that the run does not have, or when it has ended; ``SQLiteError``.
    public mutating func log(_ run: OpenRun, step: Int, layer: Int, variance: Double) throws {
        guard run.layers.indices.contains(layer) else {
            throw StoreError.noLayer(run: run.number, index: layer, layers: run.layers.count)
        }
        let step = Int64(step)
        try note(step, of: run)
        rows.append(Row(run: run.number, step: step, layer: run.layers[layer], variance: variance))
        try flushIfDue()
    }

    /// Records a value of a metric.
    ///
    /// The run's last step is that of its variances, so that they can be asked for there; only where a run has no layers
    /// is it that of its metrics.
    ///
    /// - Parameters:
    ///   - run: the run.
    ///   - step: the step, from 0; it may repeat, the last value counts.
    ///   - key: the metric's name, as `loss`.
    ///   - value: NaN and infinities stay.
    ///   - timestamp: milliseconds since 1970; now unless given.
    /// - Throws: ``StoreError`` for a key that nobody could type, or when the run has ended; ``SQLiteError``.
    public mutating func log(
        _ run: OpenRun,
        step: Int,
        metric key: String,
        _ value: Double,
        at timestamp: Int64? = nil
    ) throws {
        let exact = ExactText(key)
        let known = try metricKeys[exact] ?? MetricKey(id: store.metricKey(key), checksum: Checksum(key: key))
        if metricKeys.count < Self.knownKeys { metricKeys[exact] = known }
        let step = Int64(step)
        if run.layers.isEmpty { try note(step, of: run) } else { _ = try lastStep(of: run) }
        metrics.append(
            MetricRow(run: run.number, key: known, step: step, timestamp: timestamp ?? Moment.now, value: value)
        )
        try flushIfDue()
    }

    private mutating func note(_ step: Int64, of run: OpenRun) throws {
        if let last = try lastStep(of: run), last >= step { return }
        lastSteps.updateValue(step, forKey: run.number)
    }

    /// The greatest step of a run so far; nil where there is none yet.
    ///
    /// - Throws: ``StoreError`` when the run has ended.
    borrowing func lastStep(of run: OpenRun) throws(StoreError) -> Int64? {
        guard let last = lastSteps[run.number] else {
            throw StoreError.runEnded(number: run.number)
        }
        return last
    }

    private mutating func flushIfDue() throws {
        let patience = rows.isEmpty && metrics.isEmpty ? Self.pulse : Self.patience
        if rows.count >= Self.batch || metrics.count >= Self.batch || Moment.now - flushed > patience { try flush() }
    }

    /// Commits everything gathered so far, and a sign of life of the runs it belongs to.
    public mutating func flush() throws {
        flushed = Moment.now
        guard !lastSteps.isEmpty else { return }
        try commit { recorder throws(SQLiteError) in try recorder.writeRows() }
        forgetRows()
    }

    /// Ends a run: commits what is still gathered, its weights, its digests and its status in one transaction.
    public mutating func finish(_ run: OpenRun, _ ending: RunEnding) throws {
        try commit { recorder throws(SQLiteError) in try recorder.write(ending, of: run) }
        forgetRows()
        lastSteps.removeValue(forKey: run.number)
    }

    /// Ends a run as ``finish(_:_:)`` does and begins another in the same transaction: half the commits of a sweep.
    ///
    /// - Parameters:
    ///   - run: the run that ends.
    ///   - ending: how it ends.
    ///   - next: the run that begins.
    ///   - layers: its layers.
    ///   - isThere: whether it is there by now and must not begin; asked while nobody else can write.
    /// - Returns: nil where the next run is there; the first one has ended all the same.
    /// - Throws: also what ``start(_:layers:)`` throws; the first run is then as open as it was.
    public mutating func finish(
        _ run: OpenRun,
        _ ending: RunEnding,
        starting next: NewRun,
        layers: [LayerPlace],
        unless isThere: () throws -> Bool = { false }
    ) throws -> OpenRun? {
        var open: OpenRun?
        try commit { recorder in
            try recorder.write(ending, of: run)
            if try !isThere() { open = try recorder.starter.start(next, layers: layers) }
        }
        forgetRows()
        lastSteps.removeValue(forKey: run.number)
        if let open { lastSteps.updateValue(nil, forKey: open.number) }
        return open
    }

    private borrowing func commit<Failure>(_ write: (borrowing Recorder) throws(Failure) -> Void) throws {
        try store.connection.transaction { try write(self) }
        // SQLite goes on writing into a file that has lost its name.
        try store.checkPresence()
    }

    /// Only behind a commit: rows that could not be written stay gathered.
    private mutating func forgetRows() {
        rows.removeAll(keepingCapacity: true)
        metrics.removeAll(keepingCapacity: true)
    }
}
