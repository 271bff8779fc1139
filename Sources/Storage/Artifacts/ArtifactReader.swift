import Crypto
import Glibc

/// Where the content of an artifact is, to be read without a connection to the store.
public struct ArtifactSource: Sendable {
    public let artifact: Artifact
    let content: Content

    enum Content: Sendable {
        case bytes([UInt8])
        case file(String)
    }

    /// Begins to read.
    ///
    /// - Returns: a reader at the first byte.
    /// - Throws: ``StoreError/missingArtifact(run:path:file:)`` where the file is gone; ``StoreError`` where it cannot be
    ///   read or has another size than was recorded.
    public func open() throws(StoreError) -> ArtifactReader { try ArtifactReader(self) }
}

/// Reads the content of an artifact part by part, and holds it against its digest.
public struct ArtifactReader: ~Copyable, Sendable {
    private static let partSize = 1 << 16

    private let artifact: Artifact
    private let path: String
    private let descriptor: Int32
    private var bytes: [UInt8]?
    private var hash = SHA256()

    init(_ source: ArtifactSource) throws(StoreError) {
        artifact = source.artifact
        switch source.content {
        case .bytes(let bytes):
            self.bytes = bytes
            path = ""
            descriptor = -1
        case .file(let file):
            path = file
            descriptor = Glibc.open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
            guard descriptor >= 0 else {
                guard errno == ENOENT else {
                    throw StoreError.cannotRead(path: file, reason: String(cString: strerror(errno)))
                }
                throw StoreError.missingArtifact(run: artifact.run, path: artifact.path, file: file)
            }
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_size == artifact.size else {
                throw StoreError.damagedArtifact(path: artifact.path, what: "has another size than was recorded")
            }
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The next part; nil after the last one, when the content has proved to be what was recorded.
    ///
    /// - Throws: ``StoreError/damagedArtifact(path:what:)`` behind the last part where it does not have its digest;
    ///   ``StoreError`` where it cannot be read.
    public mutating func next() throws(StoreError) -> [UInt8]? {
        let part: [UInt8]?
        if descriptor >= 0 {
            part = try Self.part(of: descriptor, path)
        } else {
            part = bytes
            bytes = nil
        }
        if let part, !part.isEmpty {
            hash.update(data: part)
            return part
        }
        guard Digest.hexadecimal(hash.finalize()) == artifact.digest else {
            throw StoreError.damagedArtifact(path: artifact.path, what: "does not have its digest")
        }
        return nil
    }

    /// The next bytes of a file; nil at its end.
    static func part(of descriptor: Int32, _ path: String) throws(StoreError) -> [UInt8]? {
        var code: Int32 = 0
        let part = [UInt8](unsafeUninitializedCapacity: partSize) { buffer, count in
            var read = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            while read < 0, errno == EINTR { read = Glibc.read(descriptor, buffer.baseAddress, buffer.count) }
            if read < 0 { code = errno }
            count = max(0, read)
        }
        guard code == 0 else { throw StoreError.cannotRead(path: path, reason: String(cString: strerror(code))) }
        return part.isEmpty ? nil : part
    }
}
