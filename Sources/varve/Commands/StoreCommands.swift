import ArgumentParser
import Glibc
import Questions
import Storage

/// Copies the store while others write.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        "backup",
        "Copy the store into a file, as it is at one moment, while others write.",
        """
        The file is a store itself. It is complete or not there: it gets its name when it is on the disk. A file that \
        is there already is only replaced with --force, and stays as it is until then.
        """,
        examples: """
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
            ["store", "file", Column("bytes", title: "size", as: .bytes)]
        )
    }
}

/// Gives back the space that deleted rows have left.
struct CompactCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        "compact",
        "Write the store anew without what deleted rows have left, and empty its log.",
        """
        Meanwhile nobody can record, and twice the store's size is needed on its disk: the command refuses while runs \
        are recorded, while others read for longer, and where there is no room.
        """,
        examples: "varve compact"
    )

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
    static let configuration = CommandConfiguration(
        "migrate",
        "Bring the schema of an older store up to date; commands that write do so by themselves.",
        examples: "varve migrate"
    )

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
    static let configuration = CommandConfiguration(
        "info",
        "Show what the store holds: sizes, rows, oldest and newest run.",
        """
        Tables of more than a million rows are not counted, and files of more than 16384 pages have no sizes by table, \
        except with --exact: that looks at the whole file, which takes seconds where it is large.
        """,
        examples: """
            varve info
            varve info --exact --format json
            """
    )

    @Flag(help: "Count every row and look at every page.")
    var exact = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        let summary = try common.openForReading().summary(isExact: exact)
        let output = common.output()
        try output.emit(summary.record.json, summary.table(isForPeople: output.isForPeople))
    }
}
