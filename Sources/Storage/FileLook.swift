import Glibc
import Synchronization

/// Looks at the first bytes of files that SQLite may have open in this process.
///
/// Closing any descriptor of a file drops all locks that the process holds on it (`fcntl(2)`), SQLite's too, and another
/// process could then take away the log under a writer. So a descriptor, once opened, is kept for the next look.
enum FileLook {
    private struct Key: Hashable {
        let device: UInt64
        let node: UInt64
    }

    private static let descriptors = Mutex<[Key: Int32]>([:])

    /// Reads from the start of a file.
    ///
    /// - Returns: how many bytes there were.
    /// - Throws: ``StoreError`` when it cannot be read.
    static func read(_ path: String, into bytes: inout [UInt8]) throws(StoreError) -> Int {
        var status = stat()
        guard stat(path, &status) == 0, let descriptor = descriptor(path, status) else {
            throw StoreError(.unreadable, "cannot read \(path): \(String(cString: strerror(errno)))")
        }
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count >= 0 else {
            throw StoreError(.unreadable, "cannot read \(path): \(String(cString: strerror(errno)))")
        }
        return count
    }

    private static func descriptor(_ path: String, _ status: stat) -> Int32? {
        descriptors.withLock { descriptors in
            let key = Key(device: UInt64(status.st_dev), node: UInt64(status.st_ino))
            if let known = descriptors[key] { return known }
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return nil }
            // Between the two looks the path may have come to mean another file.
            var opened = stat()
            guard fstat(descriptor, &opened) == 0 else { return nil }
            descriptors[Key(device: UInt64(opened.st_dev), node: UInt64(opened.st_ino))] = descriptor
            return descriptor
        }
    }
}
