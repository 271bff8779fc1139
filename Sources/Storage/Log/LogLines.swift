/// The lines of one run that has begun, on their way into a recorder: which layers they have named, and what of them cannot
/// be recorded.
struct LogLines: Sendable {
    /// The run.
    private(set) var open: OpenRun
    /// What the numbers of layers are that declare nothing else.
    private let measure: String
    private var layers: [Layer] = []
    /// The layers by their long and their short names.
    private var indices: [ExactText: Int] = [:]
    private var nextPosition = 0
    private var isRewound: Bool
    private var hasRecorded = false

    /// How many variances and values of metrics have been taken.
    private(set) var count = 0
    /// What was removed of a run that goes on; nil where nothing was.
    private(set) var rewinding: RunLog.Rewinding?

    private struct Layer {
        var place: LayerPlace
        /// Among the run's layers in the recorder; nil before the first variance.
        var index: Int?
    }

    /// Begins, with the layers that the run has.
    ///
    /// - Parameters:
    ///   - open: the run.
    ///   - measure: what the numbers of layers are that declare nothing else.
    ///   - layers: those that the run has.
    ///   - isRewinding: whether what the run recorded from its first new step on is removed.
    init(_ open: OpenRun, measure: String, layers: [LayerPlace] = [], isRewinding: Bool = false) {
        self.open = open
        self.measure = measure
        isRewound = !isRewinding
        for place in layers where indices[ExactText(place.name)] == nil && indices[ExactText(place.shortName)] == nil {
            append(place)
        }
    }

    /// Records what a line says; the lines `begin` and `end` are for others.
    mutating func record(_ entry: LogEntry, into recorder: inout Recorder) throws {
        switch entry {
        case .begin:
            guard !hasRecorded else { throw LogError("'begin' belongs in the first line, and the run has begun") }
        case .step(let step): try record(step, &recorder)
        case .variance(let layer, let step, let variance):
            let place = try declare(layer)
            try Self.checkSign(variance, of: layers[place].place.measure, layer.layer)
            let index = try recordedIndex(of: place, &recorder)
            try rewind(to: step, &recorder)
            try recorder.gather(open, step: step, layer: index, variance: variance)
            count += 1
        case .layer(let layer): _ = try declare(layer)
        case .metric(let key, let step, let value, let timestamp):
            try Self.asLine { try recorder.checkMetric(key) }
            try rewind(to: step, &recorder)
            try recorder.gather(open, step: step, metric: key, value, at: timestamp)
            count += 1
        case .param(let key, let value): try Self.asLine { try recorder.log(open, param: key, value) }
        case .tag(let key, let value): try Self.asLine { try recorder.log(open, tag: key, value) }
        case .artifact(let artifact):
            let content = try Self.content(of: artifact, for: recorder.store)
            _ = try Self.asLine { try recorder.store.putArtifact(content, of: open.number, at: artifact.path.text) }
        case .end: break
        }
        hasRecorded = true
    }

    /// The content of a file that a line names.
    static func content(of artifact: LoggedArtifact, for store: Store) throws -> ArtifactContent {
        try asLine { try ArtifactContent.content(ofFile: artifact.file, for: store.path) }
    }

    private mutating func record(_ step: LoggedStep, _ recorder: inout Recorder) throws {
        // All of it can be recorded, or nothing is.
        for metric in step.metrics { try Self.asLine { try recorder.checkMetric(metric.name) } }
        var places: [Int] = []
        for value in step.variances {
            let place = try declare(LoggedLayer(layer: value.name))
            try Self.checkSign(value.value, of: layers[place].place.measure, value.name)
            places.append(try recordedIndex(of: place, &recorder))
        }
        try rewind(to: step.step, &recorder)
        let run = open
        for metric in step.metrics {
            try recorder.gather(run, step: step.step, metric: metric.name, metric.value, at: step.timestamp)
        }
        for (place, value) in zip(places, step.variances) {
            try recorder.gather(run, step: step.step, layer: place, variance: value.value)
        }
        count += step.metrics.count + step.variances.count
    }

    /// Removes once what a run that goes on had recorded from its first new step on.
    private mutating func rewind(to step: Int, _ recorder: inout Recorder) throws {
        guard !isRewound else { return }
        let removed = try recorder.rewind(open, to: step)
        isRewound = true
        if removed != (0, 0) {
            rewinding = RunLog.Rewinding(step: step, variances: removed.variances, metrics: removed.metrics)
        }
    }

    // MARK: What cannot be recorded

    /// Errors that the line is to blame for, and not the store.
    static func asLine<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as StoreError {
            switch error {
            case .paramGiven(let key, let value):
                let (key, value) = (LogError.excerpt(key), LogError.excerpt(value))
                throw LogError("param '\(key)' already has the value \(value)")
            case .badKey, .noFile, .cannotRead, .notAFileName, .artifactInTheWay: throw LogError(error.description)
            default: throw error
            }
        }
    }

    static func checkSign(_ value: Double, of measure: String, _ layer: String) throws(LogError) {
        let rule: String
        if value < 0, LayerPlace.isNeverNegative(measure) {
            rule = "a variance is never negative"
        } else if value > 1, RunField.LayerMeasure.dead.includes(measure) {
            rule = "a share is never above 1"
        } else {
            return
        }
        throw LogError(
            "the value of layer '\(LogError.excerpt(layer))' is \(value), and \(rule): declare another measure for the layer"
        )
    }

    // MARK: Layers

    private mutating func recordedIndex(of place: Int, _ recorder: inout Recorder) throws -> Int {
        if let index = layers[place].index { return index }
        let index = try recorder.add(layers[place].place, to: &open)
        layers[place].index = index
        return index
    }

    private mutating func declare(_ logged: LoggedLayer) throws(LogError) -> Int {
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
            throw LogError("the name '\(LogError.excerpt(place.shortName))' is that of another layer")
        }
        guard layers.count < RunLog.maximumLayers else {
            throw LogError("the run already has \(RunLog.maximumLayers) layers, and no more can be recorded")
        }
        append(place)
        return layers.count - 1
    }

    private mutating func append(_ place: LayerPlace) {
        layers.append(Layer(place: place))
        indices[ExactText(place.name)] = layers.count - 1
        indices[ExactText(place.shortName)] = layers.count - 1
        nextPosition = max(nextPosition, place.position == .max ? place.position : place.position + 1)
    }

    private func check(_ logged: LoggedLayer, against place: LayerPlace) throws(LogError) {
        guard (logged.name ?? place.shortName).isExactly(place.shortName),
            logged.position ?? place.position == place.position,
            (logged.measure ?? place.measure).isExactly(place.measure),
            logged.afterNorm ?? place.afterNorm == place.afterNorm
        else {
            throw LogError(
                "layer '\(LogError.excerpt(logged.layer))' is already declared, with name "
                    + "'\(LogError.excerpt(place.shortName))', position \(place.position), "
                    + "measure '\(LogError.excerpt(place.measure))', after_norm \(place.afterNorm)"
            )
        }
    }
}
