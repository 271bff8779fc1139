import Glibc

/// Whole files by POSIX calls, with errors that name the path.
enum File {
    /// Data sets are held in memory, and a wrong path should not fill it.
    static let readLimit = 1 << 30

    /// Reads a regular file; anything else is refused before it is read.
    static func read(_ path: String) throws(FileError) -> [UInt8] {
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
        guard status.st_size <= readLimit else {
            throw FileError(.malformed, path: path, message: "the file has \(status.st_size) bytes: 1 GiB is the limit")
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

    /// Writes a whole file, or nothing: under another name in the same folder first, renamed when complete.
    ///
    /// What exists and is no regular file, such as `/dev/stdout`, is written to directly and never replaced.
    static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw FileError(.uncreatable, path: "'\(path)'", message: "this is no name for a file")
        }
        var status = stat()
        let exists = stat(path, &status) == 0
        if exists, status.st_mode & S_IFMT == S_IFDIR {
            throw FileError(.uncreatable, path: path, message: "this is a folder")
        }
        if exists, status.st_mode & S_IFMT != S_IFREG {
            let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
            guard descriptor >= 0 else { throw failure(.uncreatable, path, "cannot be opened for writing") }
            return try write(bytes, to: descriptor, path)
        }

        // A link is followed: its target gets the content, not its name a new meaning.
        let target = exists ? resolved(path) : path
        let (descriptor, temporary) = try temporaryFile(beside: target, path)
        do throws(FileError) {
            try write(bytes, to: descriptor, path)
            guard rename(temporary, target) == 0 else { throw failure(.uncreatable, path, "cannot be replaced") }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    /// Creates a file with the permissions that the umask leaves, which `mkstemp` does not do.
    private static func temporaryFile(beside target: String, _ path: String) throws(FileError) -> (Int32, String) {
        let folder = target.utf8.lastIndex(of: UInt8(ascii: "/")).map { target[...$0] } ?? ""
        for _ in 0..<100 {
            let name = folder + ".varve-" + String(UInt64.random(in: .min ... .max), radix: 36)
            let descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            if descriptor >= 0 { return (descriptor, name) }
            if errno != EEXIST { break }
        }
        let broken = [ENOSPC, EDQUOT, EIO].contains(errno)
        throw failure(broken ? .unwritable : .uncreatable, path, "cannot be created")
    }

    /// Writes everything and closes the descriptor.
    private static func write(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws(FileError) {
        var code: Int32 = 0
        bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count, code == 0 {
                let result = Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
                if result >= 0 { written += result } else if errno != EINTR { code = errno }
            }
        }
        // Devices and pipes cannot be synchronised (EINVAL), which is no failure of theirs.
        if code == 0, fsync(descriptor) != 0, errno != EINVAL, errno != EROFS { code = errno }
        if close(descriptor) != 0, code == 0 { code = errno }
        guard code == 0 else { throw failure(.unwritable, path, "cannot be written", code) }
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
