import ArgumentParser
import Questions
import Storage

/// Copies the store while others write.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the store into a file, as it is at one moment, while others write.",
        discussion: """
            The file is a store itself. It is complete or not there: it gets its name when it is on the disk. A file that \
            is there already is only replaced with --force, and stays as it is until then.

            Examples:
              varve backup varve-backup.db
              varve --store varve.db backup nightly.db --force
            """
    )

    @Argument(help: "The file to write.")
    var file: String

    @Flag(help: "Replace a file that is there already.")
    var force = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        let store = try common.openForReading()
        Signals.catchInterruptions()
        let bytes = try store.backUp(to: file, isReplacing: force)
        try common.output().emit(
            ["store": .string(store.path), "file": .string(file), "bytes": .integer(bytes)],
            [Column("store"), Column("file"), Column("bytes", title: "size", as: .bytes)]
        )
    }
}
