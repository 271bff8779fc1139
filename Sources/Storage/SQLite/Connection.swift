import CSQLite
import Glibc

/// An open database; `sqlite3`, https://www.sqlite.org/c3ref/sqlite3.html.
///
/// Opened without SQLite's own mutexes: a connection belongs to one thread or task at a time, which the compiler
/// proves since the type is neither copyable nor Sendable.
struct Connection: ~Copyable {
    let handle: OpaquePointer
    let mode: Mode
    let patience: Patience
    let statements: StatementCache

    /// How a file is opened.
    enum Mode {
        /// Reads and writes, and makes the file where there is none.
        case create
        /// Opens an existing file for writing where the file system allows it. Also the mode for reading: the last
        /// reader of a database in WAL mode can then tidy up behind itself.
        case existing
        /// Takes the file as one that nobody changes, which needs no `-shm` beside it: for folders that cannot be
        /// written.
        case immutable
        /// A database of its own that is in no file.
        case memory
    }

    /// Opens a file with `sqlite3_open_v2`, which reads nothing of it yet.
    init(path: String = "", mode: Mode, interruption: Interruption = Interruption()) throws(SQLiteError) {
        // Some builds of SQLite take `file:x` and `:memory:` for more than a name.
        let path = path.hasPrefix("/") ? path : "./" + path
        var handle: OpaquePointer?
        // URIs are for databases that are attached: a path never looks like one.
        let base = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_URI
        var code =
            switch mode {
            case .create: sqlite3_open_v2(path, &handle, base | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil)
            case .existing: sqlite3_open_v2(path, &handle, base | SQLITE_OPEN_READWRITE, nil)
            case .memory: sqlite3_open_v2(":memory:", &handle, base | SQLITE_OPEN_READWRITE, nil)
            case .immutable:
                sqlite3_open_v2(Self.uri(path, "immutable=1"), &handle, base | SQLITE_OPEN_READONLY, nil)
            }
        if code == SQLITE_OK, let handle {
            varve_distrust_schema(handle)
            code = Self.defineFunctions(on: handle)
        }
        // SQLite has locked nothing yet.
        let look = mode == .memory ? nil : FileLook(path)
        if code == SQLITE_OK, mode != .memory, look == nil { code = SQLITE_CANTOPEN }
        guard code == SQLITE_OK, let handle else {
            let error = SQLiteError(code: code, on: handle)
            sqlite3_close_v2(handle)
            throw error
        }
        self.handle = handle
        self.mode = mode
        patience = Patience(interruption)
        statements = StatementCache(handle, patience, look)
        patience.attend(handle)
    }

    /// The file that was opened, whatever its path comes to mean; nil for a database in memory.
    var file: FileLook.Key? { statements.look?.key }

    /// Makes the tables of another database readable under a name of their own, and not writable; `ATTACH`.
    func attach(_ path: String, as name: String, isImmutable: Bool) throws(SQLiteError) {
        let file = Self.uri(path, isImmutable ? "immutable=1" : "mode=ro")
        do {
            try prepareOnly("ATTACH ? AS \(name)").run(file)
        } catch {
            guard mayAllowJSON(after: error.message) else { throw error }
            try prepareOnly("ATTACH ? AS \(name)").run(file)
        }
    }

    /// A path with a parameter as a URI file name, https://www.sqlite.org/uri.html.
    private static func uri(_ path: String, _ parameter: String) -> String {
        var text = "file:"
        // Two slashes at the start would name a host.
        for byte in (path.hasPrefix("//") ? "/" + path : path).utf8 {
            switch byte {
            case UInt8(ascii: "%"), UInt8(ascii: "?"), UInt8(ascii: "#"), 0..<32, 127...:
                text += "%" + Digest.hexadecimal(CollectionOfOne(byte))
            default: text.unicodeScalars.append(Unicode.Scalar(byte))
            }
        }
        return text + "?" + parameter
    }

    /// Compiles the first statement of a text, or takes it from those that were compiled before; `sqlite3_prepare_v3`.
    ///
    /// - Parameter sql: UTF-8, as the files in Queries are embedded.
    /// - Returns: the statement, its parameters not yet bound.
    /// - Throws: ``SQLiteError`` for SQL that does not compile.
    func prepare(_ sql: [UInt8]) throws(SQLiteError) -> Statement {
        let text = SQLText(bytes: sql)
        if let handle = statements.take(text) { return Statement(handle: handle, text, statements) }
        var used = 0
        return Statement(handle: try compile(sql, isKept: true, used: &used), text, statements)
    }

    /// Compiles a text that must be one statement.
    ///
    /// - Throws: also when a second statement follows; a comment may.
    func prepareOnly(_ sql: String) throws(SQLiteError) -> Statement {
        let bytes = [UInt8](sql.utf8)
        var used = 0
        let statement = Statement(handle: try compile(bytes, isKept: false, used: &used), nil, statements)
        if used < bytes.count {
            // A comment or white space compiles to nothing; anything else is a second statement.
            var following: OpaquePointer?
            let code = bytes[used...].withUnsafeBytes { rest in
                let start = rest.baseAddress?.assumingMemoryBound(to: CChar.self)
                return sqlite3_prepare_v2(handle, start, Int32(rest.count), &following, nil)
            }
            let isAlone = code == SQLITE_OK && following == nil
            sqlite3_finalize(following)
            guard isAlone else {
                throw SQLiteError(code: SQLITE_MISUSE, message: "more than one statement", sql: sql)
            }
        }
        return statement
    }

