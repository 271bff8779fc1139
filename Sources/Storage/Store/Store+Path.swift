import Glibc

/// What is looked at before SQLite opens a file.
extension Store {
    /// Whether there is no log, or nothing in it.
    static func isLogEmpty(_ file: String) -> Bool {
        var status = stat()
        return stat(file + "-wal", &status) != 0 || status.st_size == 0
    }

    /// Looks at the path before SQLite does, whose words for a folder or a missing parent help nobody.
    ///
    /// - Returns: whether there is a file.
    static func check(_ path: String, _ access: Access) throws(StoreError) -> Bool {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw StoreError.emptyPath
        }
        // Of a store with such a name the one beside it would take away the content.
        if [.writing, .migrating].contains(access) { try FileKind.refuseCompanion(resolved(path)) }
        var status = stat()
        if stat(path, &status) == 0 {
            switch status.st_mode & S_IFMT {
            case S_IFREG:
                let file = resolved(path)
                try checkCompanions(of: file)
                if [.writing, .migrating].contains(access), let refusal = otherName(of: file, named: path) {
                    throw refusal
                }
                if status.st_size > 0 { try checkHeader(path) }
                return true
            case S_IFDIR: throw StoreError.isFolder(path: path)
            default: throw StoreError.notRegular(path: path)
            }
        }
        guard errno == ENOENT || errno == ENOTDIR else {
            throw StoreError.cannotRead(path: path, reason: String(cString: strerror(errno)))
        }
        guard access == .writing else {
            throw StoreError.noStore(path: path)
        }
        try checkCompanions(of: path)
        let parent = folder(of: path)
        guard stat(parent, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw StoreError.missingFolder(path: path, folder: parent)
        }
        return false
    }

    /// Refuses a file that is somebody else's before SQLite, which would tidy up its log, has seen it.
    ///
    /// A store carries its mark in the header from its first transaction on, https://www.sqlite.org/fileformat.html.
    private static func checkHeader(_ path: String) throws(StoreError) {
        var header = [UInt8](repeating: 0, count: 100)
        let count = try FileLook.read(path, into: &header)
        let mark = header[68..<72].reduce(0) { $0 << 8 | Int32($1) }
        guard count == header.count, header.starts(with: FileKind.mark) else {
            if isHalfMade(path) { return }
            if mark == Migration.applicationID {
                throw StoreError.damaged(path: path, message: "its first bytes are not SQLite's")
            }
            throw StoreError.notSQLite(path: path)
        }
        guard mark == Migration.applicationID else {
            throw StoreError.foreign(path: path, application: nil)
        }
    }

    /// Whether a loss of power has come while the file was being made: SQLite's journal then says how to take it back, to
    /// a file of no pages, https://www.sqlite.org/fileformat.html#the_rollback_journal.
    private static func isHalfMade(_ path: String) -> Bool {
        var header = [UInt8](repeating: 0, count: 28)
        let count = try? FileLook.read(path + "-journal", into: &header)
        return count == header.count && header.starts(with: FileKind.journalMark)
            && header[16..<20].allSatisfy { $0 == 0 }
    }
}
