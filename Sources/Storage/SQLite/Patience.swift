import CSQLite
import Glibc

/// How long the statements of one connection wait and run, and what ends them.
///
/// SQLite asks it on the connection's own thread while a statement runs.
final class Patience {
    /// What ends waiting, and statements where ``endsStatements`` says so.
    var interruption: Interruption
    /// How long to wait at most for the locks of others, in milliseconds.
    var busyTimeout: Int32 = 0
    /// Whether an interruption ends statements that run.
    ///
    /// For what only reads, or is done as a whole or not at all. A recorder still has to write when it is interrupted, and
    /// SQLite would roll back what it has not committed.
    var endsStatements = false

    private static let pause: Int32 = 5
    /// How many instructions of SQLite's machine run between two questions: a millisecond or less, most of the time.
    private static let instructions: Int32 = 20_000

    init(_ interruption: Interruption) { self.interruption = interruption }

    /// Has SQLite ask it; `sqlite3_busy_handler`, `sqlite3_progress_handler`.
    ///
    /// Connection and statements keep it for as long as SQLite may ask.
    func attend(_ handle: OpaquePointer) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_busy_handler(
            handle,
            { context, count in
                guard let context else { return 0 }
                let patience = Unmanaged<Patience>.fromOpaque(context).takeUnretainedValue()
                guard Int64(count) * Int64(Patience.pause) < Int64(patience.busyTimeout),
                    !patience.interruption.isRequested
                else { return 0 }
                usleep(UInt32(Patience.pause) * 1000)
                return 1
            },
            context
        )
        sqlite3_progress_handler(
            handle,
            Self.instructions,
            { context in
                guard let context else { return 0 }
                let patience = Unmanaged<Patience>.fromOpaque(context).takeUnretainedValue()
                return patience.endsStatements && patience.interruption.isRequested ? 1 : 0
            },
            context
        )
    }

    /// Performs `body` with other settings, which are what they were afterwards.
    func with<Result>(_ change: (Patience) -> Void, _ body: () throws -> Result) rethrows -> Result {
        let before = (interruption, busyTimeout, endsStatements)
        defer { (interruption, busyTimeout, endsStatements) = before }
        change(self)
        return try body()
    }

    /// What SQLite reports, or the interruption that is behind it.
    func error(_ code: Int32, on handle: OpaquePointer?, sql: String? = nil) -> SQLiteError {
        switch (code & 0xFF, interruption.reason) {
        case (SQLITE_INTERRUPT, let reason?): SQLiteError(reason)
        // Where the time passed in waiting for others, it is they who are to be told of.
        case (SQLITE_BUSY, .request): SQLiteError(.request)
        default: SQLiteError(code: code, on: handle, sql: sql)
        }
    }
}
