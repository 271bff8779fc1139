extension Store {
    /// Copies the store into a file, as it is at one moment, while others write.
    ///
    /// The file is complete or not there: it gets its name when it is on the disk, behind the files of its artifacts.
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
        let files = try pending.named { path in
            try copy(to: path)
            return try copyFiles(of: path, for: place)
        }
        let size = try pending.complete(isReplacing: isReplacing)
        return size + files
    }

    /// Copies the files of artifacts that a copy of the store needs.
    ///
    /// - Parameters:
    ///   - path: the copy.
    ///   - place: where it will be.
    /// - Returns: their bytes.
    /// - Throws: ``StoreError`` where one is missing or damaged, or the disk does not take it; ``SQLiteError``.
    private func copyFiles(of path: String, for place: String) throws -> Int64 {
        let copy = try Connection(path: path, mode: .existing)
        let target = ArtifactFolder(of: Self.resolved(place), asPrivateAs: file)
        var bytes: Int64 = 0
        let files = try copy.prepare(PackageResources.listArtifactFiles_sql)
        while try files.step() {
            let (digest, size): (String, Int64) = (try files.column(0), try files.column(1))
            bytes += size
            if target.size(of: digest) == size { continue }
            do {
                try artifactFolder.copy(digest, size: size, to: target, interruption: interruption)
            } catch StoreError.missingArtifact(_, _, let file) {
                let artifact = try artifacts(of: try files.column(2)).first { $0.digest == digest }
                throw StoreError.missingArtifact(run: artifact?.run ?? 0, path: artifact?.path ?? digest, file: file)
            }
        }
        return bytes
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
