import Glibc
import Synchronization

/// Looks at the first bytes of files that SQLite may have open in this process.
///
/// Closing any descriptor of a file drops all locks that the process holds on it (`fcntl(2)`), SQLite's too, and another
/// process could then take away the log under a writer. So a descriptor, once opened, is kept for the next look.
enum FileLook {
    /// A file, whatever its names.
    struct Key: Hashable {
        private let device: UInt64
        private let node: UInt64

        init(_ status: stat) {
            device = UInt64(status.st_dev)
            node = UInt64(status.st_ino)
        }

        /// The file that a path stands for; nil where there is none.
        init?(path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            self.init(status)
        }
    }

    private static let descriptors = Mutex<[Key: Int32]>([:])

    /// Reads from the start of a file.
    ///
    /// - Returns: how many bytes there were.
    /// - Throws: ``StoreError`` when it cannot be read.
    static func read(_ path: String, into bytes: inout [UInt8]) throws(StoreError) -> Int {
        var status = stat()
        guard stat(path, &status) == 0, let descriptor = descriptor(path, status) else {
            throw StoreError.cannotRead(path: path, reason: String(cString: strerror(errno)))
        }
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count >= 0 else {
            throw StoreError.cannotRead(path: path, reason: String(cString: strerror(errno)))
        }
        return count
    }

    private static func descriptor(_ path: String, _ status: stat) -> Int32? {
        descriptors.withLock { descriptors in
            let key = Key(status)
            if let known = descriptors[key] { return known }
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return nil }
            // Between the two looks the path may have come to mean another file.
            var opened = stat()
            guard fstat(descriptor, &opened) == 0 else { return nil }
            descriptors[Key(opened)] = descriptor
            return descriptor
        }
    }
}
