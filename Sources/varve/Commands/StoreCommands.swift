import ArgumentParser
import Glibc
import Questions
import Storage

/// Copies the store while others write.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration("backup", PackageResources.backup_txt)

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
            ["store", "file", Column("bytes", title: "size", as: .bytes)]
        )
    }
}

/// Gives back the space that deleted rows have left.
struct CompactCommand: ParsableCommand {
    static let configuration = CommandConfiguration("compact", PackageResources.compact_txt)

    @OptionGroup var common: CommonOptions

    func run() throws {
        // Before SQLite looks for it: its copy goes where the room is looked for.
        setenv("SQLITE_TMPDIR", Store.folder(of: common.storePath), 1)
        let store = try common.openForChanging()
        let size = try store.compact()
        try common.output().emit(
            [
                "store": .string(store.path), "bytes_before": .integer(size.before),
                "bytes_after": .integer(size.after),
            ],
            [
                "store", Column("bytes_before", title: "before", as: .bytes),
                Column("bytes_after", title: "after", as: .bytes),
            ]
        )
    }
}

/// Migrates an older store.
struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration("migrate", PackageResources.migrate_txt)

    @OptionGroup var common: CommonOptions

    func run() throws {
        let store = try common.openForChanging()
        try common.output().emit(
            ["store": .string(store.path), "schema": .integer(store.schema())],
            ["store", "schema"]
        )
    }
}

/// What the store is.
struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration("info", PackageResources.info_txt)

    @Flag(help: "Count every row and look at every page.")
    var exact = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        let summary = try common.openForReading().summary(isExact: exact)
        let output = common.output()
        try output.emit(summary.record.json, summary.table(isForPeople: output.isForPeople))
    }
}
