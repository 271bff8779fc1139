/// A run that another program reports in JSON objects, one a line.
///
///     {"step": 0, "layer": "residual1", "variance": 3.2}
///     {"step": 0, "metric": "loss", "value": 2.3, "timestamp": 1700000000000}
///     {"param": "lr", "value": 0.1}
///     {"tag": "note", "value": "first try"}
///     {"layer": "After first residual connection", "name": "residual1", "position": 2, "measure": "population_mean",
///      "after_norm": false}
///     {"end": "finished"}
///
/// Names and words are those of all of Varve's JSON. Numbers that are not finite are the strings `"NaN"`, `"Infinity"` and
/// `"-Infinity"`, or these words bare, as Python writes them.
///
/// Layers are met as they come: the variance of a layer that was not declared declares it, behind those that are there
/// and with the measure of the log. A line may also do both, declare a layer and record its first variance.
public final class RunLog {
    /// No run has so many layers; a stream that names more of them must not fill the memory.
    public static let maximumLayers = 100_000

    private var recorder: Recorder
    private var run: OpenRun
    private let measure: String
    private var layers: [Layer] = []
    /// The layers by their long and their short names.
    private var indices: [ExactText: Int] = [:]
    private var nextPosition = 0

    private struct Layer {
        var place: LayerPlace
        /// Among the run's layers in the recorder; nil before the first variance.
        var index: Int?
    }

    /// How many variances and values of metrics have been taken.
    public private(set) var count = 0
    /// Whether the run has ended.
    public private(set) var isEnded = false

    /// The number a person types.
    public var number: Int64 { run.number }

    /// Begins the run.
    ///
    /// - Parameters:
    ///   - store: opened for writing.
    ///   - new: what is known of the run before its first line.
    ///   - measure: what the numbers of layers are that declare nothing else; see ``LayerPlace/measure``.
    /// - Throws: ``StoreError`` when the experiment is deleted; ``SQLiteError``.
    public init(_ store: Store, _ new: NewRun, measure: String) throws {
        var recorder = try Recorder(store)
        run = try recorder.start(new, layers: [])
        self.recorder = recorder
        self.measure = measure
    }

    /// Records what a line says.
    ///
    /// - Parameter line: UTF-8, with or without the line's end.
    /// - Throws: ``LogError`` for a line that cannot be recorded: nothing of it is, and the next one may come;
    ///   ``SQLiteError`` where recording failed.
    public func record(_ line: Span<UInt8>) throws {
        guard !isEnded else { throw LogError("it comes behind the end of the run") }
        do {
            try record(LogEntry(parsing: line))
        } catch let error as StoreError {
            throw LogError(error.description)
        }
    }

    private func record(_ entry: LogEntry) throws {
        switch entry {
        case .variance(let layer, let step, let variance):
            let index = try recordedIndex(of: layer)
            try recorder.log(run, step: step, layer: index, variance: variance)
            count += 1
        case .layer(let layer): _ = try declare(layer)
        case .metric(let key, let step, let value, let timestamp):
            try recorder.log(run, step: step, metric: key, value, at: timestamp)
            count += 1
        case .param(let key, let value): try recorder.log(run, param: key, value)
        case .tag(let key, let value): try recorder.log(run, tag: key, value)
        case .end(let status): try end(status)
        }
    }

    /// Brings what waits into the store where it is time to, and gives a sign of life; to be called where no line comes.
    public func beat() throws { try recorder.beat() }

    /// Ends the run: everything taken is committed when this returns.
    ///
    /// The steps done are told by the greatest step, as steps count from 0.
    public func end(_ status: RunStatus) throws {
        try recorder.finish(run, RunEnding(status))
        isEnded = true
    }

    // MARK: Layers

    private func recordedIndex(of logged: LoggedLayer) throws -> Int {
        let place = try declare(logged)
        if let index = layers[place].index { return index }
        let index = try recorder.add(layers[place].place, to: &run)
        layers[place].index = index
        return index
    }

    private func declare(_ logged: LoggedLayer) throws(LogError) -> Int {
        if let known = indices[ExactText(logged.layer)] {
            if !logged.isBare { try check(logged, against: layers[known].place) }
            return known
        }
        let place = LayerPlace(
            name: logged.layer,
            shortName: logged.name,
            position: logged.position ?? nextPosition,
            measure: logged.measure ?? measure,
            afterNorm: logged.afterNorm ?? false
        )
        guard indices[ExactText(place.shortName)] == nil else {
            throw LogError("the name '\(place.shortName)' is that of another layer")
        }
        guard layers.count < Self.maximumLayers else {
            throw LogError("the run has \(Self.maximumLayers) layers already, and no more can be recorded")
        }
        layers.append(Layer(place: place))
        indices[ExactText(place.name)] = layers.count - 1
        indices[ExactText(place.shortName)] = layers.count - 1
        nextPosition = max(nextPosition, place.position == .max ? place.position : place.position + 1)
        return layers.count - 1
    }

    private func check(_ logged: LoggedLayer, against place: LayerPlace) throws(LogError) {
        guard logged.name ?? place.shortName == place.shortName, logged.position ?? place.position == place.position,
            logged.measure ?? place.measure == place.measure, logged.afterNorm ?? place.afterNorm == place.afterNorm
        else {
            throw LogError(
                "layer '\(logged.layer)' is declared already, with name '\(place.shortName)', position \(place.position), "
                    + "measure '\(place.measure)', after_norm \(place.afterNorm)"
            )
        }
    }
}
