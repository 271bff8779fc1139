public import Analysis
public import Storage

/// The runs of a history that have one value of what they are grouped by, and of what else would keep them apart.
public struct HistoryGroup: Sendable {
    public let value: SQLValue
    /// Its values of what was added to the groups; see ``HistoryGroups/added``.
    public let added: [SQLValue]
    public let quantity: Quantity
    public let summary: Summary
    public let firstRun: Int64
    public let lastRun: Int64
}

/// What `history --group-by` answers.
public struct HistoryGroups: Sendable {
    /// In the order that they first appear in.
    public let groups: [HistoryGroup]
    /// What differed within a group, and is grouped by too: `architecture`, `params.KEY`, `dataset`.
    public let added: [String]
    /// How many runs were left out since a newer one of the group has the same configuration, seed and dataset.
    public let replicates: Int

    /// What has to be said about them.
    public var notes: [String] {
        let names = added.joined(separator: ", ")
        return [
            added.isEmpty ? nil : "also grouped by \(names): runs that differ in it are not averaged",
            Replicate.note(of: replicates),
        ].compactMap(\.self)
    }

    /// The keys of the groups' records, in order.
    public func keys(of quantity: Quantity?) -> [String] {
        let names = if case .metric = quantity { ["metric"] } else { ["layer", "name"] }
        return ["group"] + added + names
            + ["n", "mean", "sd", "median", "min", "max", "non_finite", "first_run", "last_run"]
    }

    /// The columns: all keys for programs; fewer for people, who are told the rest in the heading.
    public func columns(of quantity: Quantity?, isForPeople: Bool) -> [Column] {
        let hidden = isForPeople ? ["layer", "name", "metric", "median"] : []
        return keys(of: quantity).filter { !hidden.contains($0) }.map { key in
            guard isForPeople, key == "group" else { return Column(key) }
            return Column(title: key) { $0[key] == .null ? .text("(none)") : Cell($0[key]) }
        }
    }

    /// Whether what was added to the groups puts every run in one of its own.
    public var areApart: Bool { !added.isEmpty && groups.allSatisfy { $0.firstRun == $0.lastRun } }

    /// A group with the keys that scripts see.
    public func record(of group: HistoryGroup) -> Record {
        var record: Record = ["group": JSON(group.value)]
        for (key, value) in zip(added, group.added) { record.append(key, JSON(value)) }
        switch group.quantity {
        case .metric(let key): record.append("metric", .string(key))
        case .layer(let layer, _):
            record.append("layer", .string(layer.name))
            record.append("name", .string(layer.shortName))
        }
        let summary = group.summary
        for (key, value): (String, JSON) in [
            ("n", JSON(summary.count)), ("mean", JSON(summary.mean)), ("sd", JSON(summary.standardDeviation)),
            ("median", JSON(summary.median)), ("min", JSON(summary.minimum)), ("max", JSON(summary.maximum)),
            ("non_finite", JSON(summary.nonFinite)), ("first_run", .integer(group.firstRun)),
            ("last_run", .integer(group.lastRun)),
        ] { record.append(key, value) }
        return record
    }
}

extension History {
    /// The runs by groups, none of which holds what ``Group`` would refuse to average.
    ///
    /// - Throws: ``QuestionError`` for a param or tag that no run has; as ``forEachEntry(in:_:)``.
    public func groups(by grouping: RunGrouping, in store: Store) throws -> HistoryGroups {
        guard let quantity else { return HistoryGroups(groups: [], added: [], replicates: 0) }
        return try store.snapshot {
            try RunList.check(grouping.fields, in: store)
            var values: [RunValue] = []
            try quantity.forEachRun(matching: filter, step: step, in: store) { values.append($0) }
            if let limit { values = values.suffix(limit) }
            let kinds = Dictionary(
                try store.kinds(ofRunsMatching: filter, groupedBy: grouping, ignoring: ignored.params).map {
                    ($0.run, $0)
                },
                uniquingKeysWith: { $1 }
            )
            let members = values.compactMap { value in kinds[value.run].map { (value: value, kind: $0) } }
            let differences = try RunDifferences(members.map(\.kind), ignoring: ignored.params, in: store)
            var order: [[SQLValue]] = []
            var groups: [[SQLValue]: [(value: RunValue, kind: RunKind)]] = [:]
            for member in members {
                let added = differences.values(of: member.kind)
                let key = ([member.kind.group] + added).map(\.canonical)
                if groups[key] == nil { order.append(key) }
                groups[key, default: []].append(member)
            }
            var replicates = 0
            let summaries = order.compactMap { key -> HistoryGroup? in
                guard let members = groups[key] else { return nil }
                let newest = Replicate.newest(of: members.map(\.kind))
                let counted = members.filter { newest.contains($0.value.run) }
                guard let first = counted.first, let last = counted.last else { return nil }
                replicates += members.count - counted.count
                return HistoryGroup(
                    value: first.kind.group,
                    added: differences.values(of: first.kind),
                    quantity: quantity,
                    summary: Summary(counted.map(\.value.value)),
                    firstRun: first.value.run,
                    lastRun: last.value.run
                )
            }
            return HistoryGroups(groups: summaries, added: differences.keys, replicates: replicates)
        }
    }
}

extension RunGrouping {
    /// The param or tag that it names.
    var fields: [RunField] {
        switch self {
        case .param(let key): [.param(key)]
        case .tag(let key): [.tag(key)]
        case .architecture, .experiment, .day, .commit: []
        }
    }
}
