import Storage

/// What keeps the runs of some groups apart: what differs between two runs of one group.
struct RunDifferences {
    /// `architecture`, `dataset` and `params.KEY`, sorted.
    let keys: [String]
    /// The values of a run of each configuration and dataset.
    private let facts: [Kind: [String: SQLValue]]

    private struct Kind: Hashable {
        let configuration: String
        let dataset: Int64?

        init(_ kind: RunKind) {
            configuration = kind.configuration
            dataset = kind.dataset
        }
    }

    /// Looks at runs that are grouped by ``RunKind/group``.
    init(_ kinds: [RunKind], ignoring ignored: [String], in store: Store) throws {
        let details = try RunDetails(store)
        var facts: [Kind: [String: SQLValue]] = [:]
        var groups: [SQLValue: Set<Kind>] = [:]
        for run in kinds {
            let kind = Kind(run)
            groups[run.group.canonical, default: []].insert(kind)
            guard facts[kind] == nil, let found = try details.run(number: run.run) else { continue }
            var values = ["architecture": found.architecture.sqlValue, "dataset": found.datasetName.sqlValue]
            for param in try details.params(of: run.run) where !["seed", "architecture"].contains(param.key) {
                if !ignored.contains(param.key) { values["params.\(FilterText.key(param.key))"] = param.value }
            }
            facts[kind] = values
        }
        var differing: Set<String> = []
        for kinds in groups.values where kinds.count > 1 {
            let found = kinds.compactMap { facts[$0] }
            for key in Set(found.flatMap(\.keys)) where Set(found.map { $0[key]?.canonical ?? .null }).count > 1 {
                differing.insert(key)
            }
        }
        keys = differing.sorted()
        self.facts = facts
    }

    /// The values of a run, by ``keys``.
    func values(of run: RunKind) -> [SQLValue] {
        keys.map { facts[Kind(run)]?[$0] ?? .null }
    }
}
