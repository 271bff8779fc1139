public import Analysis
public import Storage

/// The runs of a history that have one value of what they are grouped by.
public struct HistoryGroup: Sendable {
    public let value: SQLValue
    public let layer: NamedLayer
    public let summary: Summary
    public let firstRun: Int64
    public let lastRun: Int64
}

extension History {
    /// The runs by groups, in the order that the groups first appear in.
    ///
    /// - Throws: as ``forEachEntry(in:groupedBy:_:)``.
    public func groups(by grouping: RunGrouping, in store: Store) throws -> [HistoryGroup] {
        guard let layer else { return [] }
        var order: [SQLValue] = []
        var members: [SQLValue: [Entry]] = [:]
        var shown: [SQLValue: SQLValue] = [:]
        try forEachEntry(in: store, groupedBy: grouping) { entry in
            let key = entry.run.group.canonical
            if members[key] == nil {
                order.append(key)
                shown[key] = entry.run.group
            }
            members[key, default: []].append(entry)
        }
        return order.compactMap { key in
            guard let entries = members[key], let first = entries.first, let last = entries.last else { return nil }
            return HistoryGroup(
                value: shown[key] ?? key,
                layer: layer,
                summary: Summary(entries.map(\.value)),
                firstRun: first.run.run,
                lastRun: last.run.run
            )
        }
    }
}

extension HistoryGroup: Recordable {
    /// The keys of ``record``, in order.
    public static let keys = [
        "group", "layer", "name", "n", "mean", "sd", "median", "min", "max", "non_finite", "first_run", "last_run",
    ]

    public var record: Record {
        [
            "group": JSON(value), "layer": .string(layer.name), "name": .string(layer.shortName),
            "n": JSON(summary.count), "mean": JSON(summary.mean), "sd": JSON(summary.standardDeviation),
            "median": JSON(summary.median), "min": JSON(summary.minimum), "max": JSON(summary.maximum),
            "non_finite": JSON(summary.nonFinite), "first_run": .integer(firstRun), "last_run": .integer(lastRun),
        ]
    }
}
