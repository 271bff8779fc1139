extension Store {
    /// Copies the store into a file, as it is at one moment, while others write.
    ///
    /// The file is complete or not there: it gets its name when it is on the disk.
    ///
    /// - Parameters:
    ///   - place: the path of the file.
    ///   - isReplacing: whether a file that is there already gives way.
    /// - Returns: how large it is, in bytes.
    /// - Throws: ``StoreError`` when nothing can be made there; ``SQLiteError``, also after an ``Interruption``.
    public func backUp(to place: String, isReplacing: Bool) throws -> Int64 {
        guard !Self.isSameFile(place, file) else {
            throw StoreError.isTheStore(path: place)
        }
        let pending = try PendingFile(at: place, as: .store, from: file, isReplacing: isReplacing)
        try pending.named { try copy(to: $0) }
        return try pending.complete(isReplacing: isReplacing)
    }

    private func copy(to path: String) throws {
        let target = try Connection(path: path, mode: .existing)
        // The file is new and is brought onto the disk as a whole.
        try target.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        try connection.copy(to: target, pages: 1024) { try interruption.check() }
    }

    /// Whether two paths lead to one file.
    static func isSameFile(_ first: String, _ second: String) -> Bool {
        guard let file = FileLook.Key(path: first) else { return false }
        return file == FileLook.Key(path: second)
    }
}
