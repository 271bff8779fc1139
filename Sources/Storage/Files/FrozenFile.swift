import Glibc

/// A store that is read without a lock, since this process may not write beside it: whether it stayed as it was.
///
/// SQLite calls that immutable, and takes its word for it that nobody writes. Who may write can do so all the same; what was
/// read then is part old, part new.
public struct FrozenFile: Sendable {
    private struct State: Equatable {
        let file: FileLook.Key
        let size: Int64
        let seconds: Int
        let nanoseconds: Int
    }

    let path: String
    private let state: State?

    /// Notes a file before it is read.
    init(_ path: String) {
        self.path = path
        state = Self.state(of: path)
    }

    /// Makes sure that the file was not written to since it was noted, after what was read has been told.
    ///
    /// - Throws: ``StoreError`` where it was.
    public func check() throws(StoreError) {
        guard Self.state(of: path) != state else { return }
        throw StoreError.changedWhileRead(path: path)
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
