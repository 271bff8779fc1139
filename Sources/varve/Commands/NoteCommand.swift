import ArgumentParser
import Storage

/// Writes a note to a run.
struct NoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "note",
        abstract: "Write a note to a run, in place of the one it had.",
        discussion: """
            A note is the tag 'note': filters find it as tags.note, and tag RUN --remove note takes it away.

            Examples:
              varve note 1 'variance drifts after step 40'
              varve runs "tags.note LIKE '%drift%'"
            """
    )

    @Argument(help: ArgumentHelp("The run.", valueName: "run"))
    var word: String

    @Argument(help: ArgumentHelp("The note.", valueName: "text"))
    var text: String

    @OptionGroup var common: CommonOptions

    func run() throws {
        let store = try common.openForChanging()
        let number = try store.run(word).number
        try store.tag([number], with: [("note", text)])
        try TagReport([number], in: store).write(to: common.output())
    }
}
