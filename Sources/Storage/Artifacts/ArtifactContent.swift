import Crypto
import Glibc

/// The content of an artifact on its way into a store: it comes in parts, and is hashed as it comes.
///
/// It needs no connection, so that it can be received beside whoever writes. What is larger than ``Artifact/blobLimit`` goes
/// into a file at once, so that no upload takes more memory than that.
///
///     var upload = ArtifactUpload(to: "varve.db")
///     try upload.append(bytes)
///     let content = try upload.finish()
///     try await writer.write { store in try store.putArtifact(content, of: run, at: "plots/loss.png") }
public struct ArtifactUpload: ~Copyable, Sendable {
    private let folder: ArtifactFolder
    private let limit: Int64
    private var hash = SHA256()
    private var bytes: [UInt8] = []
    private var file: UnfinishedFile?
    /// How many bytes have come.
    public private(set) var size: Int64 = 0

    /// Prepares to receive content.
    ///
    /// - Parameters:
    ///   - path: the store.
    ///   - limit: how many bytes may come.
    public init(to path: String, limit: Int64 = .max) {
        self.init(into: ArtifactFolder(of: Store.resolved(path)), limit: limit)
    }

    init(into folder: ArtifactFolder, limit: Int64 = .max) {
        self.folder = folder
        self.limit = limit
    }

    /// Takes the next part.
    ///
    /// - Throws: ``StoreError`` when more comes than may, or the disk does not take it.
    public mutating func append(_ part: Span<UInt8>) throws(StoreError) {
        let (size, overflow) = self.size.addingReportingOverflow(Int64(part.count))
        guard !overflow, size <= limit else { throw StoreError.artifactTooLarge(limit: limit) }
        self.size = size
        part.withUnsafeBufferPointer { part in
            hash.update(bufferPointer: UnsafeRawBufferPointer(part))
            bytes.append(contentsOf: part)
        }
        if bytes.count > Artifact.blobLimit { try spill() }
    }

    private mutating func spill() throws(StoreError) {
        if file == nil { file = try UnfinishedFile(in: folder) }
        if let file { try PendingFile.write(bytes, to: file.descriptor, of: folder.path) }
        bytes.removeAll(keepingCapacity: true)
    }

    /// Takes the end: what is to lie in a file is on the disk when this returns.
    ///
    /// - Returns: the content, to be put into a store.
    /// - Throws: ``StoreError`` when the disk does not take it.
    public consuming func finish() throws(StoreError) -> ArtifactContent {
        if let file {
            try PendingFile.write(bytes, to: file.descriptor, of: folder.path)
            guard fsync(file.descriptor) == 0 else { throw PendingFile.failure(at: folder.path) }
        }
        let digest = Digest.hexadecimal(hash.finalize())
        return ArtifactContent(digest: digest, size: size, bytes: file == nil ? bytes : [], file: file)
    }
}

/// The content of an artifact, complete; what never gets into a store goes away.
public final class ArtifactContent: Sendable {
    /// SHA-256 of it.
    public let digest: String
    /// In bytes.
    public let size: Int64
    let bytes: [UInt8]
    let file: UnfinishedFile?

    init(digest: String, size: Int64, bytes: [UInt8], file: UnfinishedFile?) {
        self.digest = digest
        self.size = size
        self.bytes = bytes
        self.file = file
    }

    /// Content that is in memory.
    ///
    /// - Parameters:
    ///   - bytes: the content.
    ///   - path: the store that it is to go into.
    /// - Returns: the content, to be put into the store.
    /// - Throws: ``StoreError`` when the disk does not take it.
    public static func content(_ bytes: [UInt8], for path: String) throws(StoreError) -> ArtifactContent {
        var upload = ArtifactUpload(to: path)
        try upload.append(bytes.span)
        return try upload.finish()
    }

    /// The content of a file.
    ///
    /// - Parameters:
    ///   - file: the path of the file.
    ///   - path: the store that it is to go into.
    /// - Returns: the content, to be put into the store.
    /// - Throws: ``StoreError`` when there is no such file, it cannot be read, or the disk does not take it.
    public static func content(ofFile file: String, for path: String) throws(StoreError) -> ArtifactContent {
        guard !file.isEmpty, !file.utf8.contains(0) else { throw StoreError.notAFileName(file) }
        let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else {
            if [ENOENT, ENOTDIR].contains(errno) { throw StoreError.noFile(path: file) }
            throw StoreError.cannotRead(path: file, reason: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw StoreError.cannotRead(path: file, reason: "it is not a file")
        }
        var upload = ArtifactUpload(to: path)
        while let part = try ArtifactReader.part(of: descriptor, file) { try upload.append(part.span) }
        return try upload.finish()
    }

    var place: Artifact.Place { file == nil ? .blob : .file }
}

/// A file in the folder of artifacts that has no name of its own yet; it goes away with this.
final class UnfinishedFile: Sendable {
    let path: String
    let descriptor: Int32

    init(in folder: ArtifactFolder) throws(StoreError) { (path, descriptor) = try folder.makeFile() }

    deinit {
        close(descriptor)
        // Where it got its name there is none of this one.
        unlink(path)
    }
}
