import Foundation
import Testing

@testable import Storage

/// What holds for every file in Queries and Migrations.
@Suite struct QueryFileTests {
    /// Each by its folder and name.
    static let queries: [String] = files(in: "Queries")
    static let migrations: [String] = files(in: "Migrations")

    private static func files(in folder: String) -> [String] {
        let path = packageRoot.appendingPathComponent(folder).path
        return ((try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []).filter { $0.hasSuffix(".sql") }
            .sorted()
    }

    @Test func `both folders are found`() {
        #expect(Self.queries.count > 20)
        #expect(Self.migrations.first == "0001_initial.sql")
    }

    @Test func `every query lies in the folder of its subject`() {
        #expect(Self.queries.allSatisfy { $0.split(separator: "/").count == 2 })
    }

    @Test func `a query file is one statement that compiles against the schema and says its purpose first`() throws {
        let place = try QueryStore()
        for file in Self.queries {
            let url = packageRoot.appendingPathComponent("Queries/\(file)")
            let sql = try String(contentsOf: url, encoding: .utf8)
            #expect(sql.hasPrefix("-- "), "\(file)")
            // The table it makes is there already.
            guard !file.hasSuffix("createMigrations.sql"), try place.isPossible(file) else { continue }
            #expect(throws: Never.self, "\(file)") { _ = try place.store.connection.prepareOnly(sql) }
        }
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
