import Analysis
import Questions
import Storage

/// One side of a comparison: finished runs of one configuration on one dataset, each counted once.
struct ComparisonSide {
    /// As it was typed.
    let label: String
    /// Newest first.
    let runs: [GroupedRun]
    /// The runs left out since a newer one has the same configuration, seed and dataset.
    let replicates: Int
    /// By key, what decides the runs' course besides seed and dataset.
    let params: [(key: String, value: SQLValue)]
    /// The places that were measured, by position; `places[i]` has `values[i]`.
    private(set) var layers: [MeasuredLayer] = []

    /// A layer of one side, with the values of its runs; NaN is a value like others here.
    struct MeasuredLayer {
        let place: LayerPlace
        var values: [Value]
    }

    /// What one run measured at a layer.
    struct Value {
        let run: Int64
        let seed: Int64?
        let value: Double
    }

    /// Reads one side of a comparison.
    ///
    /// - Parameters:
    ///   - word: an architecture, a RUN or a FILTER.
    ///   - filter: what it stands for.
    ///   - name: `A` or `B`, for errors.
    ///   - step: nil for the last step of each run.
    ///   - store: the store.
    /// - Throws: `StoreError` for a side without a finished run, or of several configurations or datasets.
    init(_ word: String, _ filter: Filter, name: String, step: Int64?, in store: Store) throws {
        let found = try store.finishedRuns(matching: filter)
        guard !found.isEmpty else {
            let reason = try store.unknownName(in: filter).map { " (\($0))" } ?? ""
            throw CommandError(
                .missing,
                "\(name) ('\(word)') has no finished run in \(store.path)\(reason): `varve runs` lists those there are"
            )
        }
        var seen: Set<Replicate> = []
        let runs = found.filter { run in Replicate(run).map { seen.insert($0).inserted } ?? true }
        let details = try RunDetails(store)
        let mixture = try Mixture(runs, details)
        if !mixture.isPure { throw QuestionError.mixedGroup(word: word, mixture) }

        label = word
        self.runs = runs
        replicates = found.count - runs.count
        params = try details.params(of: runs[0].number).map { ($0.key, $0.value) }

        let seeds = Dictionary(runs.map { ($0.number, $0.seed) }, uniquingKeysWith: { first, _ in first })
        var values: [Int64: [Int64: Double]] = [:]
        try store.forEachGroupedVariance(matching: filter, step: step) { run, layer, variance in
            if seeds[run] != nil { values[layer, default: [:]][run] = variance }
        }
        for (key, values) in values {
            guard let place = try store.layerPlace(key) else { continue }
            let ordered = runs.compactMap { run in
                values[run.number].map { Value(run: run.number, seed: run.seed, value: $0) }
            }
            layers.append(MeasuredLayer(place: place, values: ordered))
        }
        layers.sort { ($0.place.position, $0.place.shortName) < ($1.place.position, $1.place.shortName) }
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
}
