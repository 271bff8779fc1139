/// One file of the folder `Migrations`: a numbered, append-only change of the schema.
struct Migration: Sendable {
    let number: Int
    let name: String
    let sql: [UInt8]

    var digest: String { Digest.sha256(sql) }

    /// All migrations in order.
    ///
    /// A new file gets its line here; a test compares the list with the folder.
    static let all = [
        Migration(number: 1, name: "initial", sql: PackageResources._001_initial_sql),
        Migration(number: 2, name: "indexes", sql: PackageResources._002_indexes_sql),
        Migration(number: 3, name: "checksums", sql: PackageResources._003_checksums_sql),
        Migration(number: 4, name: "portable_views", sql: PackageResources._004_portable_views_sql),
        Migration(number: 5, name: "latest_values", sql: PackageResources._005_latest_values_sql),
        Migration(number: 6, name: "artifacts", sql: PackageResources._006_artifacts_sql),
        Migration(number: 7, name: "waiting_metrics", sql: PackageResources._007_waiting_metrics_sql),
    ]

    /// "Varv" in ASCII, in the file's header where `file` and SQLite look for it.
    static let applicationID: Int32 = 0x5661_7276

    private struct Applied {
        let number: Int
        let name: String
        let digest: String
    }

    /// What has to be done with a database before it can be used.
    enum State: Equatable {
        /// Nothing is in it yet.
        case empty
        /// A store of this schema.
        case current
        /// A store that lacks the migrations after this number.
        case behind(Int)
        /// A store of a newer Varve, which says that this one may read it.
        case ahead

        /// How many migrations it has had.
        var applied: Int {
            switch self {
            case .empty: 0
            case .current, .ahead: all.count
            case .behind(let count): count
            }
        }
    }

    /// Looks at a database without changing it.
    ///
    /// - Throws: ``StoreError`` when the database belongs to another program, comes from a newer Varve and does not allow
    ///   this one to read it, or has a migration that differs from the one this version knows; ``SQLiteError`` when it
    ///   cannot be read.
    static func state(of connection: borrowing Connection, path: String) throws -> State {
        // One view of mark and tables: another process may be making the store at this moment.
        try connection.snapshot { try readState(of: connection, path: path) }
    }

    private static func readState(of connection: borrowing Connection, path: String) throws -> State {
        let application: Int64 = try connection.value("PRAGMA application_id")
        if application == 0 {
            guard try connection.value("SELECT count(*) FROM sqlite_schema", as: Int64.self) == 0 else {
                throw StoreError.foreign(path: path, application: nil)
            }
            return .empty
        }
        guard application == Int64(applicationID) else {
            throw StoreError.foreign(path: path, application: application)
        }
        try refuseFalseTables(of: connection, path: path)
        let applied = try connection.prepare(PackageResources.listMigrations_sql).rows(as: Applied.init)
        if applied.count > all.count, try !isReadable(connection) {
            throw StoreError.newerSchema(path: path, schema: applied.count)
        }
        for (found, known) in zip(applied, all)
        where found.number != known.number || found.digest != known.digest {
            throw StoreError.alteredMigration(path: path, number: found.number, name: found.name)
        }
        if applied.count > all.count { return .ahead }
        return applied.count == all.count ? .current : .behind(applied.count)
    }

    /// Refuses a store in which a view takes the place of a table, before it is asked: somebody may have made it run for ever.
    private static func refuseFalseTables(of connection: borrowing Connection, path: String) throws {
        let find = try connection.prepare(PackageResources.findFalseTable_sql)
        guard let (name, type) = try find.first(as: { (name: String, type: String) in (name, type) }) else { return }
        throw StoreError.falseTable(path: path, name: name, type: type)
    }

    /// Whether all migrations of a newer Varve allow the present schema's to read the store.
    private static func isReadable(_ connection: borrowing Connection) throws(SQLiteError) -> Bool {
        let count = try connection.prepare(PackageResources.countUnreadable_sql)
        try count.bind(all.count)
        return try count.only() == 0 as Int64
    }

    /// The refusal of a store that this version may only read.
    static func ahead(_ path: String) -> StoreError {
        StoreError.newerSchema(path: path, schema: nil)
    }

    /// Migrates a database to the present schema in one transaction; many processes may try at the same moment.
    ///
    /// - Throws: ``StoreError`` also when a migration fails; nothing is changed then. ``SQLiteError``.
    static func apply(to connection: borrowing Connection, path: String) throws {
        try connection.execute("BEGIN IMMEDIATE")
        do {
            // Another process may have been first while this one waited for the lock.
            let state = try state(of: connection, path: path)
            if state == .empty {
                try connection.execute("PRAGMA application_id = \(applicationID)")
                try connection.execute(String(decoding: PackageResources.createMigrations_sql, as: UTF8.self))
            }
            for migration in all[state.applied...] { try migration.apply(to: connection, path: path) }
            // A new one is what the others are compared with.
            if state != .empty { try Schema.refuseAltered(connection, path: path) }
            try connection.execute("COMMIT")
        } catch {
            if connection.isInTransaction { try? connection.execute("ROLLBACK") }
            throw error
        }
    }

    private func apply(to connection: borrowing Connection, path: String) throws {
        // First its row, in which it may say who can still read the store.
        try connection.prepare(PackageResources.insertMigration_sql).run(number, name, digest, Moment.now)
        do {
            try connection.execute(String(decoding: sql, as: UTF8.self))
        } catch {
            guard [.constraint, .damaged, .other].contains(error.kind) else { throw error }
            throw StoreError.failedMigration(path: path, number: number, name: name, message: error.message)
        }
    }
}
