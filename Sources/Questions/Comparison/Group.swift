public import Storage

/// Some finished runs of one configuration on one dataset, each counted once.
///
/// What comparisons, profiles and curves put together: which runs count is decided here, for all of them.
public struct Group: Sendable {
    /// As it was typed.
    public let word: String
    /// The word as tables, sentences and pictures have it: a value that is a whole document is cut.
    public var shown: String { cut(word, to: 200) }
    public let filter: Filter
    /// Newest first.
    public let runs: [GroupedRun]
    /// How many runs were left out since a newer one has the same configuration, seed and dataset.
    public let replicates: Int
    /// What decides the runs' course besides seed and dataset, by key, as the newest run was given it.
    public let params: [ExactText: SQLValue]
    /// What did not count.
    public let ignored: IgnoredKeys

    /// Finds the runs of a group.
    ///
    /// - Parameters:
    ///   - word: an architecture, a RUN or a FILTER.
    ///   - filter: what it means; see `Filter.init(group:in:)`.
    ///   - ignored: the keys that do not count; those that the runs name themselves come to them.
    ///   - store: where they were recorded.
    /// - Throws: ``QuestionError`` for a group without a finished run, or of several configurations or datasets.
    public init(_ word: String, _ filter: Filter, ignoring ignored: IgnoredKeys = IgnoredKeys(), in store: Store) throws
    {
        var ignored = ignored
        try ignored.formUnion(ofRuns: filter, in: store)
        try self.init(word, filter, ignoringOnly: ignored, store)
    }

    init(_ word: String, _ filter: Filter, ignoringOnly ignored: IgnoredKeys, _ store: Store) throws {
        let found = try store.finishedRuns(matching: filter, ignoring: ignored.params)
        guard !found.isEmpty else {
            throw QuestionError.emptyGroup(
                word: word,
                path: store.path,
                unknown: try store.unknownName(in: filter)
            )
        }
        var seen: Set<Replicate> = []
        runs = found.filter { seen.insert(Replicate($0)).inserted }
        let mixture = try Mixture(runs, store, ignoring: ignored)
        guard mixture.isPure else { throw QuestionError.mixedGroup(word: word, mixture) }
        self.word = word
        self.filter = filter
        self.ignored = ignored
        replicates = found.count - runs.count
        params = try store.countedParams(of: runs[0].number, ignoring: ignored)
    }

    /// Finds several groups, of which what one run says of keys that do not count holds for all.
    ///
    /// - Parameters:
    ///   - words: each an architecture, a RUN or a FILTER, with what it means.
    ///   - ignored: the keys that do not count.
    ///   - store: where they were recorded.
    /// - Returns: the groups in the order of the words.
    /// - Throws: as ``init(_:_:ignoring:in:)``.
    public static func all(
        _ words: [(word: String, filter: Filter)],
        ignoring ignored: IgnoredKeys = IgnoredKeys(),
        in store: Store
    ) throws -> [Group] {
        var ignored = ignored
        for word in words { try ignored.formUnion(ofRuns: word.filter, in: store) }
        return try words.map { try Group($0.word, $0.filter, ignoringOnly: ignored, store) }
    }

    /// What one run recorded.
    public struct Value: Sendable {
        public let run: Int64
        public let seed: Int64?
        public let step: Int64
        public let value: Double
    }

    /// A layer with the values of the runs that measured it; NaN is a value like others here.
    public struct MeasuredLayer: Sendable {
        /// As the newest layer of this name and measure in the store has it.
        public let place: LayerPlace
        public let values: [Value]
    }

    /// A metric with the values of the runs that recorded it; NaN is a value like others here.
    public struct RecordedMetric: Sendable {
        public let key: String
        public let values: [Value]
    }

    /// The layers that the runs measured at a step, by position; one for each long name and measure.
    ///
    /// - Parameters:
    ///   - step: nil for the last one that each run recorded of each layer.
    ///   - store: where they were recorded.
    /// - Returns: each with the values of the runs that measured it.
    /// - Throws: `SQLiteError`.
    public func layers(at step: Int64?, in store: Store) throws -> [MeasuredLayer] {
        var values = Values(runs)
        try store.forEachGroupedVariance(matching: filter, step: step) { values.add($0) }
        var found: [[ExactText]: (place: LayerPlace, keys: [Int64])] = [:]
        for key in values.keys {
            guard let place = try store.layerPlace(key) else { continue }
            let name = [place.name, place.measure].map(ExactText.init)
            found[name] = (place, (found[name]?.keys ?? []) + [key])
        }
        let layers = found.values.map { MeasuredLayer(place: $0.place, values: values.inOrder(of: $0.keys)) }
        return layers.sorted {
            ($0.place.position, ExactText($0.place.name), ExactText($0.place.measure))
                < ($1.place.position, ExactText($1.place.name), ExactText($1.place.measure))
        }
    }

    /// The metrics that the runs recorded, by name.
    ///
    /// - Parameters:
    ///   - step: nil for the last value that each run recorded of each metric.
    ///   - store: where they were recorded.
    /// - Returns: each with the values of the runs that recorded it.
    /// - Throws: `SQLiteError`.
    public func metrics(at step: Int64?, in store: Store) throws -> [RecordedMetric] {
        var values = Values(runs)
        try store.forEachGroupedMetric(matching: filter, step: step) { values.add($0) }
        let metrics = try values.keys.compactMap { key in
            try store.metricName(key).map { RecordedMetric(key: $0, values: values.inOrder(of: [key])) }
        }
        return metrics.sorted { ExactText($0.key) < ExactText($1.key) }
    }

    /// What the runs of a group recorded, by the keys of layers or metrics.
    private struct Values {
        private let runs: [GroupedRun]
        private let counted: Set<Int64>
        private var values: [Int64: [Int64: (step: Int64, value: Double)]] = [:]

        init(_ runs: [GroupedRun]) {
            self.runs = runs
            counted = Set(runs.map(\.number))
        }

        mutating func add(_ value: Store.GroupedValue) {
            if counted.contains(value.run) { values[value.key, default: [:]][value.run] = (value.step, value.value) }
        }

        var keys: [Int64] { values.keys.sorted() }

        /// The values of keys that mean the same, newest run first.
        func inOrder(of keys: [Int64]) -> [Value] {
            runs.compactMap { run in
                keys.lazy.compactMap { values[$0]?[run.number] }.first.map {
                    Value(run: run.number, seed: run.seed, step: $0.step, value: $0.value)
                }
            }
        }
    }
}

extension Store {
    /// The params of a run that count, by key.
    func countedParams(of run: Int64, ignoring ignored: IgnoredKeys) throws -> [ExactText: SQLValue] {
        var params: [ExactText: SQLValue] = [:]
        for param in try self.params(of: run) where !ignored.params.holds(param.key) {
            params[ExactText(param.key)] = param.value
        }
        return params
    }
}
