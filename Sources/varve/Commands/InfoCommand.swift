import ArgumentParser
import Storage

/// What the store is.
struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Tell what the store holds: sizes, rows, oldest and newest run.",
        discussion: """
            Example:
              varve info
            """
    )

    @OptionGroup var common: CommonOptions

    func run() throws {
        let store = try common.openForReading()
        let summary = try store.summary()
        var table = Table(["key", "value"])
        table.append(.text("store"), .text(summary.path))
        table.append(.text("size"), .bytes(summary.bytes))
        table.append(.text("log"), .bytes(summary.logBytes))
        table.append(.text("schema"), .integer(summary.schema))
        table.append(.text("sqlite"), .text(Store.sqliteVersion))
        if let oldest = summary.oldest { table.append(.text("oldest run"), .moment(oldest)) }
        if let newest = summary.newest { table.append(.text("newest run"), .moment(newest)) }
        for size in summary.tables { table.append(.text("rows of \(size.name)"), .integer(size.rows)) }
        try common.output().emit(json(summary), table)
    }

    private func json(_ summary: StoreSummary) -> JSON {
        [
            "store": .string(summary.path),
            "bytes": .integer(summary.bytes),
            "log_bytes": .integer(summary.logBytes),
            "schema": .integer(summary.schema),
            "page_size": .integer(summary.pageSize),
            "sqlite": .string(Store.sqliteVersion),
            "oldest": JSON(summary.oldest),
            "newest": JSON(summary.newest),
            "rows": .object(summary.tables.map { JSON.Member($0.name, .integer($0.rows)) }),
        ]
    }
}
