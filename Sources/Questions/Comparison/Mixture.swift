public import Storage

/// What the runs of a group do not have in common, where they are of several configurations or datasets.
public struct Mixture: Sendable, Equatable {
    /// A param with its values in the group; nothing where a run lacks it.
    public struct Param: Sendable, Equatable {
        public let key: String
        public let values: [SQLValue]
    }

    /// The params that have several values, in the order of their keys.
    public private(set) var params: [Param] = []
    /// The architectures, where they differ and no param says so; `none` where one is not known.
    public private(set) var architectures: [String] = []
    /// The names of the datasets, where they differ.
    public private(set) var datasets: [String] = []
    /// How many configurations there are.
    public private(set) var configurations = 0
    /// The params of which each run has a value of its own, as of a folder or a time.
    public private(set) var ownParams: [String] = []

    /// Whether the runs are of one configuration and one dataset.
    public var isPure: Bool { configurations < 2 && datasets.count < 2 }

    /// Looks at the runs of a group.
    ///
    /// - Parameters:
    ///   - runs: the runs.
    ///   - store: what is asked for their params.
    ///   - ignored: the keys that do not count.
    /// - Throws: `SQLiteError`.
    public init(_ runs: [GroupedRun], _ store: Store, ignoring ignored: IgnoredKeys = IgnoredKeys()) throws {
        var ofConfiguration: [ExactText: Int64] = [:]
        var ofDataset: [Int64?: Int64] = [:]
        for run in runs {
            ofConfiguration[ExactText(run.configuration)] = run.number
            ofDataset[run.dataset] = run.number
        }
        configurations = ofConfiguration.count
        if ofDataset.count > 1 {
            for number in ofDataset.values.sorted() {
                datasets.append(try store.run(number: number)?.datasetName ?? "none")
            }
        }
        guard configurations > 1 else { return }
        var keys: Set<ExactText> = []
        let found = try ofConfiguration.values.sorted().map { number in
            try store.countedParams(of: number, ignoring: ignored)
        }
        for param in found { keys.formUnion(param.keys) }
        for key in keys.sorted() {
            var values: [SQLValue] = []
            var seen: Set<SQLValue> = []
            for param in found {
                let value = param[key] ?? .null
                if seen.insert(value.canonical).inserted { values.append(value) }
            }
            if values.count > 1 { params.append(Param(key: key.text, values: values)) }
            if values.count == runs.count { ownParams.append(key.text) }
        }
        let names = Set(runs.map { $0.architecture.map(ExactText.init) })
        if names.count > 1, !keys.contains(ExactText("architecture")) {
            architectures = names.map { $0?.text ?? "none" }.sorted()
        }
    }

    /// The params of which each run of an architecture has a value of its own: none of these runs is put together with
    /// another.
    ///
    /// - Returns: them, without those that are ignored.
    /// - Throws: `SQLiteError`.
    static func ownParams(
        ofRuns filter: Filter,
        ignoring ignored: IgnoredKeys,
        in store: Store
    ) throws -> IgnoredKeys {
        let runs = try store.finishedRuns(matching: filter, ignoring: ignored.params)
        let own = try Dictionary(grouping: runs) { $0.architecture.map(ExactText.init) }.values.filter { $0.count > 1 }
            .flatMap { try Mixture($0, store, ignoring: ignored).ownParams }
        return IgnoredKeys(params: own)
    }

    /// A filter that chooses the first of the configurations among the runs of a word.
    public func filterForFirst(of word: String) -> String {
        var tests = params.map { FilterText.test(param: $0.key, $0.values[0]) }
        if datasets.count > 1 { tests.append("dataset = \(FilterText.quoted(datasets[0]))") }
        if let first = architectures.first { tests.insert("architecture = \(FilterText.quoted(first))", at: 0) }
        if (try? Filter(parsing: word)) != nil {
            tests.insert("(\(word))", at: 0)
        } else if architectures.isEmpty {
            tests.insert("architecture = \(FilterText.quoted(word))", at: 0)
        }
        return tests.joined(separator: " AND ")
    }
}

extension Mixture: CustomStringConvertible {
    /// `2 configurations: params.width (50, 100)`.
    public var description: String {
        func few(_ words: [String]) -> String {
            words.count > 6 ? words.prefix(6).joined(separator: ", ") + ", …" : words.joined(separator: ", ")
        }
        var facts = params.map { "params.\(FilterText.key($0.key)) (\(few($0.values.map(FilterText.literal))))" }
        if !architectures.isEmpty { facts.insert("architecture (\(few(architectures.map(FilterText.quoted))))", at: 0) }
        if datasets.count > 1 { facts.append("dataset (\(few(datasets.map(FilterText.quoted))))") }
        let several = configurations > 1 ? "\(configurations) configurations" : "\(datasets.count) datasets"
        return "\(several), \(facts.joined(separator: " and "))"
    }
}
