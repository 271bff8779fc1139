import Glibc

/// The folder beside a store with the artifacts that are too large for it, each a file named by its digest.
struct ArtifactFolder: Sendable {
    /// Where it is.
    let path: String
    /// The store, which decides who may read what is in it.
    private let store: String

    /// How old something is that nobody can be about to use any more, in seconds.
    private static let abandoned = 24 * 3600
    /// What the names of files begin with that are being written.
    private static let unfinished = ".incoming-"

    /// The folder of a store.
    ///
    /// - Parameters:
    ///   - store: the store's file, no link.
    ///   - permissions: the file whose permissions count; the store's own unless given.
    init(of store: String, asPrivateAs permissions: String? = nil) {
        path = store + ".artifacts"
        self.store = permissions ?? store
    }

    /// Where the content of a digest lies; nil for a digest that is none, which a damaged store may hold.
    func place(of digest: String) -> String? {
        Digest.isHexadecimal(digest, count: 64) ? path + "/" + digest : nil
    }

    /// How large the file of a digest is; nil where there is none.
    func size(of digest: String) -> Int64? {
        var status = stat()
        guard let place = place(of: digest), lstat(place, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        return Int64(status.st_size)
    }

    /// Makes a file that is to get its content, and the folder where there is none.
    func makeFile() throws(StoreError) -> (path: String, descriptor: Int32) {
        let mode = FilePermissions(of: store)?.folderBits ?? 0o700
        guard mkdir(path, mode) == 0 || errno == EEXIST else { throw PendingFile.failure(at: path) }
        while true {
            let name = path + "/" + Self.unfinished + String(UInt64.random(in: .min ... .max), radix: 36)
            let made = FilePermissions.create(name, within: [FilePermissions(of: store)].compactMap(\.self))
            if made.descriptor >= 0 { return (name, made.descriptor) }
            guard errno == EEXIST else { throw PendingFile.failure(at: path) }
        }
    }

    /// Gives a file that is complete and on the disk its name; one that is there already stays.
    func keep(_ file: String, as digest: String, size: Int64) throws(StoreError) {
        guard let place = place(of: digest) else { return }
        if self.size(of: digest) == size {
            // From now on it counts as new.
            utimes(place, nil)
            return
        }
        guard rename(file, place) == 0 else { throw PendingFile.failure(at: place) }
        synchronize()
    }

    /// Brings the names of the files onto the disk.
    private func synchronize() {
        for folder in [path, Store.folder(of: store)] {
            let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            // File systems that cannot do this need not.
            fsync(descriptor)
            close(descriptor)
        }
    }

    /// Removes the file of a digest.
    ///
    /// - Returns: how large it was; 0 where there was none.
    func remove(_ digest: String) -> Int64 {
        guard let size = size(of: digest), let place = place(of: digest), unlink(place) == 0 else { return 0 }
        return size
    }

    /// The names of files that nobody can be about to use: what was being written, or came without its run, a day ago.
    ///
    /// - Parameter isUsed: whether an artifact lies in the file of a digest.
    /// - Returns: the names, in order.
    /// - Throws: what `isUsed` throws.
    func abandonedFiles(_ isUsed: (String) throws -> Bool) rethrows -> [String] {
        try PendingFolder.names(in: path).filter { name in
            guard name.hasPrefix(Self.unfinished) || place(of: name) != nil else { return false }
            return try isAbandoned(name) && !isUsed(name)
        }.sorted()
    }

    private func isAbandoned(_ name: String) -> Bool {
        var status = stat()
        guard lstat(path + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        return time(nil) - status.st_mtim.tv_sec > Self.abandoned
    }

    /// Removes a file that ``abandonedFiles(_:)`` has named.
    ///
    /// - Returns: how large it was.
    func removeAbandoned(_ name: String) -> Int64 {
        var status = stat()
        let file = path + "/" + name
        guard isAbandoned(name), lstat(file, &status) == 0, unlink(file) == 0 else { return 0 }
        return Int64(status.st_size)
    }
}
