public import Storage

extension Group {
    /// As many groups as a picture can tell apart.
    static let mostDrawn = 12

    /// The groups that some words name; without words those of ``all(ignoring:in:)``.
    ///
    /// - Throws: as ``all(_:ignoring:in:)``; `FilterError`.
    static func named(_ words: [String], ignoring ignored: IgnoredKeys, in store: Store) throws -> [Group] {
        if words.isEmpty { return try all(ignoring: ignored, in: store) }
        return try all(words.map { ($0, try Filter(group: $0, in: store)) }, ignoring: ignored, in: store)
    }

    /// The finished runs of a store as groups: each architecture is one, and where an architecture has several
    /// configurations or datasets each of them is one, named by what differs.
    ///
    /// - Throws: ``QuestionError`` where no run has an architecture, or there are more groups than can be told apart.
    public static func all(ignoring ignored: IgnoredKeys = IgnoredKeys(), in store: Store) throws -> [Group] {
        let architectures = try store.architectures()
        guard !architectures.isEmpty else { throw QuestionError.noArchitecture(path: store.path) }
        var groups: [Group] = []
        var count = 0
        var ownParams: Set<ExactText> = []
        for architecture in architectures {
            var ignored = ignored
            try ignored.formUnion(ofRuns: .architecture(architecture), in: store)
            do {
                groups.append(try Group(architecture, .architecture(architecture), ignoringOnly: ignored, store))
                count += 1
            } catch QuestionError.mixedGroup(_, let mixture) {
                let parts = try mixture.parts(of: architecture, ignoring: ignored, in: store)
                count += parts.count
                ownParams.formUnion(mixture.ownParams.map(ExactText.init))
                guard count <= mostDrawn else { continue }
                groups += try parts.map {
                    try Group($0.name, Filter(parsing: $0.filter), ignoringOnly: ignored, store)
                }
            }
        }
        guard count <= mostDrawn else {
            throw QuestionError.tooManyGroups(count: count, most: mostDrawn, ownParams: ownParams.sorted().map(\.text))
        }
        return groups
    }

    /// The params that make a group of each run of an architecture, where ``all(ignoring:in:)`` makes the groups: of which
    /// each run has a value of its own, as of a folder or a time.
    ///
    /// - Returns: them, without those that are ignored.
    /// - Throws: `SQLiteError`.
    public static func ownParams(ignoring ignored: IgnoredKeys = IgnoredKeys(), in store: Store) throws -> IgnoredKeys {
        let filter = try Filter(parsing: "architecture IS NOT NULL")
        var ignored = ignored
        try ignored.formUnion(ofRuns: filter, in: store)
        return try Mixture.ownParams(ofRuns: filter, ignoring: ignored, in: store)
    }
}

extension Mixture {
    /// A filter for each configuration and dataset of an architecture, oldest first, and a name of what differs.
    fileprivate func parts(
        of architecture: String,
        ignoring ignored: IgnoredKeys,
        in store: Store
    ) throws -> [(name: String, filter: String)] {
        var seen: Set<[ExactText]> = []
        var parts: [(name: String, filter: String)] = []
        let runs = try store.finishedRuns(matching: .architecture(architecture), ignoring: ignored.params)
        for run in runs.reversed()
        where seen.insert([run.configuration, run.dataset.map(\.description) ?? ""].map(ExactText.init)).inserted {
            let values = try store.countedParams(of: run.number, ignoring: ignored)
            var names = [architecture]
            var tests = ["architecture = \(FilterText.quoted(architecture))"]
            for param in params {
                let value = values[ExactText(param.key)] ?? .null
                names.append(value == .null ? "no \(param.key)" : "\(param.key) \(value.text)")
                tests.append(FilterText.test(param: param.key, value))
            }
            if datasets.count > 1 {
                let name = try store.run(number: run.number)?.datasetName
                names.append(name ?? "no dataset")
                tests.append(name.map { "dataset = \(FilterText.quoted($0))" } ?? "dataset IS NULL")
            }
            parts.append((names.joined(separator: ", "), tests.joined(separator: " AND ")))
        }
        return parts
    }
}
