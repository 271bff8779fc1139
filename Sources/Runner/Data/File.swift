import Glibc

/// Reads whole files by POSIX calls, with errors that name the path.
enum File {
    /// Datasets are held in memory, and a wrong path should not fill it.
    static let readLimit = 1 << 30

    /// Reads a regular file; anything else is refused before it is read.
    static func read(_ path: String, limit: Int = readLimit) throws(FileError) -> [UInt8] {
        // Without O_NONBLOCK, opening a FIFO would wait for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            let missing = errno == ENOENT || errno == ENOTDIR
            throw failure(missing ? .missing : .unreadable, path, "cannot be opened")
        }
        defer { close(descriptor) }

        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(.unreadable, path, "cannot be examined") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            let kind = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "a device or pipe"
            throw FileError(.malformed, path: path, message: "this is \(kind), not a file")
        }
        guard status.st_size <= limit else {
            let most = limit == readLimit ? "1 GiB is" : "\(limit) are"
            throw FileError(.malformed, path: path, message: "the file has \(status.st_size) bytes: \(most) the limit")
        }
        return try read(descriptor, count: Int(status.st_size), path)
    }

    private static func read(_ descriptor: Int32, count: Int, _ path: String) throws(FileError) -> [UInt8] {
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let result = Glibc.read(descriptor, buffer.baseAddress?.advanced(by: filled), count - filled)
                if result < 0, errno == EINTR { continue }
                if result < 0 { code = errno }
                guard result > 0 else { break }
                filled += result
            }
        }
        guard code == 0 else { throw failure(.unreadable, path, "cannot be read", code) }
        return bytes
    }

    private static func failure(
        _ kind: FileError.Kind,
        _ path: String,
        _ what: String,
        _ code: Int32 = errno
    ) -> FileError {
        FileError(kind, path: path, message: "\(what): \(String(cString: strerror(code)))")
    }
}
