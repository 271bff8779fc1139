import Storage

/// What keeps the runs of some groups apart: what differs between two runs of one group.
struct RunDifferences {
    /// `architecture`, `dataset` and `params.KEY`, sorted.
    let keys: [String]
    /// The groups of which several configurations or datasets are.
    private let mixed: Set<SQLValue>
    /// The values of a run of each configuration and dataset.
    private let facts: [Kind: [ExactText: SQLValue]]

    private struct Kind: Hashable {
        let configuration: ExactText
        let dataset: Int64?

        init(_ kind: RunKind) {
            configuration = ExactText(kind.configuration)
            dataset = kind.dataset
        }
    }

    /// Looks at runs that are grouped by ``RunKind/group``.
    init(_ kinds: [RunKind], ignoring ignored: [String], in store: Store) throws {
        var facts: [Kind: [ExactText: SQLValue]] = [:]
        var groups: [SQLValue: Set<Kind>] = [:]
        for run in kinds {
            let kind = Kind(run)
            groups[run.group.canonical, default: []].insert(kind)
            guard facts[kind] == nil, let found = try store.run(number: run.run) else { continue }
            var values = [
                ExactText("architecture"): found.architecture.sqlValue,
                ExactText("dataset"): found.datasetName.sqlValue,
            ]
            for param in try store.params(of: run.run) where !(["seed", "architecture"] + ignored).holds(param.key) {
                values[ExactText("params.\(FilterText.key(param.key))")] = param.value
            }
            facts[kind] = values
        }
        var differing: Set<ExactText> = []
        for kinds in groups.values where kinds.count > 1 {
            let found = kinds.compactMap { facts[$0] }
            for key in Set(found.flatMap(\.keys)) where Set(found.map { $0[key]?.canonical ?? .null }).count > 1 {
                differing.insert(key)
            }
        }
        keys = differing.sorted().map(\.text)
        mixed = Set(groups.filter { $0.value.count > 1 }.keys)
        self.facts = facts
    }

    /// The name of a run's group in pictures, with what keeps the runs of the group apart: `plain, width 50`.
    func label(of run: RunKind) -> String {
        let name = run.group == .null ? "unknown" : run.group.text
        guard mixed.contains(run.group.canonical) else { return name }
        let parts = zip(keys, values(of: run)).map { key, value in
            let name = key.behind("params.") ?? key
            return value == .null ? "no \(name)" : "\(name) \(value.text)"
        }
        return ([name] + parts).joined(separator: ", ")
    }

    /// The values of a run, by ``keys``.
    func values(of run: RunKind) -> [SQLValue] {
        keys.map { facts[Kind(run)]?[ExactText($0)] ?? .null }
    }
}
