public import Storage

/// How many findings of each kind a check had.
public struct CheckTally: Sendable {
    private var found: [Finding.Kind: Int] = [:]
    private var mended = 0

    /// Begins without findings.
    public init() {}

    /// Counts a finding.
    public mutating func add(_ finding: Finding) {
        if finding.isMended { mended += 1 } else { found[finding.kind, default: 0] += 1 }
    }

    /// Whether damage was found that was not put right.
    public var isDamaged: Bool { found[.damage] != nil }

    /// `sound`, or `2 damaged, 1 mended`, with how much was looked at.
    public func verdict(_ counts: StoreCheck.Counts) -> String {
        var parts: [String] = []
        if let count = found[.damage] { parts.append("\(count) damaged") }
        if let count = found[.untidy] { parts.append("\(count) untidy") }
        if mended > 0 { parts.append("\(mended) mended") }
        if parts.isEmpty { parts.append("sound") }
        if found[.unproven] != nil { parts.append("some runs unproven") }
        let amounts = [
            (counts.runs, "run"), (counts.variances, "variance"), (counts.datasets, "dataset"), (counts.blobs, "blob"),
        ]
        let looked = amounts.map { counted(Int($0), $1) }.joined(separator: ", ")
        return "\(parts.joined(separator: ", ")) (\(looked))"
    }
}

extension Finding {
    /// The finding as `damage, runs: run 3: …`.
    public var line: String {
        let run = run.map { "run \($0): " } ?? ""
        return "\(isMended ? "mended" : kind.rawValue), \(topic.rawValue): \(run)\(message)"
    }
}

/// What became of the runs of one source that was merged or imported.
public struct MergeTally: Sendable, CustomStringConvertible {
    private var counts: [MergedRun.Outcome: Int] = [:]
    private var deletions: [MergedRun.Deletion: Int] = [:]

    /// Begins without runs.
    public init() {}

    public var hasConflicts: Bool { counts[.conflict] != nil }

    /// Whether anything but what was there already was counted.
    public var hasNews: Bool { counts.keys.contains { $0 != .present } }

    /// `3 added, 1 present (1 stays deleted)`.
    public var description: String {
        let parts = MergedRun.Outcome.allCases.compactMap { outcome in
            counts[outcome].map { "\($0) \(outcome == .conflict ? "in conflict" : outcome.rawValue)" }
        }
        let notes = MergedRun.Deletion.allCases.compactMap { deletion in
            deletions[deletion].map { "\($0) \(deletion.words(of: $0))" }
        }
        return (parts.isEmpty ? "no runs" : parts.joined(separator: ", "))
            + (notes.isEmpty ? "" : " (\(notes.joined(separator: ", ")))")
    }

    /// Counts a run.
    public mutating func add(_ run: MergedRun) {
        counts[run.outcome, default: 0] += 1
        if let deletion = run.deletion { deletions[deletion, default: 0] += 1 }
    }
}

extension MergedRun.Deletion {
    fileprivate func words(of count: Int) -> String {
        switch self {
        case .kept: count == 1 ? "stays deleted" : "stay deleted"
        case .taken: "deleted since"
        case .undone: "no longer deleted"
        }
    }
}

extension MergedRun {
    /// The run with the keys that scripts see.
    public func record(from source: String) -> Record {
        Record([JSON.Member("store", .string(source))] + record.members)
    }
}

extension MergedRun: Recordable {
    /// The run without the name of the store that it came from.
    public var record: Record {
        [
            "source_run": .integer(sourceNumber), "run": .integer(number),
            "uuid": .string(uuid), "result": .string(outcome.rawValue), "difference": JSON(difference),
            "deletion": JSON(deletion?.rawValue),
        ]
    }

    /// What is said of a conflict; nil where it is none.
    public func conflict(with source: String, in store: Store) -> String? {
        difference.map {
            """
            run \(sourceNumber) of \(source) and run \(number) of \(store.path) have the uuid \(uuid) but differ in \
            \($0): run \(number) stays as it is
            """
        }
    }
}
