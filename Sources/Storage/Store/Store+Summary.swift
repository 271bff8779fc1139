import Glibc

/// A table of the store and how large it is.
public struct TableSize: Sendable, Equatable {
    public let name: String
    /// Nil where there are more than ``StoreSummary/quickRows`` and nobody asked for the exact number.
    public let rows: Int64?
    /// What table and indexes take in the file; nil where it was not looked for, or SQLite was built without `dbstat`.
    public let bytes: Int64?
}

/// What a store is, at a glance.
public struct StoreSummary: Sendable, Equatable {
    /// Counting a million rows takes a few hundredths of a second.
    public static let quickRows: Int64 = 1_000_000
    /// Sizes by table are found by looking at every page.
    static let quickPages: Int64 = 16_384

    public let path: String
    /// The database file, in bytes.
    public let bytes: Int64
    /// The write-ahead log, in bytes.
    public let logBytes: Int64
    /// What is left in the file by rows that were deleted, in bytes; it is used again before the file grows.
    public let freeBytes: Int64
    /// The number of the last migration.
    public let schema: Int64
    public let pageSize: Int64
    public let tables: [TableSize]
    /// When the first and the last run began, in milliseconds since 1970.
    public let oldest: Int64?
    public let newest: Int64?
}

extension Store {
    /// Sizes and counts of the store.
    ///
    /// - Parameter isExact: whether every row is counted and every page looked at, which takes seconds where there are
    ///   hundreds of millions; otherwise what would take long is left out.
    /// - Returns: what was found, all at one moment.
    /// - Throws: ``SQLiteError``.
    public func summary(isExact: Bool) throws -> StoreSummary {
        try snapshot {
            let tables = try connection.prepare(PackageResources.listTables_sql).rows { (name: String) in name }
            let runs = try connection.prepare(PackageResources.runsInTime_sql)
                .first { (oldest: Int64?, newest: Int64?) in (oldest, newest) }
            let pageSize: Int64 = try connection.value("PRAGMA page_size")
            let freePages: Int64 = try connection.value("PRAGMA freelist_count")
            let sizes = try tableSizes(isExact: isExact)
            return StoreSummary(
                path: path,
                bytes: Self.size(of: file),
                logBytes: Self.size(of: file + "-wal"),
                freeBytes: freePages * pageSize,
                schema: try schema(),
                pageSize: pageSize,
                tables: try tables.map { name in
                    TableSize(name: name, rows: try rowCount(of: name, isExact: isExact), bytes: sizes[name])
                },
                oldest: runs?.0,
                newest: runs?.1
            )
        }
    }

    /// Performs `body` with one view of the store, whatever others write meanwhile.
    ///
    /// Inside another snapshot it is that one.
    ///
    /// - Throws: ``SQLiteError``, and what `body` throws.
    public func snapshot<Result>(_ body: () throws -> Result) throws -> Result {
        try connection.snapshot(body)
    }

    private func rowCount(of table: String, isExact: Bool) throws -> Int64? {
        // A table's name cannot be bound; these come from the schema itself.
        let quoted = table.doubling("\"")
        if isExact { return try connection.value("SELECT count(*) FROM \"\(quoted)\"") }
        let limit = StoreSummary.quickRows
        let count: Int64 = try connection.value(
            "SELECT count(*) FROM (SELECT 1 FROM \"\(quoted)\" LIMIT \(limit + 1))"
        )
        return count > limit ? nil : count
    }

    /// What the tables take with their indexes, by name.
    private func tableSizes(isExact: Bool) throws -> [String: Int64] {
        guard try connection.value("SELECT count(*) FROM pragma_module_list WHERE name = 'dbstat'", as: Int.self) > 0
        else { return [:] }
        let pages: Int64 = try connection.value("PRAGMA page_count")
        guard isExact || pages <= StoreSummary.quickPages else { return [:] }
        var sizes: [String: Int64] = [:]
        let statement = try connection.prepare(PackageResources.sizesByTable_sql)
        while try statement.step() { sizes[try statement.column(0)] = try statement.column(1) }
        return sizes
    }

    static func size(of path: String) -> Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }
}
