import CSQLite

extension Connection {
    /// Copies the whole database over another one, as it is at one moment, while others write; `sqlite3_backup_step`.
    ///
    /// - Parameters:
    ///   - target: nobody else may have it open.
    ///   - pages: how many pages are copied before `pause` is called.
    ///   - pause: what it throws ends the copying.
    /// - Throws: ``SQLiteError``, and what `pause` throws.
    func copy(to target: borrowing Connection, pages: Int32, pause: () throws -> Void) throws {
        // The view that is open here keeps writers from making the copy start again.
        try snapshot {
            _ = try value("SELECT count(*) FROM sqlite_schema", as: Int64.self)
            try copyPages(to: target, pages: pages, pause: pause)
        }
    }

    private func copyPages(to target: borrowing Connection, pages: Int32, pause: () throws -> Void) throws {
        guard let backup = target.beginCopy(of: handle) else { throw target.lastError }
        var code = SQLITE_OK
        do {
            repeat {
                try pause()
                code = sqlite3_backup_step(backup, pages)
            } while code == SQLITE_OK
        } catch {
            sqlite3_backup_finish(backup)
            throw error
        }
        sqlite3_backup_finish(backup)
        guard code == SQLITE_DONE else { throw target.error(code) }
    }

    private func beginCopy(of source: OpaquePointer) -> OpaquePointer? {
        sqlite3_backup_init(handle, "main", source, "main")
    }

    private var lastError: SQLiteError { error(sqlite3_extended_errcode(handle)) }

    private func error(_ code: Int32) -> SQLiteError { patience.error(code, on: handle) }
}
