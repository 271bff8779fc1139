public import Storage

/// What `history --run` answers: one layer or metric through the steps of one run.
public struct StepHistory: Sendable {
    public let run: Run
    public let quantity: Quantity
    private let limit: Int?

    /// Finds run and layer.
    ///
    /// - Parameters:
    ///   - word: the run.
    ///   - name: the layer; without a name the last layer of the run.
    ///   - measure: what of the layer; nil for the variance, or the only measure that the run has there.
    ///   - limit: the last steps, at most this many.
    ///   - store: where it was recorded.
    /// - Throws: `StoreError` for a RUN that is not there; ``QuestionError`` for a layer or measure that the run has not, and
    ///   for a run that has measured none; `SQLiteError`.
    public init(_ word: String, layer name: String?, measure: MeasureWord?, limit: Int?, in store: Store) throws {
        let run = try store.run(word)
        let layers = try store.layers(ofRun: run.number)
        guard let name = name ?? layers.last?.place.name else { throw QuestionError.noVariances(run: run.number) }
        guard let layer = NamedLayer(name, among: layers) else {
            _ = try NamedLayer(name, in: store)
            throw QuestionError.runLacks(run: run.number, name: name, known: layers.shortNames)
        }
        let known = Set(layer.places.map { ExactText($0.place.measure) })
        quantity = .layer(layer, try .chosen(measure, among: [(layer.shortName, known)]))
        self.run = run
        self.limit = limit
    }

    /// Finds run and metric.
    ///
    /// - Throws: `StoreError` for a RUN that is not there; ``QuestionError`` for a metric that the run has not; `SQLiteError`.
    public init(_ word: String, metric key: String, limit: Int?, in store: Store) throws {
        run = try store.run(word)
        quantity = try Quantity(metric: key, in: store)
        self.limit = limit
        let known = try store.lastMetrics(of: run.number).map(\.key)
        guard known.holds(key) else { throw QuestionError.runLacks(run: run.number, name: key, known: known) }
    }

    /// `After first residual connection (residual1): variance in run 1, by step`.
    public var heading: String { "\(quantity.heading) in run \(run.number), by step" }

    /// Hands over the steps in order, in one snapshot of the store.
    ///
    /// - Throws: `SQLiteError`; what `body` throws.
    public func forEachEntry(in store: Store, _ body: (History.Entry) throws -> Void) throws {
        var kept = Tail<History.Entry>(limit)
        var last: Double?
        try store.snapshot {
            try quantity.forEachValue(in: run.number, store) { step, layer, value in
                let entry = History.Entry(
                    RunValue(run, step: step, layer: layer, value: value),
                    of: quantity,
                    change: last.map { value - $0 }
                )
                last = value
                if limit == nil { try body(entry) } else { kept.append(entry) }
            }
            for entry in kept.elements { try body(entry) }
        }
    }
}
