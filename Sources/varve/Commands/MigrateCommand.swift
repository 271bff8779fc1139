import ArgumentParser
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
        let schema = try store.schema()
        var table = Table(["store", "schema"])
        table.append(.text(store.path), .integer(schema))
        try common.output().emit(["store": .string(store.path), "schema": .integer(schema)], table)
    }
}
