import ArgumentParser
import Storage

/// Brings deleted runs back.
struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Bring deleted runs back.",
        discussion: """
            \(FilterHelp.text)

            Examples:
              varve restore 3 5
              varve restore "architecture = 'plain'"
            """
    )

    @Argument(help: ArgumentHelp("Runs by number or uuid, or one filter.", valueName: "run|filter"))
    var words: [String]

    @OptionGroup var common: CommonOptions

    func run() throws {
        let selection = try RunSelection(parsing: words)
        let store = try common.openForChanging()
        let numbers = try selection.numbers(in: store, .deleted)
        let changed = try store.restore(numbers)
        try LifecycleReport(lifecycle: .active, asked: numbers, changed: changed).write(store, common)
    }
}
