import CSQLite

/// A failure reported by SQLite, with all that is known about it.
public struct SQLiteError: Error, Equatable, CustomStringConvertible {
    /// SQLite's extended result code, see https://www.sqlite.org/rescode.html.
    public let code: Int32
    /// SQLite's own words.
    public let message: String
    /// The statement that failed, where there was one.
    public let sql: String?

    /// Makes an error from what SQLite said.
    public init(code: Int32, message: String, sql: String? = nil) {
        self.code = code
        self.message = message
        self.sql = sql
    }

    init(code: Int32, on handle: OpaquePointer?, sql: String? = nil) {
        let words = handle.flatMap { sqlite3_errmsg($0) } ?? sqlite3_errstr(code)
        self.init(code: code, message: words.map { String(cString: $0) } ?? "error \(code)", sql: sql)
    }

    /// The class of failure, from the low byte of SQLite's code.
    public var kind: Kind {
        switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED: .locked
        case SQLITE_FULL: .full
        case SQLITE_READONLY: .readOnly
        case SQLITE_CANTOPEN: .cannotOpen
        case SQLITE_NOTADB, SQLITE_CORRUPT: .damaged
        case SQLITE_IOERR, SQLITE_NOMEM: .inputOutput
        case SQLITE_INTERRUPT: .interrupted
        case SQLITE_MISMATCH: .unexpectedType
        case SQLITE_AUTH: .notAllowed
        case SQLITE_CONSTRAINT: .constraint
        default: .other
        }
    }

    /// Classes of failure that callers tell apart.
    public enum Kind: Sendable {
        case locked, full, readOnly, cannotOpen, damaged, inputOutput, interrupted, unexpectedType, notAllowed
        case constraint, other
    }

    /// One line: what failed and, where known, in which statement.
    public var description: String {
        guard let sql else { return "\(message) (SQLite \(code))" }
        let line = sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return "\(message) (SQLite \(code)) in: \(line.count > 120 ? line.prefix(117) + "..." : line)"
    }
}
