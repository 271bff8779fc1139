extension Store {
    /// The longest text or blob of SQL that people type, in bytes.
    public static var valueLimit: Int64 { Int64(Connection.valueLimit) }

    /// Sets a bound on the memory that SQLite takes for all stores of the process together, in bytes.
    ///
    /// What needs more fails as ``SQLiteError/Kind/tooLarge``; sorting and grouping do not, they go on in temporary files.
    /// There is one such bound in a process, so it is for programs that do nothing else.
    public static func limitMemory(to bytes: Int64) { Connection.limitMemory(bytes) }

    /// Lets the view `run_list` call those runs killed whose process has died, as every command does, though the table says
    /// running until somebody writes.
    func showDeadRuns() throws(SQLiteError) {
        let dead = try deadRuns()
        guard !dead.isEmpty else { return }
        try connection.execute(
            """
            PRAGMA query_only = OFF;
            CREATE TEMP TABLE dead_runs (run INTEGER PRIMARY KEY) STRICT;
            CREATE TEMP VIEW run_list AS
            SELECT
                run, uuid, name, experiment, architecture, seed,
                iif(run IN (SELECT run FROM temp.dead_runs), 'killed', status) AS status,
                steps, last_step, started, ended, started_at, ended_at, note
            FROM main.run_list
            """
        )
        let insert = try connection.prepareOnly("INSERT INTO temp.dead_runs VALUES (?)")
        for run in dead { try insert.run(run) }
    }

    /// The names of the columns that a statement returns.
    ///
    /// - Parameter sql: one statement, of a store opened as ``Access/typed``.
    /// - Returns: the names, in order, with a number after those that came before, as the sqlite3 shell does it: a, a:1, a:2.
    /// - Throws: ``SQLiteError`` for SQL that is wrong or not allowed.
    public func columns(of sql: String) throws(SQLiteError) -> [String] {
        let statement = try connection.prepareTyped(sql, isRestricted: isTyped)
        var taken: Set<String> = []
        return (0..<statement.columnCount).map { column in
            let name = statement.columnName(column)
            var unique = name
            var number = 0
            while !taken.insert(unique).inserted {
                number += 1
                unique = "\(name):\(number)"
            }
            return unique
        }
    }

    /// Executes one SQL statement that a person typed and hands over its rows one at a time.
    ///
    /// - Parameters:
    ///   - sql: one statement, of a store opened as ``Access/typed``.
    ///   - row: called with the values of each row.
    /// - Throws: ``SQLiteError`` for SQL that is wrong or not allowed, and what `row` throws.
    public func query(_ sql: String, row: ([SQLValue]) throws -> Void) throws {
        let statement = try connection.prepareTyped(sql, isRestricted: isTyped)
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
