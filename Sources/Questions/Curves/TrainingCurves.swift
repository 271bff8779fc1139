public import Analysis
public import Storage

/// What `plot training` answers: one run by step, its layers and its metrics, or what it has of the two.
public struct TrainingCurves: Sendable {
    public let run: Run
    /// What the layers show; nil where no layer was measured.
    public let measure: MeasureWord?
    private let rate: SQLValue?
    private let layers: [Series]
    private let metrics: [Series]

    /// Reads the steps of a run, in one snapshot of the store and one pass over its rows.
    ///
    /// - Parameters:
    ///   - word: the run.
    ///   - measure: what of the layers is shown; nil for the variance, or the only measure there is.
    ///   - metrics: the keys of those that are drawn, without the layers; none for all there is.
    ///   - steps: those that are drawn; nil for all.
    ///   - store: where it was recorded.
    /// - Throws: `StoreError` for a RUN that is not there; ``QuestionError`` for a run that has recorded nothing, or nothing
    ///   of the measure.
    public init(
        _ word: String,
        measure: MeasureWord? = nil,
        metrics: [String] = [],
        steps: ClosedRange<Int64>? = nil,
        in store: Store
    ) throws {
        self = try store.snapshot { try TrainingCurves(store.run(word), measure, metrics, steps, in: store) }
    }

    private init(
        _ run: Run,
        _ asked: MeasureWord?,
        _ keys: [String],
        _ steps: ClosedRange<Int64>?,
        in store: Store
    ) throws {
        self.run = run
        rate = try store.params(of: run.number).first { $0.key == "learning_rate" }?.value
        let last = min(run.lastStep ?? 0, steps?.upperBound ?? .max)

        let range = steps ?? Quantity.allSteps
        let recorded = keys.isEmpty ? try store.layers(ofRun: run.number) : []
        let measures = Set(recorded.map { ExactText($0.place.measure) })
        let measure =
            asked == nil && recorded.isEmpty
            ? nil : try MeasureWord.chosen(asked, among: [("run \(run.number)", measures)])
        let shown = recorded.filter { measure?.includes($0.place.measure) ?? false }
        self.measure = measure
        var lines = Dictionary(shown.map { ($0.id, DrawnPoints(upTo: last)) }, uniquingKeysWith: { $1 })
        if !shown.isEmpty {
            if steps == nil {
                try store.forEachStep(of: run.number) { step, layer, value in lines[layer]?.add(step, value) }
            } else {
                for layer in shown {
                    for point in try store.points(ofLayer: layer.id, in: run.number, steps: range) {
                        lines[layer.id]?.add(point.step, point.value)
                    }
                }
            }
        }
        layers = shown.map { Series(name: $0.place.name, points: lines[$0.id]?.points() ?? []) }

        let known = try store.lastMetrics(of: run.number).map(\.key)
        if let key = keys.first(where: { !known.holds($0) }) {
            throw QuestionError.runLacks(run: run.number, name: key, known: known)
        }
        metrics = try known.filter { keys.isEmpty || keys.holds($0) }.map { key in
            var line = DrawnPoints(upTo: last)
            try Quantity.metric(key).forEachValue(in: run.number, store, steps: range) { line.add($0, $2) }
            return Series(name: key, points: line.points())
        }
        guard !layers.isEmpty || !metrics.isEmpty else { throw QuestionError.nothingOfRun(run: run.number) }
    }

    /// The run as a picture.
    public var picture: TrainingPlot {
        TrainingPlot(
            title: "Run \(run.number): " + (measure.map { "\($0.noun) by layer and step" } ?? "metrics by step"),
            subtitle: subtitle,
            layers: layers,
            metrics: metrics,
            measure: measure?.title ?? "",
            isLinear: measure?.isShare ?? false
        )
    }

    /// What the run was: `plain, seed 0, learning rate 0.05, 1000 steps`.
    private var subtitle: String {
        [
            run.architecture, run.seed.map { "seed \($0)" }, rate.map { "learning rate \($0.text)" },
            counted(Int(run.steps), "step"), run.status == .finished ? nil : run.status.rawValue,
        ].compactMap(\.self).joined(separator: ", ")
    }
}
