/// A run that another program reports in JSON objects, one a line.
///
///     {"begin": {"name": "first try", "architecture": "resnet20", "seed": 0, "params": {"lr": 0.1}}}
///     {"step": 0, "metrics": {"loss": 2.3}, "variances": {"conv1": 3.2}}
///     {"step": 1, "loss": 2.2, "accuracy": 0.1}
///     {"step": 1, "layer": "residual1", "variance": 3.2}
///     {"step": 1, "metric": "lr", "value": 0.1, "timestamp": 1700000000000}
///     {"param": "batch", "value": 64}
///     {"tag": "note", "value": "first try"}
///     {"layer": "After first residual connection", "name": "residual1", "position": 2, "measure": "population_mean",
///      "after_norm": false}
///     {"end": "failed", "reason": "out of memory"}
///
/// Names and words are those of all of Varve's JSON. Numbers that are not finite are the strings `"NaN"`, `"Infinity"` and
/// `"-Infinity"`, or these words bare, as Python writes them. A line whose members are `step`, `timestamp` and otherwise
/// numbers is a step of metrics.
///
/// The run begins, or goes on, with the first line that can be recorded. Layers are met as they come: the variance of a
/// layer that was not declared declares it, after those that are there and with the measure of the log. A line may also do
/// both, declare a layer and record its first variance.
public final class RunLog {
    /// No run has so many layers; a stream that names more of them must not fill the memory.
    public static let maximumLayers = 100_000

    /// A run to go on with.
    public struct Resumption: Sendable {
        /// Its number or the beginning of its uuid.
        public var run: String
        /// Whether what it recorded from the first new step on stays.
        public var keepsLaterSteps: Bool
        /// Whether it is taken from a process of which nobody knows whether it lives.
        public var isForced: Bool

        public init(_ run: String, keepsLaterSteps: Bool = false, isForced: Bool = false) {
            self.run = run
            self.keepsLaterSteps = keepsLaterSteps
            self.isForced = isForced
        }
    }

    /// What a run that goes on recorded before, from its first new step on, and what was removed.
    public struct Rewinding: Sendable, Equatable {
        public let step: Int
        public let variances: Int
        public let metrics: Int
    }

    var recorder: Recorder
    private let given: LoggedRun
    var measure: String
    private let resumed: (run: Run, how: Resumption)?
    /// Of the run that goes on.
    private let knownParams: [Entry]
    private var open: OpenRun?
    var layers: [Layer] = []
    /// The layers by their long and their short names.
    var indices: [ExactText: Int] = [:]
    var nextPosition = 0
    private var isRewound: Bool

    struct Layer {
        var place: LayerPlace
        /// Among the run's layers in the recorder; nil before the first variance.
        var index: Int?
    }

    /// How many variances and values of metrics have been taken.
    public private(set) var count = 0
    /// Whether the run has ended.
    public private(set) var isEnded = false
    /// What was removed of a run that goes on; nil where nothing was.
    public private(set) var rewinding: Rewinding?

    /// Number and uuid of the run; nil before it begins.
    public var run: (number: Int64, uuid: String)? { open.map { ($0.number, $0.uuid) } }
    /// How many values have been taken and are not yet committed.
    public var waiting: Int { recorder.waiting }
    /// In how many milliseconds ``beat()`` is due.
    public var patience: Int64 { recorder.patienceLeft }

    /// Prepares to record a run.
    ///
    /// - Parameters:
    ///   - store: opened for writing.
    ///   - given: what is known of the run before its first line; ``LoggedRun/measure`` is ``LayerPlace/unknownMeasure``
    ///     unless given.
    ///   - resumption: the run to go on with; nil for a new one.
    /// - Throws: ``StoreError`` when the run to go on with is not there, is deleted, did not end as killed or failed, is not a
    ///   logged one, or may still be recorded by another process; ``SQLiteError``.
    public init(_ store: Store, _ given: LoggedRun, resuming resumption: Resumption? = nil) throws {
        resumed = try resumption.map { (try Self.resumable($0, in: store), $0) }
        knownParams = try resumed.map { try store.params(of: $0.run.number) } ?? []
        try Self.check(given.params, against: knownParams)
        recorder = try Recorder(store)
        self.given = given
        measure = given.measure ?? LayerPlace.unknownMeasure
        isRewound = resumption?.keepsLaterSteps ?? true
    }

    private static func check(_ params: [Entry], against known: [Entry]) throws(StoreError) {
        for param in params {
            guard let same = known.first(where: { $0.key.isExactly(param.key) }) else { continue }
            if same.value != param.value { throw StoreError.paramGiven(key: param.key, value: JSON(same.value).text) }
        }
    }

    private static func resumable(_ how: Resumption, in store: Store) throws -> Run {
        let run = try store.run(how.run)
        guard run.configurationDigest == nil else { throw StoreError.notLogged(run: run.number) }
        guard run.status != .finished else { throw StoreError.runIsFinished(number: run.number) }
        guard try store.lifecycle(of: run.number) == .active else { throw StoreError.runIsDeleted(number: run.number) }
        try store.checkTakeover(of: run.number, isForced: how.isForced)
        return run
    }

