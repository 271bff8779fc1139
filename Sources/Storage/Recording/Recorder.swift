/// Writes runs into a store: the one writer of variances, metrics and weights.
///
/// A run's row is committed before ``start(_:layers:)`` returns. Rows are gathered and come in short transactions, a
/// few thousand at a time or whenever half a second has passed, so that a slow run never holds the store's lock. What
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
    /// The steps that can be recorded.
    public static let steps: ClosedRange<Int64> = -(1 << 62)...(1 << 62)

    /// The longest time that rows wait, in milliseconds.
    private static let patience: Int64 = 500
    /// The longest time without a sign of life where there are no rows.
    private static let pulse: Int64 = 30_000
    /// Further keys of metrics are looked up in the store, so that no stream of names can fill the memory.
    static let knownKeys = 10_000

    let store: Store
    private let settings: RecorderSettings
    let starter: RunStarter
    let seal: RunSeal
    let statements: RecorderStatements
    var rows: [Row] = []
    var metrics: [MetricRow] = []
    var metricKeys: [ExactText: MetricKey] = [:]
    /// The runs that are open.
    var progress: [Int64: RunProgress] = [:]
    /// By ``Moment/monotonic``.
    private var flushed = Moment.monotonic

    /// Prepares to record into a store opened for writing.
    public init(_ store: Store) throws(SQLiteError) {
        // A noncopyable value cannot be half made when an initializer throws.
        let settings = try RecorderSettings(store)
        let starter = try RunStarter(store)
        let seal = try RunSeal(store)
        let statements = try RecorderStatements(store)
        self.store = store
        self.settings = settings
        self.starter = starter
        self.seal = seal
        self.statements = statements
        rows.reserveCapacity(Self.batch + 64)
    }

    /// Begins a run: commits its row, params and tags with status running, owned by this process.
    ///
    /// - Throws: ``StoreError`` when the experiment is deleted; ``SQLiteError``.
    public mutating func start(_ run: NewRun, layers: [LayerPlace]) throws -> OpenRun {
        let starter = starter
        let open = try store.connection.transaction { try starter.start(run, layers: layers) }
        progress[open.number] = RunProgress(layers: open.layers, now: Moment.monotonic)
        return open
    }

    /// Resumes a run, whatever has become of it: it is running again, owned by this process.
    ///
    /// What is recorded comes beside what is there. The layers that it has are known by ``add(_:to:)``.
    ///
    /// - Parameters:
    ///   - uuid: the run's.
    ///   - isForced: whether it is taken from a process of which nobody knows whether it lives.
    /// - Returns: the run, with the layers it has.
    /// - Throws: ``StoreError`` when there is no such run, when it is deleted, or when another process records it or may do
    ///   so; ``SQLiteError``.
    public mutating func reopen(uuid: String, isForced: Bool = false) throws -> OpenRun {
        let starter = starter
        let (open, progress) = try store.connection.transaction { try starter.reopen(uuid, isForced: isForced) }
        self.progress[open.number] = progress
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
        if let open { progress[open.number] = RunProgress(layers: open.layers, now: Moment.monotonic) }
        return open
    }

    /// Leaves it to a ``Checkpointer`` to move what is committed into the database, until the log has grown to 64 MiB.
    public func leaveLogToCheckpointer() throws(SQLiteError) {
        try store.connection.execute("PRAGMA wal_autocheckpoint = 8192")
    }

    /// Adds a layer to a run that has begun, for programs that meet their layers as they go.
    ///
    /// - Returns: its index among the run's layers, for ``log(_:step:layer:variance:)``; of one that the run has, the
    ///   index it has.
    /// - Throws: ``StoreError`` when the run has ended; ``SQLiteError``.
    public mutating func add(_ layer: LayerPlace, to run: inout OpenRun) throws -> Int {
        try checkOpen(run)
        let recorded = try starter.recorded(layer)
        if let index = run.index(of: recorded) { return index }
        run.append(recorded)
        progress[run.number]?.add(recorded)
        return run.layers.count - 1
    }

    /// Says that the runs are alive, to be called at every step that records nothing.
    public mutating func beat() throws {
        try flushIfDue()
    }

    /// In how many milliseconds ``beat()`` is due.
    public var patienceLeft: Int64 {
        let patience = waiting == 0 ? Self.pulse : Self.patience
        return max(0, patience - (Moment.monotonic - flushed))
    }

    /// How many values are gathered that are not yet committed.
    public var waiting: Int { rows.count + metrics.count }

    /// - Throws: ``StoreError`` when the run has ended.
    borrowing func checkOpen(_ run: OpenRun) throws(StoreError) {
        guard progress[run.number] == nil else { return }
        throw StoreError.runEnded(number: run.number)
    }

    mutating func flushIfDue() throws {
        if rows.count >= Self.batch || metrics.count >= Self.batch || patienceLeft == 0 { try flush() }
    }

    /// Commits everything gathered so far, and a sign of life of the runs that had none for a while.
    ///
    /// - Throws: ``StoreError`` when a run was deleted or ended by others meanwhile, which is then as good as ended; the
    ///   others stay as they are. ``SQLiteError``.
    public mutating func flush() throws {
        flushed = Moment.monotonic
        try commit(nil)
    }

    /// Commits what is gathered of one run, and touches no other.
    ///
    /// - Throws: ``StoreError`` when the run has ended, also by others, or was deleted meanwhile; ``SQLiteError``.
    public mutating func flush(_ run: OpenRun) throws {
        try checkOpen(run)
        try commit(run.number)
    }

    private mutating func commit(_ only: Int64?) throws {
        let due = progress.filter { isDue($0, $1, only) }.keys
        guard !due.isEmpty else { return }
        try commit { recorder in
            // Before the rows, which a run that is gone may not have.
            for run in due { try recorder.checkPresence(of: run) }
            try recorder.writeRows(of: only)
        }
        forgetRows(of: only)
        for run in due { progress[run]?.commit(now: flushed) }
    }

    /// Whether the store has to be told of a run now.
    borrowing func isDue(_ run: Int64, _ progress: RunProgress, _ only: Int64?) -> Bool {
        run == only ?? run && (progress.isChanged || flushed - progress.noted >= Self.pulse)
    }

    /// Writes in a transaction, and notices where the store or a run is gone.
    mutating func commit<Result>(_ write: (borrowing Recorder) throws -> Result) throws -> Result {
        do {
            let result = try store.connection.transaction { try write(self) }
            // SQLite goes on writing into a file that has lost its name.
            try store.checkPresence()
            return result
        } catch let gone as Gone {
            forget(gone.run)
            throw gone.isDeleted
                ? StoreError.deletedWhileRecorded(run: gone.run) : StoreError.endedByOthers(run: gone.run)
        }
    }

    /// Takes a run that has ended for unknown from here on.
    mutating func forget(_ run: Int64) {
        forgetRows(of: run)
        progress.removeValue(forKey: run)
    }

    /// Resumes a run that has less in the store than before.
    mutating func replace(_ progress: RunProgress, of run: Int64) { self.progress[run] = progress }

    /// Only after a commit: rows that could not be written stay gathered.
    private mutating func forgetRows(of only: Int64?) {
        guard let only else {
            rows.removeAll(keepingCapacity: true)
            return metrics.removeAll(keepingCapacity: true)
        }
        rows.removeAll { $0.run == only }
        metrics.removeAll { $0.run == only }
    }
}
