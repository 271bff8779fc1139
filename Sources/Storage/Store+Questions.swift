import Glibc

/// A table of the store and how many rows it has.
public struct TableSize: Sendable, Equatable {
    public let name: String
    public let rows: Int64
}

/// What a store is, at a glance.
public struct StoreSummary: Sendable, Equatable {
    public let path: String
    /// The database file, in bytes.
    public let bytes: Int64
    /// The write-ahead log, in bytes.
    public let logBytes: Int64
    /// The number of the last migration.
    public let schema: Int64
    public let pageSize: Int64
    public let tables: [TableSize]
    /// When the first and the last run began, in milliseconds since 1970.
    public let oldest: Int64?
    public let newest: Int64?
}

extension Store {
    /// Allows nothing but reading from here on, for SQL that people type: no writes, no other files, no extensions.
    public func restrictToReading() throws(SQLiteError) {
        try connection.restrictToReading()
    }

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

    /// Sizes and counts of the store; counts every row, so it takes seconds where there are hundreds of millions.
    public func summary() throws -> StoreSummary {
        let tables = try connection.prepare(PackageResources.listTables_sql).rows { (name: String) in name }
        let runs = try connection.prepare(PackageResources.runsInTime_sql)
            .first { (oldest: Int64?, newest: Int64?) in (oldest, newest) }
        return StoreSummary(
            path: path,
            bytes: Self.size(of: file),
            logBytes: Self.size(of: file + "-wal"),
            schema: try schema(),
            pageSize: try connection.value("PRAGMA page_size"),
            tables: try tables.map { name in
                // A table's name cannot be bound; these come from the schema itself.
                let quoted = name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
                return TableSize(name: name, rows: try connection.value("SELECT count(*) FROM \"\(quoted)\""))
            },
            oldest: runs?.0,
            newest: runs?.1
        )
    }

    /// The number of the last migration the store has had.
    public func schema() throws(SQLiteError) -> Int64 {
        try connection.value("SELECT max(number) FROM schema_migrations")
    }

    private static func size(of path: String) -> Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }
}
