/// A run that another program reports in JSON objects, one a line.
///
///     {"begin": {"name": "first try", "architecture": "resnet20", "seed": 0, "params": {"lr": 0.1}}}
///     {"step": 0, "metrics": {"loss": 2.3}, "variances": {"conv1": 3.2}}
///     {"step": 1, "loss": 2.2, "accuracy": 0.1}
///     {"step": 1, "layer": "residual1", "variance": 3.2}
///     {"step": 1, "metric": "lr", "value": 0.1, "timestamp": 1700000000000}
///     {"param": "batch", "value": 64}
///     {"tag": "note", "value": "first try"}
///     {"artifact": "out/loss.png", "name": "plots/loss.png"}
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
    /// No run has as many layers; a stream that names more of them must not fill the memory.
    public static let maximumLayers = 100_000

    /// A run to resume.
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

    private var recorder: Recorder
    private let given: LoggedRun
    private let resumed: (run: Run, how: Resumption)?
    /// Of the run that goes on.
    private let knownParams: [Entry]
    /// Nil before the run begins.
    private var lines: LogLines?

    /// How many variances and values of metrics have been taken.
    public var count: Int { lines?.count ?? 0 }
    /// Whether the run has ended.
    public private(set) var isEnded = false
    /// What was removed of a run that goes on; nil where nothing was.
    public var rewinding: Rewinding? { lines?.rewinding }

    /// Number and uuid of the run; nil before it begins.
    public var run: (number: Int64, uuid: String)? { lines.map { ($0.open.number, $0.open.uuid) } }
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
    ///   - resumption: the run to resume; nil for a new one.
    /// - Throws: ``StoreError`` when the run to resume is not there, is deleted, did not end as killed or failed, is not a
    ///   logged one, or may still be recorded by another process; ``SQLiteError``.
    public init(_ store: Store, _ given: LoggedRun, resuming resumption: Resumption? = nil) throws {
        resumed = try resumption.map { (try Self.resumable($0, in: store), $0) }
        knownParams = try resumed.map { try store.params(of: $0.run.number) } ?? []
        try Self.check(given.params, against: knownParams)
        recorder = try Recorder(store)
        self.given = given
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
        if lines == nil { lines = try begin(with: entry) }
        if case .end(let end) = entry { try self.end(end.status, reason: end.reason, at: end.ended) }
        try lines?.record(entry, into: &recorder)
        return entry.isMeasured
    }

    /// Records what waits where it is time to, and gives a sign of life; to be called after every line, and
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
        guard let run = lines?.open else { return }
        var ending = RunEnding(status)
        ending.reason = reason
        ending.ended = ended
        try recorder.finish(run, ending)
        isEnded = true
    }

    // MARK: The beginning

    private func begin(with entry: LogEntry) throws -> LogLines {
        var all = given
        let measure = given.measure ?? LayerPlace.unknownMeasure
        switch entry {
        case .begin(let line):
            try LogLines.asLine { try Self.check(line.params, against: given.params) }
            all = given.adding(line)
        case .end: throw LogError("there is nothing to end: no line was recorded before it")
        case .variance(let layer, _, let value):
            try LogLines.checkSign(value, of: layer.measure ?? measure, layer.layer)
        case .step(let step):
            for value in step.variances { try LogLines.checkSign(value.value, of: measure, value.name) }
        case .artifact(let artifact): _ = try LogLines.content(of: artifact, for: recorder.store)
        default: break
        }
        try entry.check()
        let said = all.measure ?? LayerPlace.unknownMeasure
        guard let resumed else { return LogLines(try recorder.start(all.new, layers: []), measure: said) }
        try LogLines.asLine { try Self.check(all.params, against: knownParams) }
        let run = try recorder.reopen(uuid: resumed.run.uuid, isForced: resumed.how.isForced)
        // What was given is recorded of a run that goes on as lines would be.
        for param in all.params { try recorder.log(run, param: param.key, param.value) }
        for tag in all.tags { try recorder.log(run, tag: tag.key, tag.text) }
        return LogLines(
            run,
            measure: said,
            layers: try recorder.store.layers(ofRun: run.number).map(\.place),
            isRewinding: !resumed.how.keepsLaterSteps
        )
    }
}
