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
    private func openRemote(_ uuid: String) throws -> RemoteState {
        let find = try connection.prepare(PackageResources.findRemoteState_sql)
        try find.bind(uuid)
        guard var state = try find.first(as: RemoteState.init) else { throw StoreError.noRun(word: uuid, path: path) }
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

    /// Changes a run's row and what belongs to it, and seals it again where it was whole and has ended.
    private func changing(_ state: RemoteState, _ change: () throws -> Void) throws {
        let seal = state.isSealed && state.status != .running ? try RunSeal(self) : nil
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
            try changing(state) {
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
    private static let noteTag = "mlflow.note.content"

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

    private func setSeed(_ text: String, of run: Int64, isReplacing: Bool) throws(SQLiteError) {
        guard let seed = Int64(text) else { return }
        try connection.prepare(PackageResources.setRemoteSeed_sql).run(run, seed, isReplacing)
    }

    private func setArchitecture(_ text: String, of run: Int64, isReplacing: Bool) throws(SQLiteError) {
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
        try write(rows, variances, of: state)
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

    // MARK: Tags

    /// Sets tags of a run, all or none; the name, the note, the seed and the architecture among them are the run's own.
    private func setRemoteTags(_ tags: [(key: String, value: String)], of run: Int64) throws {
        guard !tags.isEmpty else { return }
        let insert = try connection.prepare(PackageResources.insertTag_sql)
        let now = Moment.now
        for (key, value) in tags {
            switch key {
            case Self.seedTag: try setSeed(value, of: run, isReplacing: true)
            case Self.architectureTag: try setArchitecture(value, of: run, isReplacing: true)
            default: try Self.checkKey(key, of: "tag")
            }
            try insert.run(run, key, value, now)
            if key == Self.nameTag, !value.isEmpty {
                try connection.prepare(PackageResources.updateRemoteRun_sql)
                    .run(run, RunStatus?.none, Int64?.none, value, now)
            }
            if key == Self.noteTag { try insert.run(run, "note", value, now) }
        }
    }

    /// Removes a tag of a run.
    ///
    /// - Returns: whether it was there.
    /// - Throws: ``StoreError`` when the run is not there or deleted; ``SQLiteError``.
    public func removeRemoteTag(_ key: String, of uuid: String) throws -> Bool {
        try connection.transaction {
            let state = try openRemote(uuid)
            guard try tags(of: state.run).contains(where: { $0.key.isExactly(key) }) else { return false }
            let now = Moment.now
            try connection.prepare(PackageResources.noteTagRemoval_sql).run(state.run, key, now)
            try connection.prepare(PackageResources.deleteTag_sql).run(state.run, key)
            try connection.prepare(PackageResources.noteRemoteLife_sql).run(state.run, now)
            return true
        }
    }

    // MARK: Inputs

    /// Notes what a run was given to read; what is noted already stays.
    ///
    /// - Throws: ``StoreError`` when the run is not there or deleted; ``SQLiteError``.
    public func addInputs(_ inputs: [RunInput], to uuid: String) throws {
        try connection.transaction {
            let state = try openRemote(uuid)
            let insert = try connection.prepare(PackageResources.insertRunInput_sql)
            for input in inputs { try insert.run(state.run, input.name, input.digest, input.content) }
            try connection.prepare(PackageResources.noteRemoteLife_sql).run(state.run, Moment.now)
        }
    }

    /// What a run was given to read, by name.
    public func inputs(of run: Int64) throws(SQLiteError) -> [RunInput] {
        let list = try connection.prepare(PackageResources.listRunInputs_sql)
        try list.bind(run)
        return try list.rows(as: RunInput.init)
    }

    /// The data sets that runs of experiments were given to read, each once.
    ///
    /// - Parameters:
    ///   - experiments: the ids of the experiments.
    ///   - limit: at most so many.
    /// - Returns: the id of the experiment, name and digest, and what the data set was for where that was said.
    /// - Throws: ``SQLiteError``.
    public func inputs(
        ofExperiments experiments: [Int64],
        limit: Int
    ) throws(SQLiteError) -> [(experiment: Int64, name: String, digest: String, context: String)] {
        let list = try connection.prepare(PackageResources.listInputsOfExperiments_sql)
        try list.bind(Self.list(experiments), limit)
        return try list.rows { (experiment: Int64, name: String, digest: String, context: String) in
            (experiment, name, digest, context)
        }
    }
}

/// The layers of a run whose variances come as metrics.
struct RemoteLayers {
    private let store: Store
    private let run: Int64
    private let pattern: LayerPattern
    private let starter: RunStarter
    /// By the metric's key; those that the run has, and those that come with this batch.
    private var known: [ExactText: RecordedLayer]?
    private var nextPosition = 0

    init(of run: Int64, _ pattern: LayerPattern, in store: Store) throws(SQLiteError) {
        self.run = run
        self.pattern = pattern
        self.store = store
        starter = try RunStarter(store)
    }

    /// The layer that a metric is the variance of; nil where it is none.
    mutating func layer(of key: String) throws(SQLiteError) -> RecordedLayer? {
        guard let name = pattern.layer(in: key) else { return nil }
        var layers: [ExactText: RecordedLayer]
        if let known { layers = known } else { layers = try readLayers() }
        defer { known = layers }
        if let layer = layers[ExactText(name)] { return layer }
        let place = LayerPlace(name: name, position: nextPosition, measure: LayerPlace.unknownMeasure)
        let layer = try starter.recorded(place)
        nextPosition += 1
        layers[ExactText(name)] = layer
        return layer
    }

    private mutating func readLayers() throws(SQLiteError) -> [ExactText: RecordedLayer] {
        var layers: [ExactText: RecordedLayer] = [:]
        for stored in try store.layers(ofRun: run) {
            nextPosition = max(nextPosition, stored.place.position == .max ? .max : stored.place.position + 1)
            guard stored.place.measure == LayerPlace.unknownMeasure else { continue }
            layers[ExactText(stored.place.name)] = RecordedLayer(id: stored.id, checksum: Checksum(stored.place))
        }
        return layers
    }
}

/// The keys of metrics' names that a connection has met, so that they are not looked up with every value.
final class MetricKeyCache {
    /// Further ones are looked up in the store, so that no stream of names can fill the memory.
    private static let limit = 10_000

    private var keys: [ExactText: Recorder.MetricKey] = [:]
    /// How many transactions had been undone, and names with them, when these keys were met.
    private var undone = 0

    func key(_ text: String, in store: Store) throws -> Recorder.MetricKey {
        if undone != store.connection.statements.undone {
            keys.removeAll(keepingCapacity: true)
            undone = store.connection.statements.undone
        }
        let exact = ExactText(text)
        if let known = keys[exact] { return known }
        let key = Recorder.MetricKey(id: try store.metricKey(text), checksum: Checksum(key: text))
        if keys.count < Self.limit { keys[exact] = key }
        return key
    }
}
