import CSQLite

/// A failure reported by SQLite, with all that is known about it.
public struct SQLiteError: Error, Equatable, CustomStringConvertible {
    /// SQLite's extended result code, see https://www.sqlite.org/rescode.html.
    public let code: Int32
    /// SQLite's own words.
    public let message: String
    /// The statement that failed, where there was one.
    public let sql: String?

    /// The database file, where it is known.
    public let path: String?

    /// Makes an error from what SQLite said.
    public init(code: Int32, message: String, sql: String? = nil, path: String? = nil) {
        self.code = code
        self.message = message
        self.sql = sql
        self.path = path
    }

    init(code: Int32, on handle: OpaquePointer?, sql: String? = nil) {
        let words = handle.flatMap { sqlite3_errmsg($0) } ?? sqlite3_errstr(code)
        let file = handle.flatMap { sqlite3_db_filename($0, "main") }.map { String(cString: $0) }
        self.init(code: code, message: words.map { String(cString: $0) } ?? "error \(code)", sql: sql, path: file)
    }

    /// A code of our own for what ends because its time is over: SQLite has one for all interruptions.
    private static let pastDeadline = SQLITE_INTERRUPT | 1 << 8

    /// What ends before it is done.
    init(_ reason: Interruption.Reason) {
        switch reason {
        case .request: self.init(code: SQLITE_INTERRUPT, message: "interrupted")
        case .deadline: self.init(code: Self.pastDeadline, message: "not done in its time")
        }
    }

    /// The class of failure, from the low byte of SQLite's code.
    public var kind: Kind {
        // The index of the log could not grow, which is how a full disk is met first (SQLITE_IOERR_SHMSIZE).
        if code == SQLITE_IOERR | 19 << 8 { return .full }
        if code == Self.pastDeadline { return .deadline }
        return switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED: .locked
        case SQLITE_FULL: .full
        case SQLITE_READONLY: .readOnly
        case SQLITE_CANTOPEN: .cannotOpen
        case SQLITE_NOTADB, SQLITE_CORRUPT: .damaged
        case SQLITE_IOERR: .inputOutput
        case SQLITE_TOOBIG, SQLITE_NOMEM: .tooLarge
        case SQLITE_INTERRUPT: .interrupted
        case SQLITE_MISMATCH: .unexpectedType
        case SQLITE_AUTH: .notAllowed
        case SQLITE_CONSTRAINT: .constraint
        default: .other
        }
    }

    /// Classes of failure that callers tell apart.
    public enum Kind: Sendable {
        case locked, full, readOnly, cannotOpen, damaged, inputOutput, tooLarge, unexpectedType, notAllowed
        case constraint, other
        /// Ended by ``Interruption/request()``.
        case interrupted
        /// Ended by ``Interruption/deadline``.
        case deadline
    }

    /// One line: the file, what failed, and in which statement.
    public var description: String {
        let file = path ?? "the store"
        switch kind {
        case .locked: return "\(file) has been locked by another process for too long"
        case .full: return "cannot write to \(file): the disk is full"
        case .readOnly: return "cannot write to \(file): \(message)"
        case .inputOutput: return "\(file): reading or writing failed: \(message) (SQLite \(code))"
        default:
            guard let sql else { return "\(file): \(message) (SQLite \(code))" }
            let lines = sql.split(separator: "\n").filter { !$0.hasPrefix("--") }
            let line = lines.joined(separator: " ").split(whereSeparator: \.isWhitespace).joined(separator: " ")
            return "\(file): \(message) (SQLite \(code)) in: \(line.count > 120 ? line.prefix(117) + "..." : line)"
        }
    }
}
