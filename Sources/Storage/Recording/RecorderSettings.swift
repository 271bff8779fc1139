/// How a recorder's store waits and commits, for as long as there is the recorder; then it is what it was before.
///
/// Commits need not wait for the disk: ``Store/synchronize()`` does it once for all of them. Waiting for others takes longer,
/// for what a recorder holds would be lost.
final class RecorderSettings {
    private let store: Store
    private let busyTimeout: Int32
    /// By the names of `PRAGMA`; empty inside somebody else's transaction, which decides for itself how it commits.
    private let before: [(name: String, value: Int)]

    init(_ store: Store) throws(SQLiteError) {
        self.store = store
        busyTimeout = store.connection.patience.busyTimeout
        guard !store.connection.isInTransaction else {
            before = []
            return
        }
        before = [
            ("synchronous", try store.connection.value("PRAGMA synchronous")),
            ("wal_autocheckpoint", try store.connection.value("PRAGMA wal_autocheckpoint")),
        ]
        try store.connection.execute("PRAGMA synchronous = NORMAL")
        store.connection.patience.busyTimeout = Store.recorderTimeout
    }

    deinit {
        store.connection.patience.busyTimeout = busyTimeout
        for (name, value) in before { try? store.connection.execute("PRAGMA \(name) = \(value)") }
    }
}