    /// Why a statement does not compile; nil where it does.
    func failure(of sql: String) -> SQLiteError? {
        do throws(SQLiteError) {
            _ = try prepareOnly(sql)
            return nil
        } catch {
            return error
        }
    }

    private func compile(_ sql: [UInt8], isKept: Bool, used: inout Int) throws(SQLiteError) -> OpaquePointer {
        guard let count = Int32(exactly: sql.count) else {
            throw SQLiteError(code: SQLITE_TOOBIG, message: "statement of \(sql.count) bytes")
        }
        var statement: OpaquePointer?
        let code = sql.withUnsafeBytes { bytes in
            let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            var tail: UnsafePointer<CChar>?
            let flags = isKept ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
            let code = sqlite3_prepare_v3(handle, start, count, flags, &statement, &tail)
            if let start, let tail { used = tail - start }
            return code
        }
        let text = String(decoding: sql, as: UTF8.self)
        guard code == SQLITE_OK else {
            let error = patience.error(code, on: handle, sql: text)
            guard mayAllowJSON(after: error.message) else { throw error }
            return try compile(sql, isKept: isKept, used: &used)
        }
        guard let statement else { throw SQLiteError(code: SQLITE_MISUSE, message: "no statement", sql: text) }
        statements.count()
        return statement
    }

    /// Lets indexes and views of the file call SQLite's functions for JSON, where a version that calls them unsafe by mistake
    /// has refused to.
    ///
    /// - Returns: whether it was that, so that another attempt makes sense.
    private func mayAllowJSON(after message: String) -> Bool {
        let isJSON = ["json", "->"].contains { message.contains("unsafe use of \($0)") }
        guard isJSON, !statements.trustsSchema else { return false }
        statements.trustsSchema = true
        varve_trust_schema(handle)
        return true
    }

    /// Executes all statements of a text; `sqlite3_exec`.
    func execute(_ sql: String) throws(SQLiteError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw patience.error(code, on: handle, sql: sql) }
    }

    /// The first column of the first row of a statement.
    func value<Value: SQLConvertible>(_ sql: String, as type: Value.Type = Value.self) throws(SQLiteError) -> Value {
        // Some settings are read when the statement is compiled: that one must not be kept.
        try (sql.hasPrefix("PRAGMA") ? prepareOnly(sql) : prepare([UInt8](sql.utf8))).only()
    }

    /// Executes one statement that comes again and again.
    func run(_ sql: String) throws(SQLiteError) { try prepare([UInt8](sql.utf8)).run() }

    /// Performs `body` with another value of a setting, which is what it was afterwards.
    ///
    /// - Parameters:
    ///   - setting: the name of a `PRAGMA` whose value is a number.
    ///   - value: what it is meanwhile.
    ///   - body: what is done with it.
    /// - Returns: what `body` returns.
    /// - Throws: ``SQLiteError``, and what `body` throws.
    func with<Result>(_ setting: String, _ value: Int, _ body: () throws -> Result) throws -> Result {
        let before: Int = try self.value("PRAGMA \(setting)")
        guard before != value else { return try body() }
        try execute("PRAGMA \(setting) = \(value)")
        defer { try? execute("PRAGMA \(setting) = \(before)") }
        return try body()
    }

    /// The key of the row inserted last; `sqlite3_last_insert_rowid`.
    var lastInsertedID: Int64 { sqlite3_last_insert_rowid(handle) }

    /// How many rows the last statement changed by itself; `sqlite3_changes`.
    var changes: Int { Int(sqlite3_changes(handle)) }

    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Performs `body` in one transaction that holds the write lock from its start, and rolls back when it throws.
    ///
    /// Inside another transaction it is a part of that one, and undone alone; `SAVEPOINT`.
    func transaction<Result>(_ body: () throws -> Result) throws -> Result {
        let isPart = isInTransaction
        try run(isPart ? "SAVEPOINT part" : "BEGIN IMMEDIATE")
        do {
            let result = try body()
            try run(isPart ? "RELEASE part" : "COMMIT")
            return result
        } catch {
            statements.undone += 1
            // A full disk or a lost file may have rolled back already.
            if isInTransaction {
                try? run(isPart ? "ROLLBACK TO part" : "ROLLBACK")
                if isPart { try? run("RELEASE part") }
            }
            throw error
        }
    }

    /// Performs `body` with one view of the database, whatever others write meanwhile.
    func snapshot<Result>(_ body: () throws -> Result) throws -> Result {
        guard !isInTransaction else { return try body() }
        try run("BEGIN")
        defer { try? run("COMMIT") }
        return try body()
    }

    /// Moves the write-ahead log into the database and empties it; `sqlite3_wal_checkpoint_v2`.
    ///
    /// - Returns: false when others still read from the log, which they may.
    @discardableResult
    func checkpoint() throws(SQLiteError) -> Bool {
        let code = sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
        if code & 0xFF == SQLITE_BUSY { return false }
        guard code == SQLITE_OK else { throw patience.error(code, on: handle) }
        return true
    }

    /// Leaves the log as it is also when this is the last connection to close; `SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE`.
    func keepLog() { varve_keep_log(handle) }

    /// Moves as much of the log into the database as can be moved without waiting for anybody.
    func checkpointBesideWriters() {
        sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
    }
}
