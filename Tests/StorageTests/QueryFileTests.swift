import Foundation
import Testing

@testable import Storage

/// What holds for every file in Queries and Migrations.
@Suite struct QueryFileTests {
    static let queries: [String] = files(in: "Queries")
    static let migrations: [String] = files(in: "Migrations")

    private static func files(in folder: String) -> [String] {
        let path = packageRoot.appendingPathComponent(folder).path
        return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { $0.hasSuffix(".sql") }
            .sorted()
    }

    private let folder: TemporaryFolder
    private let store: Store

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.file("varve.db"), for: .writing)
        // What the queries of a merge speak of.
        _ = try Store(path: folder.file("source.db"), for: .writing)
        try store.connection.attach(folder.file("source.db"), as: "source", isImmutable: false)
        try Merge.makeMaps(on: store.connection)
        // And those of an import.
        try MLflowFixture.make(folder.file("mlflow.db"))
        try store.connection.attach(folder.file("mlflow.db"), as: "mlflow", isImmutable: false)
        try MLflowImport.makeMaps(on: store.connection)
    }

    /// Some builds of SQLite have no `dbstat`; the store then tells no sizes of tables.
    private func isPossible(_ file: String) throws -> Bool {
        guard file == "sizesByTable.sql" else { return true }
        return try store.connection.value("SELECT count(*) FROM pragma_module_list WHERE name = 'dbstat'", as: Int.self)
            == 1
    }

    @Test func `both folders are found`() {
        #expect(Self.queries.count > 20)
        #expect(Self.migrations.first == "0001_initial.sql")
    }

    @Test(arguments: queries)
    func `a query file is one statement that compiles against the schema and says its purpose first`(_ file: String)
        throws
    {
        let url = packageRoot.appendingPathComponent("Queries/\(file)")
        let sql = try String(contentsOf: url, encoding: .utf8)
        #expect(sql.hasPrefix("-- "))
        // The table it makes is there already.
        guard file != "createMigrations.sql", try isPossible(file) else { return }
        _ = try store.connection.prepareOnly(sql)
    }

    @Test(arguments: queries)
    func `no query scans the variances or the metrics`(_ file: String) throws {
        guard file != "createMigrations.sql", try isPossible(file) else { return }
        let url = packageRoot.appendingPathComponent("Queries/\(file)")
        let sql = try String(contentsOf: url, encoding: .utf8)
        // Some have to read every row, and say so.
        guard !sql.contains("Scans layer_variances: ") else { return }
        let plan = try store.connection.prepareOnly("EXPLAIN QUERY PLAN " + sql)
        while try plan.step() {
            let detail: String = try plan.column(3)
            // In a merge the tables of the other store have a name of their own.
            for table in ["layer_variances", "metrics", "incoming", "known"] {
                #expect(!detail.contains("SCAN \(table)"), "\(file): \(detail)")
            }
        }
    }

    @Test func `the view of variances reaches one run by its key`() throws {
        let plan = try store.connection.prepareOnly(
            "EXPLAIN QUERY PLAN SELECT layer, variance FROM variances WHERE run = 1"
        )
        var details: [String] = []
        while try plan.step() { details.append(try plan.column(3)) }
        #expect(!details.contains { $0.contains("SCAN") }, "\(details)")
    }

    @Test func `the list of migrations is the folder, in order and unchanged`() throws {
        let listed = Migration.all.map { migration in
            String(repeating: "0", count: 4 - "\(migration.number)".count) + "\(migration.number)_\(migration.name).sql"
        }
        #expect(listed == Self.migrations)
        #expect(Migration.all.map(\.number) == Array(1...Migration.all.count))
        for (migration, file) in zip(Migration.all, Self.migrations) {
            let url = packageRoot.appendingPathComponent("Migrations/\(file)")
            #expect(try Data(contentsOf: url) == Data(migration.sql))
        }
    }
}
