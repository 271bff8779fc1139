import ArgumentParser
import Storage

/// Deletes runs softly.
struct DeleteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete runs: lists and questions leave them out, until they are restored or purged.",
        discussion: """
            \(FilterHelp.text)

            A running run cannot be deleted. One of which nobody can tell here whether its process lives, as one of another \
            machine, is deleted with --force, which ends it as killed.

            Examples:
              varve delete 3 5
              varve delete "status = 'killed' AND steps < 10"
              varve runs --deleted
            """
    )

    @Argument(help: ArgumentHelp("Runs by number or uuid, or one filter.", valueName: "run|filter"))
    var words: [String]

    @Flag(help: "Also runs that another machine or container may still record; they end as killed.")
    var force = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        let selection = try RunSelection(parsing: words)
        let store = try common.openForChanging()
        let numbers = try selection.numbers(in: store)
        let changed = try store.delete(numbers, isForced: force)
        try LifecycleReport(lifecycle: .deleted, asked: numbers, changed: changed).write(store, common)
    }
}
