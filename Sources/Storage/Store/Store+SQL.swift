extension Store {
    /// Allows nothing but reading from here on, for SQL that people type: no writes, no other files, no extensions, and
    /// no value of more than ``valueLimit``.
    public func restrictToReading() throws(SQLiteError) {
        try connection.restrictToReading()
    }

    /// The longest text or blob of SQL that people type, in bytes.
    public static var valueLimit: Int64 { Int64(Connection.valueLimit) }

    /// Sets a bound on the memory that SQLite takes for all stores of the process together, in bytes.
    ///
    /// What needs more fails as ``SQLiteError/Kind/tooLarge``; sorting and grouping do not, they go on in temporary files.
    public static func limitMemory(to bytes: Int64) { Connection.limitMemory(bytes) }

    /// The names of the columns that a statement returns.
    public func columns(of sql: String) throws(SQLiteError) -> [String] {
        let statement = try connection.prepareOnly(sql)
        return (0..<statement.columnCount).map { statement.columnName($0) }
    }

    /// Executes one SQL statement that a person typed and hands over its rows one at a time.
    ///
    /// - Parameters:
    ///   - sql: one statement; call ``restrictToReading()`` first.
    ///   - row: called with the values of each row.
    /// - Throws: ``SQLiteError`` for SQL that is wrong or not allowed, and what `row` throws.
    public func query(_ sql: String, row: ([SQLValue]) throws -> Void) throws {
        let statement = try connection.prepareOnly(sql)
        let count = statement.columnCount
        while try statement.step() {
            try row((0..<count).map { statement.value(at: $0) })
        }
    }

    /// The number of the last migration the store has had.
    public func schema() throws(SQLiteError) -> Int64 {
        try connection.value("SELECT max(number) FROM schema_migrations")
    }
}
