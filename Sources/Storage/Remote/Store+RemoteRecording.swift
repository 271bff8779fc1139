/// What programs over the network write: each call is one transaction, or a part of the one that is open.
extension Store {
    /// What has to be known of a run to write to it.
    struct RemoteState {
        let run: Int64
        let experiment: Int64
        let lifecycle: Lifecycle
        var status: RunStatus
        /// Whether Varve executed it.
        let isExecuted: Bool
        let hasProcess: Bool
        let lastStep: Int64?
        let steps: Int64
        let isSealed: Bool
        let hasLayers: Bool
    }

    /// Begins a run that has no process.
    ///
    /// - Parameters:
    ///   - experiment: the id of its experiment.
    ///   - name: its name.
    ///   - user: for whom the program says that it runs.
    ///   - started: when it began, in milliseconds since 1970; now unless given.
    ///   - tags: its tags, in order; a later one of the same key counts.
    /// - Returns: the run.
    /// - Throws: ``StoreError`` when the experiment is not there or deleted, for a key that breaks the rules or a moment that
    ///   cannot be recorded; ``SQLiteError``.
    public func startRemoteRun(
        experiment: Int64,
        name: String,
        user: String? = nil,
        started: Int64? = nil,
        tags: [(key: String, value: String)] = []
    ) throws -> RemoteRun {
        try connection.transaction {
            guard let found = try remoteExperiment(id: experiment) else {
                throw StoreError.noExperiment(name: experiment.description, path: path)
            }
            guard found.lifecycle == .active else { throw StoreError.experimentIsDeleted(name: found.name) }
            let uuid = RunStarter.newUUID()
            let now = Moment.now
            let moment = try started.map { try Moment.checked($0, as: "the start of the run") }
            try connection.prepare(PackageResources.insertRemoteRun_sql)
                .run(uuid, experiment, name, moment ?? now, now)
            let run = connection.lastInsertedID
            if let user, !user.isEmpty {
                try connection.prepare(PackageResources.insertTag_sql).run(run, Self.userTag, user, now)
            }
            try setRemoteTags(tags, of: run)
            guard let made = try remoteRun(uuid) else { throw StoreError.notReadBack(what: "run \(run)", path: path) }
            return made
        }
    }

    /// The run of a uuid as something to write to; one that counted as killed since its client was silent goes on.
    ///
    /// - Throws: ``StoreError`` when it is not there or deleted; ``SQLiteError``.
    func openRemote(_ uuid: String) throws -> RemoteState {
        guard var state = try remoteState(uuid: uuid) else { throw StoreError.noRun(word: uuid, path: path) }
        guard state.lifecycle == .active else { throw StoreError.runIsDeleted(number: state.run) }
        if state.status == .killed, !state.hasProcess {
            try connection.prepare(PackageResources.reviveRun_sql)
                .run(state.run, Self.reasonTag, Self.silence, Moment.now)
            if connection.changes == 1 {
                state.status = .running
                try connection.prepare(PackageResources.deleteTag_sql).run(state.run, Self.reasonTag)
            }
        }
        return state
    }

    private func remoteState(uuid: String? = nil, number: Int64? = nil) throws(SQLiteError) -> RemoteState? {
        let find = try connection.prepare(PackageResources.findRemoteState_sql)
        try find.bind(uuid, number)
        return try find.first(as: RemoteState.init)
    }

    /// Changes a run's row and what belongs to it, and seals it again where it was whole, has ended, and does not go on.
    private func changing(_ state: RemoteState, to status: RunStatus? = nil, _ change: () throws -> Void) throws {
        let hasEnded = state.status != .running && status != .running
        let seal = state.isSealed && hasEnded ? try RunSeal(self) : nil
        let isWhole = try seal?.holds(state.run) ?? false
        try change()
        if let seal, isWhole { try seal.seal(state.run) }
    }

    /// Holds a run to being one that other programs may record.
    private func checkRecordable(_ state: RemoteState) throws(StoreError) {
        if state.isExecuted { throw StoreError.notLogged(run: state.run) }
    }

    /// Changes status, end and name of a run; what is nil stays as it is.
    ///
    /// A run that is running again has no process, whoever recorded it before.
    ///
    /// - Returns: the run.
    /// - Throws: ``StoreError`` when it is not there, deleted, was executed by Varve, or is recorded by a living process; for
    ///   a moment that cannot be recorded; ``SQLiteError``.
    public func updateRemoteRun(
        _ uuid: String,
        status: RunStatus? = nil,
        ended: Int64? = nil,
        name: String? = nil
    ) throws -> RemoteRun {
        try connection.transaction {
            let state = try openRemote(uuid)
            if status != nil || ended != nil {
                try checkRecordable(state)
                if state.hasProcess { try checkTakeover(of: state.run, isForced: false) }
            }
            let moment = try ended.map { try Moment.checked($0, as: "the end of run \(state.run)") }
            let name = name.flatMap { $0.isEmpty ? nil : $0 }
            try changing(state, to: status) {
                try connection.prepare(PackageResources.updateRemoteRun_sql)
                    .run(state.run, status, moment, name, Moment.now)
            }
            if let status, status != .running, state.status == .running { try RunSeal(self).seal(state.run) }
            if let name {
                try connection.prepare(PackageResources.insertTag_sql)
                    .run(state.run, Self.nameTag, name, Moment.now)
            }
            guard let run = try remoteRun(uuid) else { throw StoreError.noRun(word: uuid, path: path) }
            return run
        }
    }

