import ArgumentParser
import Storage

/// Writes a note to runs.
struct NoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "note",
        abstract: "Write a note to runs, in place of the one they had.",
        discussion: """
            A note is the tag 'note': filters find it as tags.note, and tag RUN --remove note takes it away.

            Examples:
              varve note 1 'variance drifts after step 40'
              varve note --where 'steps < 10' 'too short'
              varve runs "tags.note LIKE '%drift%'"
            """
    )

    @Argument(help: ArgumentHelp("Runs by number, uuid or name, and behind them the note.", valueName: "run|text"))
    var words: [String]

    @Option(name: .customLong("where"), help: ArgumentHelp("A filter in place of runs.", valueName: "filter"))
    var filter: String?

    @OptionGroup var common: CommonOptions

    func run() throws {
        guard words.count > 1 || filter != nil else {
            throw UsageError("no run or no text is given: write varve note RUN TEXT, or varve note --where FILTER TEXT")
        }
        let selection = try RunSelection(runs: words.dropLast(), where: filter)
        let store = try common.openForChanging()
        let numbers = try selection.numbers(in: store)
        try store.tag(numbers, with: words.suffix(1).map { ("note", $0) })
        if numbers.isEmpty { common.notice("no run matches: nothing is changed") }
        try TagReport(numbers, in: store).write(to: common.output())
    }
}
