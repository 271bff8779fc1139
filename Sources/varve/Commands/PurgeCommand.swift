import ArgumentParser
import Glibc
import Questions
import Storage

/// Removes what was deleted for good.
struct PurgeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Remove deleted runs for good, with their rows and the weights that no other run has.",
        discussion: """
            Deleted experiments that are left without runs go too, and their names are free again. The file keeps its \
            size; new runs fill the space. A purge that is interrupted leaves no run half visible, and the next one \
            goes on.

            Examples:
              varve runs --deleted
              varve purge --dry-run
              varve purge --yes
              varve purge "status = 'killed'" --yes
            """
    )

    @Argument(
        help: ArgumentHelp(
            "Deleted runs by number, uuid or name, or one filter; all of them without.",
            valueName: "run|filter"
        )
    )
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
        guard !dryRun else {
            common.notice("\(counted(runs.count, "run")) would be removed; nothing is")
            return try LifecycleReport(lifecycle: .deleted, changed: runs).list(store, common)
        }
        guard yes || isConfirmed(runs.count, in: store) else {
            common.notice("nothing is removed")
            return
        }
        let summary = try store.purge(selection == nil ? nil : runs, isForced: force)
        try store.synchronize()
        let rest = try store.purgeableRuns(isForced: true).count
        if rest > 0 { common.notice("\(counted(rest, "deleted run")) may still be recorded: --force removes them too") }
        try common.output().emit(
            [
                "runs": .integer(Int64(summary.runs)),
                "experiments": .integer(Int64(summary.experiments)),
                "rows": .integer(Int64(summary.rows)),
                "bytes": .integer(summary.bytes),
            ],
            [Column("runs"), Column("experiments"), Column("rows"), Column("bytes", title: "weights", as: .bytes)]
        )
    }

    /// Asks at the terminal.
    private func isConfirmed(_ count: Int, in store: Store) -> Bool {
        writeText(
            "Remove \(counted(count, "deleted run")) of \(escaped(store.path)) for good? [y/N] ",
            to: STDERR_FILENO
        )
        return ["y", "yes"].contains(readLine()?.lowercased())
    }
}
