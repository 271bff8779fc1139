import ArgumentParser
import Questions
import Storage

/// Writes runs for other programs, or into a smaller store.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration("export", PackageResources.export_txt)

    @Argument(
        help: .value("filter-or-run", "Which runs: a FILTER, or numbers; all unless given."),
        completion: .fields
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
            ? [ExportedFile(name: to, rows: runs.count, size: store.export(runs, to: to, isReplacing: force))]
            : FolderExport.write(runs, of: store, to: to, files.kinds)
        try common.output().emit(files, ["file", "rows", Column("bytes", title: "size", as: .bytes)])
    }
}
