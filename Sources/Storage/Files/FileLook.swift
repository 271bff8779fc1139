import Glibc
import Synchronization

/// A look at the first bytes of a file that SQLite has open in this process, or may have.
///
/// Closing any descriptor of a file drops all locks that the process holds on it (`fcntl(2)`), SQLite's too, and another
/// process could then take away the log under a writer. So all looks at a file share what was opened, which stays open until
/// the last of them goes; every connection keeps one for longer than SQLite has the file open.
final class FileLook: Sendable {
    /// A file, whatever its names.
    struct Key: Hashable {
        private let device: UInt64
        private let node: UInt64

        init(_ status: stat) {
            device = UInt64(status.st_dev)
            node = UInt64(status.st_ino)
        }

        /// The file that a path names; nil where there is none.
        init?(path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            self.init(status)
        }
    }

    private struct Shared {
        /// One, but where a path came to mean this file while it was opened.
        var descriptors: [Int32]
        var looks: Int
    }

    /// The files that are looked at.
    private static let files = Mutex<[Key: Shared]>([:])

    let key: Key
    private let descriptor: Int32

    /// Opens a file; nil where it cannot be read, and `errno` says why.
    init?(_ path: String) {
        guard let named = Key(path: path), let (key, descriptor) = Self.open(path, named) else { return nil }
        self.key = key
        self.descriptor = descriptor
    }

    private static func open(_ path: String, _ named: Key) -> (Key, Int32)? {
        files.withLock { files in
            if let descriptor = files[named]?.descriptors.first {
                files[named]?.looks += 1
                return (named, descriptor)
            }
            let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
            guard descriptor >= 0 else { return nil }
            var opened = stat()
            fstat(descriptor, &opened)
            files[Key(opened), default: Shared(descriptors: [], looks: 0)].descriptors.append(descriptor)
            files[Key(opened)]?.looks += 1
            return (Key(opened), descriptor)
        }
    }

    deinit {
        Self.files.withLock { files in
            guard var shared = files.removeValue(forKey: key) else { return }
            shared.looks -= 1
            if shared.looks > 0 {
                files[key] = shared
            } else {
                for descriptor in shared.descriptors { close(descriptor) }
            }
        }
    }

    /// Whether others in this process look at the file too: it is open here.
    var isShared: Bool { Self.files.withLock { ($0[key]?.looks ?? 0) > 1 } }

    /// Whether another process has a lock on the file, as SQLite has while a store is open; `F_GETLK` of `fcntl(2)`.
    var isLockedByOthers: Bool {
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        return fcntl(descriptor, F_GETLK, &lock) == 0 && lock.l_type != Int16(F_UNLCK)
    }

    /// The first bytes of the file, at most this many; none where it cannot be read.
    func start(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return Array(bytes.prefix(max(0, count)))
    }

    /// How many files are looked at.
    static var count: Int { files.withLock { $0.count } }

    /// Reads from the start of a file.
    ///
    /// - Returns: how many bytes there were.
    /// - Throws: ``StoreError`` when it cannot be read.
    static func read(_ path: String, into bytes: inout [UInt8]) throws(StoreError) -> Int {
        let count = FileLook(path).map { pread($0.descriptor, &bytes, bytes.count, 0) } ?? -1
        guard count >= 0 else {
            throw StoreError.cannotRead(path: path, reason: String(cString: strerror(errno)))
        }
        return count
    }
}
