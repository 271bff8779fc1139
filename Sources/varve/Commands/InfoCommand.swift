import ArgumentParser
import Questions
import Storage

/// What the store is.
struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Tell what the store holds: sizes, rows, oldest and newest run.",
        discussion: """
            Tables of more than a million rows are not counted, and sizes by table are not told for files of more than \
            16384 pages, unless with --exact: that looks at the whole file, which takes seconds where it is large.

            Examples:
              varve info
              varve info --exact --format json
            """
    )

    @Flag(help: "Count every row and look at every page.")
    var exact = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        let store = try common.openForReading()
        let summary = try store.summary(isExact: exact)
        var table = Table(["key", "value"])
        table.append(.text("store"), .text(summary.path))
        table.append(.text("size"), .bytes(summary.bytes))
        table.append(.text("log"), .bytes(summary.logBytes))
        table.append(.text("free"), .bytes(summary.freeBytes))
        table.append(.text("schema"), .integer(summary.schema))
        table.append(.text("sqlite"), .text(Store.sqliteVersion))
        if let oldest = summary.oldest { table.append(.text("oldest run"), .moment(oldest)) }
        if let newest = summary.newest { table.append(.text("newest run"), .moment(newest)) }
        let output = common.output()
        for size in summary.tables {
            let many = Cell.text("more than \(StoreSummary.quickRows)")
            let rows = size.rows.map { .integer($0) } ?? (output.isForPeople ? many : .missing)
            table.append(.text("rows of \(size.name)"), rows)
        }
        for size in summary.tables {
            if let bytes = size.bytes { table.append(.text("size of \(size.name)"), .bytes(bytes)) }
        }
        try output.emit(summary.record.json, table)
    }
}
