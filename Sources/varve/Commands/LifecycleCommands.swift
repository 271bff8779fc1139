import ArgumentParser
import Glibc
import Questions
import Storage

/// Deletes runs softly.
struct DeleteCommand: ParsableCommand {
    static let configuration = CommandConfiguration("delete", PackageResources.delete_txt)

    @OptionGroup var runs: RunsArgument

    @Flag(help: "Also runs that another machine or container may still record; they end as killed.")
    var force = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        try common.changeLifecycle(.deleted, of: runs) { try $0.delete($1, isForced: force) }
    }
}

/// Restores deleted runs.
struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration("restore", PackageResources.restore_txt)

    @OptionGroup var runs: RunsArgument

    @OptionGroup var common: CommonOptions

    func run() throws { try common.changeLifecycle(.active, of: runs) { try $0.restore($1) } }
}

/// Removes what was deleted for good.
struct PurgeCommand: ParsableCommand {
    static let configuration = CommandConfiguration("purge", PackageResources.purge_txt)

    @Argument(help: .value("run|filter", "Deleted runs by number, uuid or name, or one filter; without any, all."))
    var words: [String] = []

    @Flag(help: "Do not ask.")
    var yes = false

    @Flag(help: "Also runs that another machine or container may still record.")
    var force = false

    @Flag(help: "Show the runs that would be removed, and remove nothing.")
    var dryRun = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        let selection = words.isEmpty ? nil : try RunSelection(parsing: words)
        guard dryRun || yes || isatty(STDIN_FILENO) == 1 else {
            throw UsageError("purge removes deleted runs for good: confirm with --yes where no terminal can be asked")
        }
        let store = try dryRun ? common.openForReading() : common.openForChanging()
        let runs = try store.purgeableRuns(selection?.numbers(in: store, .deleted), isForced: force)
        // Of runs that were named, one that may still be recorded is an error.
        let rest = selection == nil ? try store.purgeableRuns(isForced: true).count - runs.count : 0
        if rest > 0 { common.notice("\(counted(rest, "deleted run")) may still be recorded: --force removes them too") }
        guard !dryRun else {
            common.notice("\(counted(runs.count, "run")) would be removed; nothing is")
            return try common.list(runs, .deleted, in: store)
        }
        guard yes || isConfirmed(runs.count, in: store) else { return common.notice("nothing is removed") }
        let summary = try store.purge(selection == nil ? nil : runs, isForced: force)
        try store.synchronize()
        try common.output().emit(
            [
                "runs": JSON(summary.runs), "experiments": JSON(summary.experiments), "rows": JSON(summary.rows),
                "bytes": .integer(summary.bytes),
            ],
            ["runs", "experiments", "rows", Column("bytes", title: "weights", as: .bytes)]
        )
    }

    /// Asks at the terminal.
    private func isConfirmed(_ count: Int, in store: Store) -> Bool {
        let question = "Remove \(counted(count, "deleted run")) of \(escaped(store.path)) for good? [y/N] "
        writeText(question, to: STDERR_FILENO)
        return ["y", "yes"].contains(readLine()?.lowercased())
    }
}

extension CommonOptions {
    /// Deletes or restores runs, and lists those that changed.
    fileprivate func changeLifecycle(
        _ lifecycle: Lifecycle,
        of runs: RunsArgument,
        _ change: (Store, [Int64]) throws -> [Int64]
    ) throws {
        let selection = try RunSelection(parsing: runs.words)
        let store = try openForChanging()
        let asked = try selection.numbers(in: store, lifecycle == .active ? .deleted : .active)
        let changed = try change(store, asked)
        if asked.isEmpty { notice("no run matches: nothing is \(lifecycle == .deleted ? "deleted" : "restored")") }
        let unchanged = asked.count - changed.count
        if unchanged > 0 { notice("\(counted(unchanged, "run")) \(lifecycle.rawValue) already") }
        if lifecycle == .deleted, !changed.isEmpty {
            notice("`varve restore` undoes this, `varve purge` removes deleted runs for good")
        }
        try list(changed, lifecycle, in: store)
    }

    fileprivate func list(_ runs: [Int64], _ lifecycle: Lifecycle, in store: Store) throws {
        let columns: [Column] = [
            "run", "experiment", "architecture", "seed", "lifecycle", Column("uuid", as: .digest),
        ]
        try output().list(columns.titles) { rows in
            for number in runs {
                guard let run = try store.run(number: number) else { continue }
                try rows.append(run.record(lifecycle), columns)
            }
        }
    }
}
