/// Moves what a recorder commits from the write-ahead log into the database, on another thread beside it.
///
/// SQLite leaves this to the writer, at every 1000 pages, and the writer then waits for the disk; a checkpoint does not
/// keep others from writing (https://www.sqlite.org/wal.html).
public final class Checkpointer {
    private let connection: Connection

    /// Opens a connection of its own to a store that a recorder with ``Recorder/leaveLogToCheckpointer()`` writes to.
    public init(path: String) throws(SQLiteError) {
        connection = try Connection(path: Store.resolved(path), mode: .existing)
    }

    /// Moves what is there; what fails here fails for the writer too, who says it.
    public func run() {
        connection.checkpointBesideWriters()
    }
}
