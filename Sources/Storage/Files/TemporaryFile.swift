import Glibc

/// A file without a name of its own, for what is on its way: it goes away with this.
public final class TemporaryFile: Sendable {
    /// Where it is.
    public let path: String
    private let file: PendingFile

    /// Makes an empty file for nobody else, beside another one.
    ///
    /// - Throws: ``StoreError`` when none can be made there.
    public init(beside place: String) throws(StoreError) {
        file = try PendingFile(beside: place)
        path = file.path
    }

    /// Removes files beside another one that a process left behind which was killed a day ago or earlier.
    ///
    /// - Parameter place: the other file.
    public static func removeAbandoned(beside place: String) {
        let folder = Store.folder(of: place)
        for name in PendingFolder.names(in: folder) where name.hasPrefix(PendingFile.prefix) {
            var status = stat()
            let path = folder + "/" + name
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else {
                continue
            }
            if time(nil) - status.st_mtim.tv_sec > 24 * 3600 { unlink(path) }
        }
    }

    /// Takes the next bytes.
    ///
    /// - Throws: ``StoreError`` when the disk does not take them.
    public func append(_ bytes: [UInt8]) throws(StoreError) {
        try PendingFile.write(bytes, to: file.descriptor, of: path)
    }
}

extension ArtifactContent {
    /// Keeps what lies in a file under its digest, before there is an artifact of it.
    ///
    /// - Parameter path: the store.
    /// - Throws: ``StoreError`` when the disk does not take it.
    public func keep(for path: String) throws(StoreError) {
        guard let file else { return }
        try ArtifactFolder(of: Store.resolved(path)).keep(file.path, as: digest, size: size)
    }
}

extension Store {
    /// Keeps content that lies in the store itself, before there is an artifact of it.
    ///
    /// - Throws: ``SQLiteError``.
    public func keep(_ content: ArtifactContent) throws(SQLiteError) {
        guard content.file == nil else { return }
        let insert = try connection.prepare(PackageResources.insertBlob_sql)
        try insert.bind(.text(content.digest), at: 0)
        try insert.bind(.blob(content.bytes), at: 1)
        try insert.run()
    }
}
