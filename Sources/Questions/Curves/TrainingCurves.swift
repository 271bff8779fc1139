public import Analysis
public import Storage

/// What `plot training` answers: one run by step, its layers and its losses.
public struct TrainingCurves: Sendable {
    public let run: Run
    private let rate: SQLValue?
    private let layers: [(place: LayerPlace, points: [Series.Point])]
    private let losses: [Series]

    /// Reads the steps of a run, in one snapshot of the store.
    ///
    /// - Throws: `StoreError` for a RUN that is not there; ``QuestionError`` for a run that has recorded no variances.
    public init(_ word: String, in store: Store) throws {
        self = try store.snapshot { try TrainingCurves(store.run(word), in: store) }
    }

    private init(_ run: Run, in store: Store) throws {
        self.run = run
        rate = try RunDetails(store).params(of: run.number).first { $0.key == "learning_rate" }?.value
        var points: [Int64: [Series.Point]] = [:]
        try store.forEachStep(of: run.number) { step, layer, variance in
            points[layer, default: []].append(Series.Point(x: Int(step), y: variance))
        }
        guard !points.isEmpty else { throw QuestionError.noVariances(run: run.number) }
        losses = try [("loss", "training loss"), ("val_loss", "validation loss")].compactMap { key, name in
            var points: [Series.Point] = []
            try store.forEachValue(ofMetric: key, in: run.number) { points.append(Series.Point(x: Int($0), y: $1)) }
            return points.isEmpty ? nil : Series(name: name, points: points)
        }
        layers = try store.layers().compactMap { layer in points[layer.id].map { (layer.place, $0) } }
    }

    /// The run as a picture.
    public var picture: TrainingPlot {
        TrainingPlot(
            title: "Run \(run.number): variance by layer and step",
            subtitle: subtitle,
            layers: layers.map { Series(name: $0.place.name, points: $0.points) },
            metrics: losses,
            measure: axisTitle(measures: layers.map(\.place.measure))
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
