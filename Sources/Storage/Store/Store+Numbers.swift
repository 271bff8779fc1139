/// The tables whose rows get a number of their own, which is never given again.
public enum NumberedTable: String, Sendable, CaseIterable, SQLConvertible {
    case runs, experiments
}

extension Store {
    /// The greatest number that was ever given to a row of a table; 0 before the first.
    func lastNumber(in table: NumberedTable) throws(SQLiteError) -> Int64 {
        let find = try connection.prepare(PackageResources.lastNumber_sql)
        try find.bind(table)
        return try find.only()
    }

    /// Inserts a row that gets a number of its own.
    ///
    /// - Parameters:
    ///   - table: the table.
    ///   - insert: inserts it.
    /// - Returns: its number.
    /// - Throws: ``StoreError`` when the greatest number was given, of which SQLite says that the disk is full; what
    ///   `insert` throws.
    func number(in table: NumberedTable, _ insert: () throws -> Void) throws -> Int64 {
        do {
            try insert()
            return connection.lastInsertedID
        } catch let error as SQLiteError where error.kind == .full {
            guard try lastNumber(in: table) == .max else { throw error }
            throw StoreError.noNumberLeft(path: path, of: table)
        }
    }
}
