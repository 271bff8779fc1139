import Storage
import Synchronization

/// The stores that the command line has opened: what Ctrl-C ends is ended in all of them.
enum OpenStores {
    /// Those that are read without a lock.
    private static let frozen = Mutex<[FrozenFile]>([])

    /// Opens a store.
    static func open(_ path: String, for access: Store.Access) throws -> Store {
        let store = try Store(path: path, for: access, interruption: Signals.interruption)
        note(store.frozenFile)
        return store
    }

    /// Notes a file that is to be looked at before the command ends.
    static func note(_ file: FrozenFile?) {
        if let file { frozen.withLock { $0.append(file) } }
    }

    /// Makes sure that what was read without a lock stayed as it was, and forgets it.
    ///
    /// - Throws: `StoreError` for a store that did not.
    static func checkUnchanged() throws(StoreError) {
        let files = frozen.withLock { files in
            defer { files = [] }
            return files
        }
        for file in files { try file.check() }
    }
}
