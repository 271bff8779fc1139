import ArgumentParser
import Questions
import Storage

/// Brings an older store forward.
struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Bring the schema of an older store forward; commands that write do so by themselves.",
        discussion: """
            Example:
              varve migrate
            """
    )

    @OptionGroup var common: CommonOptions

    func run() throws {
        let store = try common.openForChanging()
        try common.output().emit(
            ["store": .string(store.path), "schema": .integer(store.schema())],
            [Column("store"), Column("schema")]
        )
    }
}
