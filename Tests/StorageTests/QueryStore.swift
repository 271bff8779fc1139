import Foundation
import TestSupport

@testable import Storage

/// A store with everything beside it that the queries speak of: the stores of a merge and of an import.
final class QueryStore {
    /// The files in Queries, by name, but for the one that makes the table which is there already.
    static let queries: [String: String] = {
        let folder = packageRoot.appendingPathComponent("Queries")
        let paths = ((try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? [])
            .filter { $0.hasSuffix(".sql") && !$0.hasSuffix("createMigrations.sql") }
        return Dictionary(
            uniqueKeysWithValues: paths.compactMap { path in
                let url = folder.appendingPathComponent(path)
                return (try? String(contentsOf: url, encoding: .utf8)).map { (url.lastPathComponent, $0) }
            }
        )
    }()

    private let folder: TemporaryFolder
    let store: Store

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.file("varve.db"), for: .writing)
        _ = try Store(path: folder.file("source.db"), for: .writing)
        try MLflowFixture.make(folder.file("mlflow.db"))
        for name in ["source", "mlflow"] {
            try store.connection.prepareOnly("ATTACH ? AS \(name)").run(folder.file(name + ".db"))
        }
        // Nothing of it is to last.
        for schema in ["main", "source", "mlflow"] {
            try store.connection.execute("PRAGMA \(schema).synchronous = OFF")
        }
        try Merge.makeMaps(on: store.connection)
        try MLflowImport.makeMaps(on: store.connection)
    }

    /// Whether a query compiles here: some builds of SQLite have no `dbstat`.
    func isPossible(_ file: String) throws -> Bool {
        guard file.hasSuffix("sizesByTable.sql") else { return true }
        return try store.connection.value("SELECT count(*) FROM pragma_module_list WHERE name = 'dbstat'", as: Int.self)
            == 1
    }

    /// The lines of a statement's plan.
    func plan(_ sql: String) throws -> [String] {
        try store.plan(Array(sql.utf8))
    }

    /// Lets SQLite believe that tables have the sizes that some statistics say.
    func tell(_ statistics: Statistics) throws {
        guard statistics != .none else { return }
        try store.connection.transaction { try write(statistics) }
    }

    private func write(_ statistics: Statistics) throws {
        for schema in ["main", "source", "mlflow", "temp"] {
            try store.connection.execute("ANALYZE \(schema); DELETE FROM \(schema).sqlite_stat1")
            let indexes = try store.connection.prepareOnly(
                """
                SELECT tables.name, indexes.name, (SELECT count(*) FROM pragma_index_info(indexes.name, ?1))
                FROM \(schema).sqlite_schema AS tables
                LEFT JOIN pragma_index_list(tables.name, ?1) AS indexes
                WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                """
            )
            try indexes.bind(schema)
            for (table, index, columns) in try indexes.rows(as: { (a: String, b: String?, c: Int) in (a, b, c) }) {
                try store.connection.prepareOnly("INSERT INTO \(schema).sqlite_stat1 VALUES (?, ?, ?)")
                    .run(table, index, statistics.line(schema, table, columns: index == nil ? 0 : columns))
            }
            try store.connection.execute("ANALYZE \(schema).sqlite_schema")
        }
    }
}

/// What `ANALYZE` may have noted of the sizes of tables, once upon a time.
enum Statistics: Equatable, CustomStringConvertible {
    /// Nothing, as in every store until somebody runs it.
    case none
    /// One table has a single row, all others have ten million.
    case tiny(String)
    /// One table has ten million rows, all others a single one.
    case huge(String)

    /// Of every table alone, and of everything in one file.
    static let all: [Statistics] = {
        let tables = [
            "experiments", "datasets", "environments", "runs", "params", "tags", "layers", "layer_variances",
            "metric_keys", "metrics", "run_layers", "run_metric_keys", "blobs", "tensors", "artifacts", "logged_models",
            "merged_runs",
            "merged_layers", "merged_keys", "import_keys",
            "import_layers", "main", "source", "mlflow", "temp",
        ]
        return [.none] + tables.flatMap { [.tiny($0), .huge($0)] }
    }()

    var description: String {
        switch self {
        case .none: "no statistics"
        case .tiny(let name): "\(name) tiny"
        case .huge(let name): "\(name) huge"
        }
    }

    /// The text of `sqlite_stat1.stat`: the rows, and how many of them share the first columns of an index.
    fileprivate func line(_ schema: String, _ table: String, columns: Int) -> String {
        let rows =
            switch self {
            case .none: 1
            case .tiny(let name): [schema, table].contains(name) ? 1 : 10_000_000
            case .huge(let name): [schema, table].contains(name) ? 10_000_000 : 1
            }
        let shares = (0..<columns).map { $0 == columns - 1 ? 1 : max(1, rows >> (4 * ($0 + 1))) }
        return ([rows] + shares).map(\.description).joined(separator: " ")
    }
}
