import Glibc

extension FileKind {
    /// The endings of the files that SQLite keeps beside a database.
    static let companions = ["-wal", "-shm", "-journal"]

    /// Looks at a place where a file of this kind is to be.
    ///
    /// Nothing that SQLite has, or will have, is ever replaced: neither a database, nor a log under the name or with the
    /// content of one. The exception is a store for a store, where nobody has it open.
    ///
    /// - Parameters:
    ///   - place: the path as it was given.
    ///   - isReplacing: whether a file of the same kind that is there already gives way.
    /// - Returns: the place, with the target of a link in place of the link.
    /// - Throws: ``StoreError`` where nothing may be written.
    func checkedPlace(_ place: String, isReplacing: Bool) throws(StoreError) -> String {
        guard !place.isEmpty, !place.utf8.contains(0), place.last != "/" else {
            throw StoreError.notAFileName(place)
        }
        var status = stat()
        let exists = stat(place, &status) == 0
        let target = exists ? Store.resolved(place) : place
        for path in [place, target] { try Self.refuseCompanion(path) }
        if exists {
            guard status.st_mode & S_IFMT == S_IFREG else {
                throw StoreError.existsIrregular(path: place)
            }
            try refuseOther(target, named: place, isReplacing: isReplacing)
        }
        // SQLite would take another database's log, left beside the name, for that of the new one.
        if case .store = self {
            try Store.checkCompanions(of: target)
            for ending in ["-wal", "-journal"] where Store.size(of: target + ending) > 0 {
                throw StoreError.leftoverLog(path: place, log: target + ending)
            }
        }
        return target
    }

    /// Refuses names that SQLite gives to its logs.
    ///
    /// - Throws: ``StoreError``.
    public static func refuseCompanion(_ path: String) throws(StoreError) {
        if companions.contains(where: path.ends) { throw StoreError.namedLikeLog(path: path) }
    }

    private func refuseOther(_ target: String, named place: String, isReplacing: Bool) throws(StoreError) {
        guard let look = FileLook(target) else {
            throw StoreError.cannotCreate(path: place, reason: String(cString: strerror(errno)))
        }
        let bytes = look.start(Self.lookedAt)
        guard bytes.isEmpty || fits(bytes) else {
            throw StoreError.otherKind(path: place, isDatabase: bytes.starts(with: Self.mark), wanted: self)
        }
        guard isReplacing else { throw StoreError.exists(path: place) }
        if look.isLockedByOthers || look.isShared { throw StoreError.inUse(path: place) }
    }
}

extension Store {
    /// Writes a whole file with something of the store, or nothing: under another name in the same folder first.
    ///
    /// What is there and is a device or a pipe, such as `/dev/stdout`, is written to directly.
    ///
    /// - Parameters:
    ///   - bytes: the content.
    ///   - place: the path of the file. One that is there already is replaced where it is of the same kind.
    ///   - kind: what it holds.
    /// - Throws: ``StoreError``.
    public func write(_ bytes: [UInt8], to place: String, as kind: FileKind) throws(StoreError) {
        if let descriptor = try PendingFile.openStream(place) {
            defer { close(descriptor) }
            return try PendingFile.write(bytes, to: descriptor, of: place)
        }
        let pending = try PendingFile(at: place, as: kind, from: file, isReplacing: true)
        try PendingFile.write(bytes, to: pending.descriptor, of: place)
        _ = try pending.complete(isReplacing: true)
    }

    /// Makes a new file for something of the store, which allows no more than the store does.
    ///
    /// - Returns: its descriptor, for writing; negative where it cannot be made, and `errno` says why.
    public func create(_ path: String) -> Int32 {
        FilePermissions.create(path, within: [FilePermissions(of: file)].compactMap(\.self)).descriptor
    }
}
