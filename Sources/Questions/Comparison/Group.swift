public import Storage

/// Some finished runs of one configuration on one dataset, each counted once.
///
/// What comparisons, profiles and curves put together: which runs count is decided here, for all of them.
public struct Group: Sendable {
    /// As it was typed.
    public let word: String
    public let filter: Filter
    /// Newest first.
    public let runs: [GroupedRun]
    /// How many runs were left out since a newer one has the same configuration, seed and dataset.
    public let replicates: Int
    /// What decides the runs' course besides seed and dataset, by key.
    public let params: [String: SQLValue]

    /// Finds the runs of a group.
    ///
    /// - Parameters:
    ///   - word: an architecture, a RUN or a FILTER.
    ///   - filter: what it stands for; see `Filter.init(group:in:)`.
    ///   - store: where they were recorded.
    /// - Throws: ``QuestionError`` for a group without a finished run, or of several configurations or datasets.
    public init(_ word: String, _ filter: Filter, in store: Store) throws {
        let found = try store.finishedRuns(matching: filter)
        guard !found.isEmpty else {
            throw QuestionError.emptyGroup(
                word: word,
                path: store.path,
                unknown: try store.unknownName(in: filter)
            )
        }
        var seen: Set<Replicate> = []
        runs = found.filter { run in Replicate(run).map { seen.insert($0).inserted } ?? true }
        let details = try RunDetails(store)
        let mixture = try Mixture(runs, details)
        guard mixture.isPure else { throw QuestionError.mixedGroup(word: word, mixture) }
        self.word = word
        self.filter = filter
        replicates = found.count - runs.count
        params = Dictionary(
            try details.params(of: runs[0].number).map { ($0.key, $0.value) },
            uniquingKeysWith: { $1 }
        )
    }

    /// What makes two runs the same experiment done twice; nothing where the seed is not known.
    private struct Replicate: Hashable {
        let configuration: String
        let seed: Int64
        let dataset: Int64?

        init?(_ run: GroupedRun) {
            guard let seed = run.seed else { return nil }
            configuration = run.configuration
            self.seed = seed
            dataset = run.dataset
        }
    }

    /// The last steps of the runs, each once, in order.
    var lastSteps: [Int64] { Set(runs.compactMap(\.lastStep)).sorted() }

    /// What one run measured.
    public struct Value: Sendable {
        public let run: Int64
        public let seed: Int64?
        public let value: Double
    }

    /// A layer with the values of the runs that measured it; NaN is a value like others here.
    public struct MeasuredLayer: Sendable {
        public let place: LayerPlace
        public var values: [Value]
    }

    /// The layers that the runs measured at a step, by position.
    ///
    /// - Parameters:
    ///   - step: nil for the last one that each run recorded.
    ///   - store: where they were recorded.
    /// - Returns: each with the values of the runs that measured it.
    /// - Throws: `SQLiteError`.
    public func layers(at step: Int64?, in store: Store) throws -> [MeasuredLayer] {
        let counted = Set(runs.map(\.number))
        var values: [Int64: [Int64: Double]] = [:]
        try store.forEachGroupedVariance(matching: filter, step: step) { run, layer, variance in
            if counted.contains(run) { values[layer, default: [:]][run] = variance }
        }
        var layers: [MeasuredLayer] = []
        for (key, values) in values {
            guard let place = try store.layerPlace(key) else { continue }
            let ordered = runs.compactMap { run in
                values[run.number].map { Value(run: run.number, seed: run.seed, value: $0) }
            }
            layers.append(MeasuredLayer(place: place, values: ordered))
        }
        return layers.sorted { ($0.place.position, $0.place.shortName) < ($1.place.position, $1.place.shortName) }
    }
}
