import ArgumentParser
import Glibc
import Questions
import Storage

/// Gives back the space that deleted rows have left.
struct CompactCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Write the store anew without what deleted rows have left, and empty its log.",
        discussion: """
            Meanwhile nobody can record, and twice the store's size is needed on its disk: the command refuses while runs \
            are recorded, while others read for longer, and where there is no room.

            Example:
              varve compact
            """
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
                Column("store"), Column("bytes_before", title: "before", as: .bytes),
                Column("bytes_after", title: "after", as: .bytes),
            ]
        )
    }
}
