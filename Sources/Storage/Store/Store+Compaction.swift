import Glibc

extension Store {
    /// Writes the database anew without what deleted rows have left, and empties the log; `VACUUM`.
    ///
    /// SQLite writes its copy into its folder for temporary files, which the room is not looked for in; a program that does
    /// nothing else has it beside the store, with `SQLITE_TMPDIR` and ``folder(of:)``.
    ///
    /// - Returns: what the store took before and takes now, in bytes.
    /// - Throws: ``StoreError`` when others are at work in the store, or there is no room for the second copy that is
    ///   needed meanwhile; ``SQLiteError``.
    public func compact() throws -> (before: Int64, after: Int64) {
        let before = Self.size(of: file) + Self.size(of: file + "-wal")
        if let run = try recordedRun() { throw StoreError.recording(run: run, path: path) }
        try connection.patience.with({ $0.busyTimeout = 2000 }) {
            guard try connection.checkpoint() else {
                throw StoreError.othersRead(path: path)
            }
            try checkRoom()
            try connection.execute("VACUUM")
            try connection.checkpoint()
        }
        return (before, Self.size(of: file) + Self.size(of: file + "-wal"))
    }

    /// The folder of the file that a path names.
    public static func folder(of path: String) -> String {
        let file = resolved(path)
        return file.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(file[...$0]) } ?? "."
    }

    /// Makes sure that there is room for a copy in a temporary file and another one in the log.
    private func checkRoom() throws {
        let folder = Self.folder(of: path)
        let pages: Int64 = try connection.value("PRAGMA page_count")
        let free: Int64 = try connection.value("PRAGMA freelist_count")
        let needed = 2 * (pages - free) * (try connection.value("PRAGMA page_size"))
        var system = statvfs()
        guard statvfs(folder, &system) == 0 else { return }
        let room = Int64(clamping: UInt64(system.f_bavail) * UInt64(system.f_frsize))
        guard room > needed else {
            throw StoreError.noRoom(path: path, needed: needed, free: room, folder: folder)
        }
    }
}