    /// Takes what a line says; ``beat()`` commits it when it is time to.
    ///
    /// - Parameter line: UTF-8, with or without the line's end.
    /// - Returns: whether it brought values of a step, which are gathered first.
    /// - Throws: ``LogError`` for a line that cannot be recorded: nothing of it is, and the next one may come;
    ///   ``StoreError`` and ``SQLiteError`` where recording failed: the line may come again.
    @discardableResult
    public func take(_ line: Span<UInt8>) throws -> Bool {
        guard !isEnded else { throw LogError("it comes after the end of the run") }
        let entry = try LogEntry(parsing: line)
        try begin(with: entry)
        try record(entry)
        return entry.isMeasured
    }

    /// Brings what waits into the store where it is time to, and gives a sign of life; to be called after every line, and
    /// after ``patience`` where none comes.
    ///
    /// - Throws: ``StoreError`` when the run was deleted or ended by others; ``SQLiteError``.
    public func beat() throws { try recorder.beat() }

    /// Ends the run: everything taken is committed when this returns.
    ///
    /// The steps done are told by the greatest step, as steps count from 0.
    ///
    /// - Parameters:
    ///   - status: how it ends.
    ///   - reason: why, in one line; kept as the tag `varve.reason`.
    ///   - ended: when, in milliseconds since 1970; now unless given.
    /// - Throws: ``StoreError`` when the run was deleted or ended by others; ``SQLiteError``.
    public func end(_ status: RunStatus, reason: String? = nil, at ended: Int64? = nil) throws {
        guard let open else { return }
        var ending = RunEnding(status)
        ending.reason = reason
        ending.ended = ended
        try recorder.finish(open, ending)
        isEnded = true
    }

    // MARK: The beginning

    private func begin(with entry: LogEntry) throws {
        guard open == nil else { return }
        var all = given
        switch entry {
        case .begin(let line):
            try asLine { try Self.check(line.params, against: given.params) }
            all = given.adding(line)
        case .end: throw LogError("there is nothing to end: no line was recorded before it")
        case .variance(let layer, _, let value): try checkSign(value, of: layer.measure ?? measure, layer.layer)
        case .step(let step): for value in step.variances { try checkSign(value.value, of: measure, value.name) }
        default: break
        }
        try entry.check()
        let measure = all.measure ?? LayerPlace.unknownMeasure
        guard let resumed else {
            open = try recorder.start(all.new, layers: [])
            self.measure = measure
            return
        }
        try asLine { try Self.check(all.params, against: knownParams) }
        let run = try recorder.reopen(uuid: resumed.run.uuid, isForced: resumed.how.isForced)
        for stored in try recorder.store.layers(ofRun: run.number) {
            guard indices[ExactText(stored.place.name)] == nil, indices[ExactText(stored.place.shortName)] == nil else {
                continue
            }
            append(stored.place)
        }
        // What was given is recorded of a run that goes on as lines would be.
        for param in all.params { try recorder.log(run, param: param.key, param.value) }
        for tag in all.tags { try recorder.log(run, tag: tag.key, tag.text) }
        open = run
        self.measure = measure
    }

    private func record(_ entry: LogEntry) throws {
        guard var run = open else { return }
        defer { open = run }
        switch entry {
        case .begin: try checkFirst()
        case .step(let step): try record(step, &run)
        case .variance(let layer, let step, let variance):
            let place = try declare(layer)
            try checkSign(variance, of: layers[place].place.measure, layer.layer)
            let index = try recordedIndex(of: place, &run)
            try rewind(run, to: step)
            try recorder.gather(run, step: step, layer: index, variance: variance)
            count += 1
        case .layer(let layer): _ = try declare(layer)
        case .metric(let key, let step, let value, let timestamp):
            try checkKey(key)
            try rewind(run, to: step)
            try recorder.gather(run, step: step, metric: key, value, at: timestamp)
            count += 1
        case .param(let key, let value): try asLine { try recorder.log(run, param: key, value) }
        case .tag(let key, let value): try asLine { try recorder.log(run, tag: key, value) }
        case .end(let end): try self.end(end.status, reason: end.reason, at: end.ended)
        }
        hasRecorded = true
    }

    private var hasRecorded = false

    private func checkFirst() throws(LogError) {
        guard !hasRecorded else { throw LogError("'begin' belongs in the first line, and the run has begun") }
    }

    private func record(_ step: LoggedStep, _ run: inout OpenRun) throws {
        // All of it can be recorded, or nothing is.
        for metric in step.metrics { try checkKey(metric.name) }
        let places = try step.variances.map { value in
            let place = try declare(LoggedLayer(layer: value.name))
            try checkSign(value.value, of: layers[place].place.measure, value.name)
            return try recordedIndex(of: place, &run)
        }
        try rewind(run, to: step.step)
        for metric in step.metrics {
            try recorder.gather(run, step: step.step, metric: metric.name, metric.value, at: step.timestamp)
        }
        for (place, value) in zip(places, step.variances) {
            try recorder.gather(run, step: step.step, layer: place, variance: value.value)
        }
        count += step.metrics.count + step.variances.count
    }

    /// Removes once what a run that goes on had recorded from its first new step on.
    private func rewind(_ run: OpenRun, to step: Int) throws {
        guard !isRewound else { return }
        let removed = try recorder.rewind(run, to: step)
        isRewound = true
        if removed != (0, 0) {
            rewinding = Rewinding(step: step, variances: removed.variances, metrics: removed.metrics)
        }
    }
}
