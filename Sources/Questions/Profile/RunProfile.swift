public import Analysis
public import Storage

/// A measure of every layer of one run at a step, beside its first and its last step.
public struct RunProfile: Sendable {
    public let run: Run
    /// The recorded step that is shown: the first one at or behind the one asked for, else the last.
    public let step: Int64
    /// The steps of the first and the last row.
    public let first: Int64
    public let last: Int64
    public let measure: MeasureWord
    /// By position.
    public let layers: [LayerVariance]
    private let ends: [(step: Int64, layers: [LayerVariance])]

    /// Reads a run, in one snapshot of the store.
    ///
    /// - Parameters:
    ///   - word: the run, whatever its status.
    ///   - step: the step; nil for the last one.
    ///   - measure: what of the layers; nil for the variance, or the only measure there is.
    ///   - store: where it was recorded.
    /// - Throws: `StoreError` for a RUN that is not there; ``QuestionError`` where no layer was measured so.
    public init(_ word: String, step: Int64? = nil, measure: MeasureWord? = nil, in store: Store) throws {
        self = try store.snapshot { try RunProfile(store.run(word), step, measure, store) }
    }

    private init(_ run: Run, _ asked: Int64?, _ measure: MeasureWord?, _ store: Store) throws {
        let recorded = try store.layers(ofRun: run.number)
        guard !recorded.isEmpty else { throw QuestionError.noVariances(run: run.number) }
        let word = "run \(run.number)"
        let measure = try MeasureWord.chosen(
            measure,
            among: [(word, Set(recorded.map { ExactText($0.place.measure) }))]
        )
        func layers(at step: Int64?) throws -> [LayerVariance] {
            try store.measures(of: run, step: step).filter { measure.includes($0.measure) }
        }
        let end = try layers(at: nil)
        guard let last = end.map(\.step).max(),
            let first = try store.commonStep(of: run.number, and: run.number)
        else { throw QuestionError.noVariances(run: run.number) }
        let step = try asked.flatMap { try store.commonStep(of: run.number, and: run.number, from: $0) } ?? last
        self.run = run
        (self.first, self.last, self.step, self.measure) = (first, last, step, measure)
        self.layers = step == last ? end : try layers(at: step)
        ends = try [first, last].filter { $0 != step }.map { ($0, $0 == last ? end : try layers(at: $0)) }
    }

    /// The profile as a picture, the step itself first.
    public var picture: ProfilePlot {
        let places = layers.isEmpty ? ends.last?.layers ?? [] : layers
        return ProfilePlot(
            title: "\(measure.capitalized) by layer",
            subtitle: "",
            groups: ([(step: step, layers: layers)] + ends).map { step, layers in
                ProfilePlot.Group(
                    name: "step \(step)",
                    layers: places.map(\.layer),
                    runs: [
                        ProfilePlot.Run(
                            name: "step \(step)",
                            values: places.map { place in layers.first { $0.layer.isExactly(place.layer) }?.variance }
                        )
                    ],
                    afterNorm: Set(places.indices.filter { places[$0].afterNorm })
                )
            },
            measure: measure.title,
            isLinear: measure.isShare
        )
    }
}
