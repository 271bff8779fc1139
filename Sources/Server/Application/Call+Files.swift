import HTTPTypes
import HummingbirdCore
import NIOCore
import Storage
import Synchronization

extension Call {
    /// A file as an answer, streamed and held against its digest: where it does not have it, the answer is cut off.
    ///
    /// - Parameter find: finds it.
    /// - Returns: the answer; browsers are to keep it and not to show it.
    /// - Throws: what `find` throws; `StoreError` where the file is missing.
    func file(_ find: @escaping @Sendable (Store) throws -> ArtifactSource) async throws -> Response {
        let source = try await ask(find)
        let files = application.files
        let reader = try await files.run { _ in SharedReader(try source.open()) }
        let artifact = source.artifact
        let name = artifact.path.parts(between: "/").last ?? "artifact"
        var headers: HTTPFields = [
            .contentType: artifact.mime,
            .contentDisposition: "attachment; filename=\(Self.plain(name))",
            .cacheControl: "no-cache",
        ]
        headers[.eTag] = "\"\(artifact.digest)\""
        let length = Int(clamping: artifact.size)
        let body = ResponseBody(contentLength: length) { writer in
            while let part = try await reader.next(on: files) {
                try await writer.write(ByteBuffer(bytes: part))
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    /// A name as it can stand in a header.
    private static func plain(_ name: String) -> String {
        let letters = name.unicodeScalars.map { scalar -> Character in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", ".", "-", "_": Character(scalar)
            default: "_"
            }
        }
        return String(letters)
    }

    /// Receives the body of the request as a file, in bounded memory.
    ///
    /// - Returns: the content, to be put into the store.
    /// - Throws: ``Problem`` where it is larger than may be, or the client went away; `StoreError` where the disk does not
    ///   take it.
    func received() async throws -> ArtifactContent {
        let limit = application.settings.maximumUpload
        let upload = SharedUpload(ArtifactUpload(to: application.settings.store, limit: limit))
        try await receive { part in try upload.append(part) }
        return try await application.files.run { _ in try upload.finish() }
    }

    /// Receives the body of the request as a store, in a file beside the one that is served.
    ///
    /// - Returns: the file, which goes away with the value.
    /// - Throws: as ``received()``.
    func receivedStore() async throws -> TemporaryFile {
        let place = application.settings.store
        let file = try await application.files.run { _ in try TemporaryFile(beside: place) }
        try await receive { part in try file.append(part) }
        return file
    }

    /// Receives the body of the request, and hands it over in large parts on the threads for files.
    private func receive(_ append: @escaping @Sendable ([UInt8]) throws -> Void) async throws {
        let limit = application.settings.maximumUpload
        let tooLarge = Problem(.contentTooLarge, "the file is larger than \(limit) bytes (--max-upload)")
        let length = request.headers[.contentLength].flatMap { Int64($0) }
        if let length, length > limit {
            await discardBody()
            throw tooLarge.closing
        }
        let files = application.files
        var parts: [UInt8] = []
        var count: Int64 = 0
        do {
            for try await part in incoming {
                parts += part.readableBytesView
                count += Int64(part.readableBytes)
                guard count <= limit else { throw tooLarge.closing }
                guard parts.count >= Self.gathered else { continue }
                let full = parts
                parts.removeAll(keepingCapacity: true)
                try await files.run { _ in try append(full) }
            }
        } catch StoreError.artifactTooLarge {
            throw tooLarge.closing
        }
        if let length, length != count { throw Problem(.badRequest, "the body ended before its length").closing }
        let rest = parts
        try await files.run { _ in try append(rest) }
    }

    /// Reads what a client still sends that is refused, up to a point: many only look for the answer behind their body.
    func discardBody() async {
        // Who waits with the body looks for the answer.
        if request.headers[.expect] != nil { return }
        var rest = Self.discarded
        do {
            for try await part in request.body {
                rest -= part.readableBytes
                if rest < 0 { return }
            }
        } catch {
            // The client is gone, and so is whom to tell.
        }
    }

    /// How much of a refused body is read, in bytes.
    private static var discarded: Int { 64 << 20 }

    /// How many bytes are gathered before they go to the disk.
    private static var gathered: Int { 1 << 20 }

    /// Puts the body of the request into a run or a model as a file.
    func put(at path: ArtifactPath, in place: ArtifactPlace) async throws {
        guard application.writer != nil else { return try await change { _ in } }
        let content = try await received()
        let put: @Sendable (Store) throws -> Void = { store in
            try store.putRemoteArtifact(content, of: place.run, at: path)
        }
        if let uuid = place.uuid { try await change(run: uuid, put) } else { try await change(put) }
    }
}

/// A reader that the threads for files take turns with.
private final class SharedReader: Sendable {
    private let reader: Mutex<ArtifactReader>

    init(_ reader: consuming ArtifactReader) { self.reader = Mutex(reader) }

    func next(on files: ThreadTeam<FileSeat>) async throws -> [UInt8]? {
        try await files.run { _ in try self.reader.withLock { reader in try reader.next() } }
    }
}

/// An upload that the threads for files take turns with.
private final class SharedUpload: Sendable {
    private let upload: Mutex<ArtifactUpload?>

    init(_ upload: consuming ArtifactUpload) { self.upload = Mutex(upload) }

    func append(_ bytes: [UInt8]) throws { try upload.withLock { upload in try upload?.append(bytes.span) } }

    func finish() throws -> ArtifactContent {
        try upload.withLock { upload in
            guard let whole = upload.take() else { throw CancellationError() }
            return try whole.finish()
        }
    }
}
