public import Analysis
public import Storage

/// The finished runs of a filter by groups: of one value of a field, of several, or of everything but the seed.
public struct RunGroups: Sendable {
    /// What runs are put together by.
    public enum Key: Sendable, Equatable {
        /// Everything but the seed: architecture, params, dataset; of a logged run also the experiment.
        case configuration
        case field(RunGrouping)

        /// Reads `configuration`, `architecture`, `experiment`, `day`, `commit`, `params.KEY` or `tags.KEY`.
        public init?(_ word: String) {
            switch word {
            case "configuration": self = .configuration
            case "experiment": self = .field(.experiment)
            case "day": self = .field(.day)
            case "commit": self = .field(.commit)
            default:
                guard let columns = try? RunColumn.list(parsing: word), columns.count == 1,
                    case .field(let field, _) = columns[0]
                else { return nil }
                switch field {
                case .attribute(.architecture): self = .field(.architecture)
                case .param(let key): self = .field(.param(key))
                case .tag(let key): self = .field(.tag(key))
                default: return nil
                }
            }
        }
    }

    /// Runs of one value of each label.
    public struct Group: Sendable {
        /// The values, by ``RunGroups/labels``.
        public let values: [SQLValue]
        /// A FILTER that finds its runs; nil where no filter does, as for a day.
        public let filter: String?
        public let runs: Int
        /// How many seeds they have.
        public let seeds: Int
        public let newestRun: Int64
        /// The values of each field that was asked for; runs equal but for their number count once, the newest.
        public let summaries: [Summary]
    }

    /// The names of what the groups differ in, as FILTER has them where it knows them.
    public let labels: [String]
    /// In the order that they first appear in.
    public let groups: [Group]

    /// Puts runs together, in one snapshot of the store.
    ///
    /// - Parameters:
    ///   - keys: what they are put together by.
    ///   - filter: which runs, as it was typed; those that are deleted or not finished never take part.
    ///   - fields: last values of metrics and variances of layers, to be summarised; of others there are no values.
    ///   - ignored: keys of params that make no other configuration; those that the runs name themselves come to them.
    ///   - store: where they were recorded.
    /// - Throws: `FilterError`; `SQLiteError`.
    public init(
        by keys: [Key],
        matching filter: String? = nil,
        summarising fields: [RunField] = [],
        ignoring ignored: IgnoredKeys = IgnoredKeys(),
        in store: Store
    ) throws {
        self = try store.snapshot { try RunGroups(reading: keys, filter, fields, ignored, store) }
    }

    private init(
        reading keys: [Key],
        _ filter: String?,
        _ fields: [RunField],
        _ ignored: IgnoredKeys,
        _ store: Store
    ) throws {
        let parsed = try filter.map(Filter.init(parsing:)) ?? .all
        var ignored = ignored
        try ignored.formUnion(ofRuns: parsed, in: store)
        let members = try Members(keys, parsed, ignored, store)
        let values = try fields.map { try Self.values(of: $0, matching: parsed, store) }
        labels = members.labels
        groups = members.groups.map { group in
            let newest = Replicate.newest(of: group.runs)
            return Group(
                values: group.values,
                filter: members.filter(of: group.values, within: filter),
                runs: group.runs.count,
                seeds: Set(group.runs.compactMap(\.seed)).count,
                newestRun: group.runs.last?.run ?? 0,
                summaries: values.map { values in
                    Summary(group.runs.compactMap { newest.contains($0.run) ? values[$0.run] : nil })
                }
            )
        }
    }

    /// The values of a field, by run.
    private static func values(of field: RunField, matching filter: Filter, _ store: Store) throws -> [Int64: Double] {
        var values: [Int64: Double] = [:]
        switch field {
        case .metric(let key, .last):
            try store.forEachValue(ofMetric: key, matching: filter) { values[$0.run] = $0.value }
        case .layer(let name, let measure):
            let places = try store.layers().filter {
                ($0.place.shortName.isExactly(name) || $0.place.name.isExactly(name))
                    && measure.includes($0.place.measure)
            }
            try store.forEachVariance(of: places, matching: filter) { values[$0.run] = $0.value }
        default: break
        }
        return values
    }