    /// The tag that says the name of a run too.
    public static let nameTag = "mlflow.runName"
    /// MLflow's note, which is a note here too.
    static let noteTag = "mlflow.note.content"

    /// Records what a program reports of a run, all of it or nothing; what is there already is no mistake.
    ///
    /// - Parameters:
    ///   - batch: what it reports.
    ///   - uuid: the run.
    ///   - pattern: which metrics are variances of layers too.
    /// - Throws: ``StoreError`` when the run is not there, deleted, or was executed by Varve; when a param has another value;
    ///   for a key, a step or a moment that cannot be recorded; ``SQLiteError``.
    public func log(_ batch: RemoteBatch, of uuid: String, layers pattern: LayerPattern? = nil) throws {
        try connection.transaction {
            let state = try openRemote(uuid)
            if !batch.metrics.isEmpty || !batch.params.isEmpty { try checkRecordable(state) }
            try changing(state) {
                try add(batch.params, to: state.run)
                try add(batch.metrics, to: state, pattern)
                try setRemoteTags(batch.tags, of: state.run)
            }
            try connection.prepare(PackageResources.noteRemoteLife_sql).run(state.run, Moment.now)
        }
    }

    private func add(_ params: [(key: String, value: String)], to run: Int64) throws {
        guard !params.isEmpty else { return }
        let find = try connection.prepare(PackageResources.findParam_sql)
        let insert = try connection.prepare(PackageResources.insertParam_sql)
        for (key, value) in params {
            try Self.checkKey(key, of: "param")
            try find.bind(run, key)
            if let known = try find.first(as: { (value: SQLValue) in value }) {
                guard known.text.utf8.elementsEqual(value.utf8) else {
                    throw StoreError.paramGiven(key: key, value: known.text)
                }
                continue
            }
            try insert.run(run, key, value)
            if key == "seed" { try setSeed(value, of: run, isReplacing: false) }
            if key == "architecture" { try setArchitecture(value, of: run, isReplacing: false) }
        }
    }

    func setSeed(_ text: String, of run: Int64, isReplacing: Bool) throws(SQLiteError) {
        guard let seed = Int64(text) else { return }
        try connection.prepare(PackageResources.setRemoteSeed_sql).run(run, seed, isReplacing)
    }

    func setArchitecture(_ text: String, of run: Int64, isReplacing: Bool) throws(SQLiteError) {
        guard !text.isEmpty else { return }
        try connection.prepare(PackageResources.setRemoteArchitecture_sql).run(run, text, isReplacing)
    }

    // MARK: Metrics

    private func add(_ metrics: [RemoteMetric], to state: RemoteState, _ pattern: LayerPattern?) throws {
        guard !metrics.isEmpty else { return }
        var rows: [Recorder.MetricRow] = []
        rows.reserveCapacity(metrics.count)
        var variances: [Recorder.Row] = []
        var layers = try pattern.map { try RemoteLayers(of: state.run, $0, in: self) }
        for metric in metrics {
            guard Recorder.steps.contains(metric.step) else { throw StoreError.stepOutOfRange(step: Int(metric.step)) }
            rows.append(
                Recorder.MetricRow(
                    run: state.run,
                    key: try metricKeys.key(metric.key, in: self),
                    step: metric.step,
                    timestamp: try Moment.checked(metric.timestamp, as: "the timestamp of '\(metric.key)'"),
                    value: metric.value
                )
            )
            // A variance is never negative; such a number is a metric alone.
            if !(metric.value < 0), let layer = try layers?.layer(of: metric.key) {
                variances.append(
                    Recorder.Row(run: state.run, step: metric.step, layer: layer, variance: metric.value)
                )
            }
        }
        if gathersMetrics {
            try keep(rows, of: state.run)
            rows = []
        }
        if !rows.isEmpty || !variances.isEmpty { try write(rows, variances, of: state) }
    }

    /// Puts values of metrics that waited in their place, in the transaction that is open.
    func place(_ rows: [Recorder.MetricRow], of run: Int64) throws {
        // What belongs to no run would be an orphan among the metrics too.
        guard let state = try remoteState(number: run) else { return }
        // Side by side as the table has them, they are inserted one behind the other.
        let ordered = rows.sorted { ($0.key.id, $0.step) < ($1.key.id, $1.step) }
        try changing(state) { try write(ordered, [], of: state) }
    }

    private func write(_ rows: [Recorder.MetricRow], _ variances: [Recorder.Row], of state: RemoteState) throws {
        let statements = try RecorderStatements(self)
        var changes: [Int64: RecorderStatements.Changes] = [:]
        try statements.write(variances, &changes)
        try statements.write(rows, self, &changes)
        var reached: [Int64: Int64] = [:]
        for row in variances { reached[row.layer.id] = max(row.step, reached[row.layer.id] ?? row.step) }
        for (layer, step) in reached { try statements.noteLayer.run(state.run, layer, step) }
        // Where a run has layers its last step is that of its variances; see `Recorder.log(_:step:metric:_:at:)`.
        let known = state.hasLayers || variances.isEmpty ? state.lastStep : nil
        let steps = state.hasLayers || !variances.isEmpty ? variances.map(\.step) : rows.map(\.step)
        let change = changes[state.run] ?? RecorderStatements.Changes()
        try connection.prepare(PackageResources.noteRemoteProgress_sql)
            .run(
                state.run,
                (steps + [known].compactMap(\.self)).max(),
                Moment.now,
                Int64(bitPattern: change.variances),
                Int64(bitPattern: change.metrics),
                max(state.steps, (rows.map(\.step).max() ?? -1) + 1)
            )
    }
}
