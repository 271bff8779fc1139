import Questions
import Storage

/// What became of runs that were deleted or restored.
struct LifecycleReport {
    let lifecycle: Lifecycle
    /// The numbers of the runs asked for, and of those that changed.
    var asked: [Int64] = []
    let changed: [Int64]

    func write(_ store: Store, _ common: CommonOptions) throws {
        let word = lifecycle == .deleted ? "deleted" : "restored"
        if asked.isEmpty { common.notice("no run matches: nothing is \(word)") }
        let unchanged = asked.count - changed.count
        if unchanged > 0 { common.notice("\(counted(unchanged, "run")) \(lifecycle.rawValue) already") }
        if lifecycle == .deleted, !changed.isEmpty {
            common.notice("`varve restore` brings deleted runs back, `varve purge` removes them for good")
        }
        try list(store, common)
    }

    /// The runs that changed.
    func list(_ store: Store, _ common: CommonOptions) throws {
        let columns: [Column] = [
            Column("run"), Column("experiment"), Column("architecture"), Column("seed"), Column("lifecycle"),
            Column("uuid", as: .digest),
        ]
        try common.output().list(columns.titles) { rows in
            for number in changed {
                guard let run = try store.run(number: number) else { continue }
                try rows.append(
                    [
                        "run": .integer(run.number), "uuid": .string(run.uuid), "experiment": .string(run.experiment),
                        "architecture": JSON(run.architecture), "seed": JSON(run.seed),
                        "lifecycle": .string(lifecycle.rawValue),
                    ],
                    columns
                )
            }
        }
    }
}
