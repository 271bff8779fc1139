import ArgumentParser
import Questions
import Storage

/// Writes runs for other programs, or into a smaller store.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        "export",
        "Write runs into files for other programs, or into a smaller store.",
        """
        A name that ends in .db, .sqlite or .sqlite3 is that of a store: it gets the runs, under their numbers, with \
        everything that belongs to them. Any other name is that of a folder, which must be new or empty: it gets \
        runs, params, tags, metrics and variances, each as CSV and as JSON Lines, with the columns of the store's \
        views. Both are complete or not there.

        Numbers have all their digits; NaN and infinities are NaN, Infinity and -Infinity, in JSON as strings. What \
        is unknown is empty in CSV and null in JSON.

        DuckDB turns a file into Parquet, or the store itself:
          duckdb -c "COPY (FROM 'out/variances.csv') TO 'variances.parquet'"
          duckdb -c "ATTACH 'varve.db' (TYPE sqlite);
            COPY (FROM varve.variances) TO 'variances.parquet'"
        """,
        takesFilter: true,
        examples: """
            varve export --to out
            varve export --to out --files csv "architecture = 'plain' AND seed < 10"
            varve export --to best.db 'metrics.loss < 20'
            """
    )

    @Argument(
        help: .value("filter-or-run", "Which runs: a FILTER, or numbers; all unless given."),
        completion: .list(FilterHelp.fields)
    )
    var words: [String] = []

    @Option(help: .value("folder|file.db", "The folder or the store to write."), completion: .file())
    var to: String

    @Option(help: "The files to write into a folder: csv, jsonl or both.")
    var files = Files.both

    @Flag(help: "Replace a store that is there already.")
    var force = false

    @OptionGroup var common: CommonOptions

    enum Files: String, ExpressibleByArgument, CaseIterable {
        case csv, jsonl, both

        var kinds: Set<ExportKind> {
            switch self {
            case .csv: [.csv]
            case .jsonl: [.jsonl]
            case .both: [.csv, .jsonl]
            }
        }
    }

    func run() throws {
        let selection = try words.isEmpty ? RunSelection.filter(.all) : RunSelection(parsing: words)
        let isStore = [".db", ".sqlite", ".sqlite3"].contains { to.lowercased().hasSuffix($0) }
        guard isStore || !force else { throw UsageError("--force replaces stores only: name a new folder for files") }
        let store = try common.openForReading()
        Signals.catchInterruptions()
        let runs = try selection.numbers(in: store)
        if runs.isEmpty { common.notice("no run matches: what is written is empty") }
        let files =
            try isStore
            ? [WrittenFile(name: to, rows: runs.count, size: store.export(runs, to: to, isReplacing: force))]
            : writeFolder(runs, of: store)
        try common.output().emit(files, ["file", "rows", Column("bytes", title: "size", as: .bytes)])
    }

    private func writeFolder(_ runs: [Int64], of store: Store) throws -> [WrittenFile] {
        let folder = try PendingFolder(at: to, from: store)
        let export = try FolderExport(of: store, in: folder.path, files.kinds)
        try store.snapshot { for run in runs { try export.write(run) } }
        try export.finish()
        try folder.complete()
        let name = to.hasSuffix("/") ? to : to + "/"
        return export.tables.flatMap { table in
            table.files.map { WrittenFile(name: name + $0.name, rows: table.rows, size: $0.size) }
        }
    }
}

/// A file that an export wrote.
private struct WrittenFile: Recordable {
    let name: String
    let rows: Int
    let size: Int64

    var record: Record { ["file": .string(name), "rows": JSON(rows), "bytes": .integer(size)] }
}