    /// The runs of each group, and what the groups are called by.
    private struct Members {
        private(set) var labels: [String] = []
        private(set) var groups: [(values: [SQLValue], runs: [RunKind])] = []

        /// What makes two runs of one group.
        private struct Identity: Hashable {
            var values: [SQLValue]
            var configuration: ExactText?
            var dataset: Int64?
        }

        init(_ keys: [Key], _ filter: Filter, _ ignored: IgnoredKeys, _ store: Store) throws {
            let groupings = keys.compactMap { if case .field(let grouping) = $0 { grouping } else { nil } }
            let isWhole = keys.contains(.configuration)
            var kinds = try store.kinds(ofRunsMatching: filter, groupedBy: groupings.first, ignoring: ignored.params)
            var values = groupings.isEmpty ? kinds.map { _ in [] } : kinds.map { [$0.group] }
            for grouping in groupings.dropFirst() {
                kinds = try store.kinds(ofRunsMatching: filter, groupedBy: grouping, ignoring: ignored.params)
                for (index, kind) in kinds.enumerated() { values[index].append(kind.group) }
            }
            var places: [Identity: Int] = [:]
            for (kind, values) in zip(kinds, values) {
                let identity = Identity(
                    values: values.map(\.canonical),
                    configuration: isWhole ? ExactText(kind.configuration) : nil,
                    dataset: isWhole ? kind.dataset : nil
                )
                if let place = places[identity] {
                    groups[place].runs.append(kind)
                } else {
                    places[identity] = groups.count
                    groups.append((values, [kind]))
                }
            }
            labels = groupings.map(\.word)
            if isWhole { try nameConfigurations(ignored, store) }
        }

        /// Calls each group by what its runs do not have in common with others.
        private mutating func nameConfigurations(_ ignored: IgnoredKeys, _ store: Store) throws {
            let facts = try groups.map { group -> [ExactText: SQLValue] in
                guard let run = try store.run(number: group.runs[0].run) else { return [:] }
                var facts: [ExactText: SQLValue] = [
                    ExactText("architecture"): run.architecture.sqlValue,
                    ExactText("dataset"): run.datasetName.sqlValue,
                    ExactText("experiment"): run.configurationDigest == nil ? .text(run.experiment) : .null,
                ]
                for (key, value) in try store.countedParams(of: run.number, ignoring: ignored)
                where !["seed", "architecture"].holds(key.text) {
                    facts[ExactText("params.\(FilterText.key(key.text))")] = value
                }
                return facts
            }
            let differing = Set(facts.flatMap(\.keys)).sorted().filter { key in
                !labels.holds(key.text) && Set(facts.map { $0[key]?.canonical ?? .null }).count > 1
            }
            // What some runs have and others lack is told only where nothing else keeps the groups apart.
            let telling = differing.filter { key in
                Set(facts.compactMap { $0[key]?.canonical }.filter { $0 != .null }).count > 1
            }
            func isEnough(_ keys: [ExactText]) -> Bool {
                let names = zip(groups, facts).map { group, facts in
                    (group.values + keys.map { facts[$0] ?? .null }).map(\.canonical)
                }
                return Set(names).count == names.count
            }
            // Without any difference the architecture is what people know runs by.
            let keys =
                differing.isEmpty && labels.isEmpty
                ? [ExactText("architecture")] : isEnough(telling) ? telling : differing
            for index in groups.indices { groups[index].values += keys.map { facts[index][$0] ?? .null } }
            labels += keys.map(\.text)
        }

        /// Longer ones, of values that are whole documents, nobody types and no address holds, in bytes.
        private static let longestFilter = 16_384

        /// A filter that finds the runs of these values within another one; nil where there is none.
        func filter(of values: [SQLValue], within filter: String?) -> String? {
            guard !labels.contains("day"), !labels.contains("commit") else { return nil }
            let tests = zip(labels, values).map { label, value in
                value == .null ? "\(label) IS NULL" : "\(label) = \(FilterText.literal(value))"
            }
            let text = ((filter.map { ["(\($0))"] } ?? []) + tests).joined(separator: " AND ")
            return text.utf8.count <= Self.longestFilter ? text : nil
        }
    }
}
