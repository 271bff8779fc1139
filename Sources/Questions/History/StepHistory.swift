public import Storage

/// What `history --run` answers: one layer through the steps of one run.
public struct StepHistory: Sendable {
    public let run: Run
    public let layer: NamedLayer
    private let limit: Int?

    /// Finds run and layer; without a name the last layer of the run.
    ///
    /// - Parameters:
    ///   - word: the run.
    ///   - name: the layer.
    ///   - limit: the last so many steps.
    ///   - store: where it was recorded.
    /// - Throws: `StoreError` for a RUN that is not there; ``QuestionError`` for a layer that is not there, and for a run
    ///   that has measured none; `SQLiteError`.
    public init(_ word: String, layer name: String?, limit: Int?, in store: Store) throws {
        run = try store.run(word)
        self.limit = limit
        guard let name = try name ?? RunDetails(store).variances(of: run).last?.layer else {
            throw QuestionError.noVariances(run: run.number)
        }
        layer = try NamedLayer(name, in: store)
    }

    /// `After first residual connection (residual1): variance in run 1, by step`.
    public var heading: String { "\(layer.name) (\(layer.shortName)): variance in run \(run.number), by step" }

    /// Hands over the steps in order, in one snapshot of the store.
    ///
    /// - Throws: `SQLiteError`; what `body` throws.
    public func forEachEntry(in store: Store, _ body: (History.Entry) throws -> Void) throws {
        let keys = layer.keys
        var kept = Tail<History.Entry>(limit)
        var last: Double?
        try store.snapshot {
            try store.forEachStep(of: run.number) { step, key, variance in
                guard keys.contains(key) else { return }
                let entry = History.Entry(
                    RunVariance(run, step: step, layer: key, variance: variance),
                    at: layer.place(key),
                    change: last.map { variance - $0 }
                )
                last = variance
                if limit == nil { try body(entry) } else { kept.append(entry) }
            }
            for entry in kept.elements { try body(entry) }
        }
    }
}
