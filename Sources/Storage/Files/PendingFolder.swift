import Glibc

/// A folder in the making: it is beside its place under a name that nobody can foresee, until it is complete.
///
/// What never becomes complete goes away with the files in it.
public struct PendingFolder: ~Copyable {
    /// Where the folder will be.
    private let place: String
    /// Where it is meanwhile.
    public let path: String

    /// Makes the folder.
    ///
    /// It allows no more people to look into it than the umask leaves, and than may read the store.
    ///
    /// - Parameters:
    ///   - place: where it will be.
    ///   - store: what its content comes from.
    /// - Throws: ``StoreError`` when there is something already, but for an empty folder, or nothing can be made there.
    public init(at place: String, from store: Store) throws(StoreError) {
        var place = place[...]
        while place.count > 1, place.last == "/" { place.removeLast() }
        guard !place.isEmpty, !place.utf8.contains(0) else {
            throw StoreError.notAFolderName(String(place))
        }
        let name = String(place)
        try FileKind.refuseCompanion(name)
        var status = stat()
        if stat(name, &status) == 0 {
            let isFree = status.st_mode & S_IFMT == S_IFDIR && Self.names(in: name).isEmpty
            guard isFree else {
                throw StoreError.folderInUse(path: name)
            }
        }
        let mode = FilePermissions(of: store.file)?.folderBits ?? 0o700
        path = try PendingFile.make(beside: name) { mkdir($0, mode) }.path
        self.place = name
    }

    deinit {
        for name in Self.names(in: path) { unlink(path + "/" + name) }
        rmdir(path)
    }

    /// Puts the folder in its place.
    ///
    /// - Throws: ``StoreError`` when something has come to its place meanwhile.
    public consuming func complete() throws(StoreError) {
        try PendingFile.move(path, to: place, isReplacing: true)
    }

    /// What a folder holds; nothing where it cannot be read.
    static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
