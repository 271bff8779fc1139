import CSQLite

extension Connection {
    /// The longest text or blob that restricted SQL may make or read, in bytes.
    static let valueLimit: Int32 = 8 << 20

    /// Allows reading SQL only from here on: no writes, no attached files, no extensions; `sqlite3_set_authorizer`.
    func restrictToReading() throws(SQLiteError) {
        // A table-valued function declares its table at its first use, which would not be allowed any more.
        for function in ["json_each", "json_tree"] + Self.readablePragmas.map({ "pragma_" + $0 }) {
            try? execute("SELECT 1 FROM \(function)('') LIMIT 0")
        }
        try execute("PRAGMA query_only = ON")
        varve_set_defensive(handle)
        sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, Self.valueLimit)
        sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0)
        sqlite3_set_authorizer(
            handle,
            { _, action, first, second, _, _ in
                switch action {
                case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE: return SQLITE_OK
                case SQLITE_FUNCTION:
                    let name = second.map { String(cString: $0).lowercased() } ?? ""
                    return Connection.forbiddenFunctions.contains(name) ? SQLITE_DENY : SQLITE_OK
                case SQLITE_PRAGMA:
                    let name = first.map { String(cString: $0).lowercased() } ?? ""
                    return Connection.readablePragmas.contains(name) ? SQLITE_OK : SQLITE_DENY
                default: return SQLITE_DENY
                }
            },
            nil
        )
    }

    /// Compiles SQL that a person typed.
    ///
    /// - Throws: also on a connection that allows more than reading.
    func prepareTyped(_ sql: String, isRestricted: Bool) throws(SQLiteError) -> Statement {
        guard isRestricted else {
            throw SQLiteError(code: SQLITE_AUTH, message: "the store was not opened for SQL that people type", sql: sql)
        }
        return try prepareOnly(sql)
    }

    /// What loads code, and what gives and takes addresses in memory.
    private static let forbiddenFunctions: Set<String> = ["load_extension", "fts3_tokenizer"]

    /// Pragmas that describe the schema and change nothing.
    private static let readablePragmas: Set<String> = [
        "table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list",
        "function_list", "pragma_list", "collation_list", "compile_options",
    ]

    /// Sets a bound on the memory of all connections of the process together; `sqlite3_hard_heap_limit64`.
    ///
    /// SQLite gives up its caches before it reports that there is no more.
    static func limitMemory(_ bytes: Int64) { sqlite3_hard_heap_limit64(bytes) }
}
