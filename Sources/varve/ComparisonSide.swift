import Analysis
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
            let reason = try store.stranger(in: filter).map { " (\($0))" } ?? ""
            throw StoreError(
                .missing,
                "\(name) ('\(word)') has no finished run in \(store.path)\(reason): `varve runs` lists those there are"
            )
        }
        var seen: Set<Replicate> = []
        let runs = found.filter { run in Replicate(run).map { seen.insert($0).inserted } ?? true }
        let details = try RunDetails(store)
        let mixture = try Mixture(runs, details)
        if !mixture.isPure { throw StoreError(.invalid, mixture.complaint(name: name, word: word)) }

        label = word
        self.runs = runs
        replicates = found.count - runs.count
        params = try details.params(of: runs[0].number).map { ($0.key, $0.value) }

        let seeds = Dictionary(runs.map { ($0.number, $0.seed) }, uniquingKeysWith: { first, _ in first })
        var values: [Int64: [Int64: Double]] = [:]
        try store.forEachGroupedVariance(matching: filter, step: step) { run, layer, variance in
            if seeds[run] != nil { values[layer, default: [:]][run] = variance ?? .nan }
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

    // MARK: What a word means

    /// The filter that a word stands for: an architecture that the store has, a RUN, or a FILTER.
    ///
    /// One word is never a filter, so that a mistyped architecture is told as one.
    ///
    /// - Throws: `FilterError`; `StoreError` for a RUN that is not there.
    static func filter(_ word: String, in store: Store) throws -> Filter {
        let isWord = !word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || "_.-".contains($0) }
        let isNumber = word.utf8.allSatisfy { (48...57).contains($0) }
        if try store.architectures().contains(word) && !isNumber {
            return try Filter(parsing: "architecture = \(quotedText(word))")
        }
        guard isWord else { return try Filter(parsing: word) }
        let mayBeRun = isNumber || (4...32).contains(word.utf8.count) && word.allSatisfy(\.isHexDigit)
        guard mayBeRun else { return try Filter(parsing: "architecture = \(quotedText(word))") }
        return try Filter(parsing: "number = \(store.run(word).number)")
    }
}

/// What the runs of one side do not have in common.
private struct Mixture {
    /// The values of each param that has several, by key, in the order of the keys.
    private var varying: [(key: String, values: [SQLValue])] = []
    private var architectures: [String] = []
    private var datasets: [String] = []
    private var configurations = 0

    /// The runs are of one configuration and one dataset.
    var isPure: Bool { configurations < 2 && datasets.count < 2 }

    init(_ runs: [GroupedRun], _ details: RunDetails) throws {
        var ofConfiguration: [String: Int64] = [:]
        var ofDataset: [Int64?: Int64] = [:]
        for run in runs {
            ofConfiguration[run.configuration] = run.number
            ofDataset[run.dataset] = run.number
        }
        configurations = ofConfiguration.count
        if ofDataset.count > 1 {
            for number in ofDataset.values.sorted() {
                datasets.append(try details.run(number: number)?.datasetName ?? "none")
            }
        }
        guard configurations > 1 else { return }
        var keys: Set<String> = []
        let params = try ofConfiguration.values.sorted().map { number in
            Dictionary(try details.params(of: number).map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
        }
        for param in params { keys.formUnion(param.keys) }
        for key in keys.sorted() {
            var values: [SQLValue] = []
            for param in params where !values.contains(param[key] ?? .null) { values.append(param[key] ?? .null) }
            if values.count > 1 { varying.append((key, values)) }
        }
        let found = Set(runs.map(\.architecture))
        if found.count > 1, !keys.contains("architecture") { architectures = found.map { $0 ?? "none" }.sorted() }
    }

    func complaint(name: String, word: String) -> String {
        var facts = varying.map { param in
            "params.\(quotedKey(param.key)) (\(Self.list(param.values.map(Self.literal))))"
        }
        if !architectures.isEmpty { facts.insert("architecture (\(Self.list(architectures.map(quotedText))))", at: 0) }
        if datasets.count > 1 { facts.append("dataset (\(Self.list(datasets.map(quotedText))))") }
        let several = configurations > 1 ? "\(configurations) configurations" : "\(datasets.count) datasets"
        return "\(name) ('\(word)') holds runs of \(several), which are not averaged: choose one with a filter on "
            + facts.joined(separator: " and ") + ", such as \(example(word))"
    }

    /// A filter that chooses one of the configurations, as it is typed into a shell.
    private func example(_ word: String) -> String {
        var tests = varying.map { param in
            switch param.values[0] {
            case .null: "params.\(quotedKey(param.key)) IS NULL"
            case let value: "params.\(quotedKey(param.key)) = \(Self.literal(value))"
            }
        }
        if datasets.count > 1 { tests.append("dataset = \(quotedText(datasets[0]))") }
        if let first = architectures.first { tests.insert("architecture = \(quotedText(first))", at: 0) }
        if (try? Filter(parsing: word)) != nil {
            tests.insert("(\(word))", at: 0)
        } else if architectures.isEmpty {
            tests.insert("architecture = \(quotedText(word))", at: 0)
        }
        let filter = tests.joined(separator: " AND ")
        return filter.contains { "\"`$\\!".contains($0) } ? shellQuoted(filter) : "\"\(filter)\""
    }

    private static func literal(_ value: SQLValue) -> String {
        if case .text(let text) = value { return quotedText(text) }
        if case .null = value { return "none" }
        return Cell(value).exact
    }

    /// At most six of them.
    private static func list(_ words: [String]) -> String {
        words.count > 6 ? words.prefix(6).joined(separator: ", ") + ", …" : words.joined(separator: ", ")
    }
}
