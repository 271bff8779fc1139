import Glibc
import Synchronization

/// The stores that are read without a lock, since this process may not write beside them: whether they stayed as they were.
///
/// SQLite calls that immutable, and takes its word for it that nobody writes. Who may write can do so all the same; what was
/// read then is part old, part new.
public enum FrozenFiles {
    private struct State: Equatable {
        let file: FileLook.Key
        let size: Int64
        let seconds: Int
        let nanoseconds: Int
    }

    private static let states = Mutex<[String: State]>([:])

    /// Notes a file before it is read.
    static func note(_ path: String) {
        let state = state(of: path)
        states.withLock { $0[path] = $0[path] ?? state }
    }

    /// Makes sure that no file was written to since it was noted, after what was read has been told.
    ///
    /// - Throws: ``StoreError`` for one that was.
    public static func check() throws(StoreError) {
        let noted = states.withLock { $0 }
        for (path, known) in noted where state(of: path) != known {
            throw StoreError.changedWhileRead(path: path)
        }
    }

    private static func state(of path: String) -> State? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return State(
            file: FileLook.Key(status),
            size: Int64(status.st_size),
            seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec
        )
    }
}
