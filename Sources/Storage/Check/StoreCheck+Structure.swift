extension StoreCheck {
    /// How many lines SQLite says at most of a damaged file.
    private static let limit = 100

    /// Looks at pages, indexes, types and rules.
    ///
    /// - Returns: whether the file may be written to: nothing but indexes is damaged.
    /// - Throws: ``SQLiteError``.
    func checkStructure(_ report: Report) throws -> Bool {
        var lines: [String] = []
        do {
            lines = try Self.structure(of: store)
        } catch let error as SQLiteError where error.kind == .damaged {
            lines = [error.message]
        }
        // An index says nothing that its table does not.
        let isMendable = !lines.isEmpty && lines.allSatisfy(Self.isAboutIndex)
        for line in lines {
            let finding = Finding(.damage, .structure, line)
            if isMendable {
                find(finding) { [store] in try Self.rebuildIndexes(of: store) }
            } else {
                try report(finding)
            }
        }
        return lines.isEmpty || isMendable
    }

    private static func structure(of store: Store) throws -> [String] {
        do {
            return try lines(of: "PRAGMA integrity_check(\(limit))", in: store)
        } catch let error as SQLiteError where error.kind == .other {
            // A person's own index or table needs a function that only the program that made it has.
            return try Schema.tables().flatMap { table in
                do {
                    return try lines(of: "PRAGMA quick_check(\(table))", in: store)
                } catch let error as SQLiteError where error.kind == .other {
                    return []
                }
            }
        }
    }

    private static func lines(of pragma: String, in store: Store) throws -> [String] {
        let statement = try store.connection.prepareOnly(pragma)
        var lines: [String] = []
        while try statement.step() {
            // Several findings on a page come as lines of one row.
            lines += (try statement.column(0) as String).split(separator: "\n").map(String.init)
        }
        return lines == ["ok"] ? [] : lines.filter { $0 != "*** in database main ***" }
    }

    private static func isAboutIndex(_ line: String) -> Bool {
        line.contains("missing from index ") || line.hasPrefix("wrong # of entries in index ")
    }

    private static func rebuildIndexes(of store: Store) throws {
        // The first of the findings does it for all.
        guard try !structure(of: store).isEmpty else { return }
        try store.connection.execute("REINDEX")
        guard let rest = try structure(of: store).first else { return }
        throw StoreError.indexesStayDamaged(path: store.path, message: rest)
    }

    /// Holds tables, indexes and views against those that the migrations make; others of a person's own are named.
    func checkSchema(_ report: Report) throws {
        try checkMigrations(report)
        let difference = try Schema.difference(of: store.connection)
        for line in difference.altered + difference.missing.map({ "\($0) is missing" }) {
            try report(Finding(.damage, .schema, line))
        }
        for title in difference.own {
            try report(Finding(.foreign, .schema, "\(title) is not Varve's; it is left alone"))
        }
    }

    /// Looks at the names of migrations, which nothing else does.
    private func checkMigrations(_ report: Report) throws {
        let names = try store.connection.prepare(PackageResources.listMigrations_sql)
            .rows(as: { (_: Int, name: String, _: String) in name })
        for (name, migration) in zip(names, Migration.all) where name != migration.name {
            let line = "migration \(migration.number) is called '\(name)' and not '\(migration.name)'"
            try report(Finding(.damage, .schema, line))
        }
    }

    /// Looks for rows that point at nothing.
    func checkReferences(_ report: Report) throws {
        var counts: [String: Int] = [:]
        let statement = try store.connection.prepareOnly("PRAGMA foreign_key_check")
        while try statement.step() {
            let (table, parent): (String, String) = (try statement.column(0), try statement.column(2))
            guard try Schema.isOurs(table: table) else { continue }
            // The ones are reported with their names, the others with the variances of their runs.
            if (table, parent) == ("tensors", "blobs") || (table, parent) == ("metrics", "runs") { continue }
            counts["\(table) has rows whose row in \(parent) is missing", default: 0] += 1
        }
        for (line, count) in counts.sorted(by: { $0.key < $1.key }) {
            try report(Finding(.damage, .references, "\(line): \(count)"))
        }
        for run in try store.connection.prepare(PackageResources.listOrphans_sql).rows(as: { (run: Int64) in run }) {
            let line = "it has rows, but there is no such run: a purge was interrupted"
            try report(Finding(.untidy, .references, run: run, line, remedy: .purge))
        }
        let lost = try store.connection.prepare(PackageResources.listLostTensors_sql)
        while try lost.step() {
            let (stage, name): (String, String) = (try lost.column(1), try lost.column(2))
            try report(
                Finding(
                    .damage,
                    .references,
                    run: try lost.column(0),
                    "the bytes of its tensor \(name) (\(stage)) are missing"
                )
            )
        }
    }
}
