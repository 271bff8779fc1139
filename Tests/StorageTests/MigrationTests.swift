import Foundation
import TestSupport
import Testing

@testable import Storage

/// Stores that older versions of Varve wrote, and what becomes of them.
///
/// `Fixtures/make_stores.sh` tells what they hold.
@Suite struct MigrationTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A copy of the store that the Varve of a schema wrote.
    private func store(ofSchema schema: Int, as name: String = "old.db") throws -> String {
        let fixture = try #require(
            Bundle.module.path(forResource: "schema\(schema)", ofType: "db", inDirectory: "Fixtures")
        )
        try FileManager.default.copyItem(atPath: fixture, toPath: folder.file(name))
        return folder.file(name)
    }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    /// All rows of the tables that the first schema has, by its columns.
    private func content(_ path: String) throws -> [String: [[SQLValue]]] {
        let plain = try Connection(mode: .memory)
        try plain.execute(String(decoding: Migration.all[0].sql, as: UTF8.self))
        try plain.attach(path, as: "old", isImmutable: false)
        let tables = try plain.prepare(PackageResources.listTables_sql).rows { (name: String) in name }
        var content: [String: [[SQLValue]]] = [:]
        for table in tables {
            let columns = try plain.prepareOnly("SELECT group_concat(name) FROM pragma_table_info('\(table)', 'main')")
            let statement = try plain.prepareOnly(
                "SELECT \(try columns.only() as String) FROM old.\(table) ORDER BY \(try columns.only() as String)"
            )
            var rows: [[SQLValue]] = []
            while try statement.step() { rows.append((0..<statement.columnCount).map { statement.value(at: $0) }) }
            content[table] = rows
        }
        return content
    }

    private func schema(_ path: String) throws -> Int64 {
        try Connection(path: path, mode: .existing).value("SELECT max(number) FROM schema_migrations")
    }

    @Test(arguments: [1, 2, 4, 5, 6])
    func `an older store is brought forward with every row and answers as before`(_ schema: Int) throws {
        let path = try store(ofSchema: schema)
        let before = try content(path)
        #expect(before["runs"]?.count == 10 && before["tensors"]?.isEmpty == false)
        let store = try Store(path: path, for: .migrating)
        #expect(try store.schema() == Int64(Migration.all.count))
        #expect(try content(path) == before)
        // What the fixture is known to hold, asked as a person asks.
        #expect(try store.runNumbers(matching: .all) == [1, 2, 3, 4, 6, 7, 8, 9, 10])
        #expect(try store.runNumbers(matching: .all, lifecycle: .deleted) == [5])
        #expect(try store.run("9").status == .killed)
        #expect(try store.run("7").experiment == "kept")
        #expect(try store.tags(of: 2).contains(Entry(key: "colour", value: .text("blue"))))
        #expect(try store.tags(of: 3) == [Entry(key: "note", value: .text("a \"quoted\" note, of\ntwo lines"))])
        #expect(try store.variances(of: store.run("1")).count == 7)
        #expect(try store.variances(of: store.run("8")).contains { $0.variance.isNaN })
        #expect(try store.tensors(of: 7).allSatisfy { try !store.bytes(of: $0).isEmpty })
        let dataset = try #require(try store.dataset(named: "small"))
        #expect(try store.content(of: dataset).training.labels.count == 60)
    }

    @Test(arguments: [1, 2])
    func `runs of an older store have no checksums, which is reported and is no damage`(_ schema: Int) throws {
        let path = try store(ofSchema: schema)
        let store = try Store(path: path, for: .writing)
        var recorder = try Recorder(store)
        let run = try recorder.start(NewRun(), layers: twoLayers)
        try recorder.log(run, step: 0, variances: [1, 2])
        try recorder.finish(run, RunEnding(.finished, steps: 1))
        for isMending in [false, true] {
            var findings: [Finding] = []
            try StoreCheck(path: path, isMending: isMending).execute { findings.append($0) }
            #expect(findings.map(\.kind) == [.unproven])
            #expect(findings.first?.message.hasPrefix("10 runs without checksums") == true)
        }
        // They go from store to store as they are.
        let all = try Store(path: folder.file("all.db"), for: .writing)
        _ = try all.merge(Store(path: path, for: .reading))
        #expect(
            try all.connection.value("SELECT count(*) FROM runs WHERE variances_checksum IS NULL", as: Int.self) == 10
        )
    }

    @Test(arguments: [1, 2, 4, 5, 6])
    func `the latest values of an older store are those of its rows`(_ schema: Int) throws {
        let path = try store(ofSchema: schema)
        let store = try Store(path: path, for: .writing)
        #expect(try store.connection.value("SELECT count(*) FROM run_layers", as: Int.self) >= 7 * 8)
        try StoreCheck(path: path, isMending: false).execute { #expect($0.kind == .unproven) }
        #expect(
            try store.connection.value("SELECT count(*) FROM runs WHERE unproven <> (variances_checksum IS NULL)") == 0
        )
    }

    @Test func `each layer and metric of an older store has its own last step`() throws {
        let store = try Store(path: store(ofSchema: 4), for: .writing)
        let variances = try store.variances(of: store.run("10"))
        #expect(variances.map(\.name) == ["conv1", "conv2"])
        #expect(variances.map(\.step) == [7, 0])
        #expect(variances.map(\.variance) == [1.5, 2.5])
        let metrics = try store.lastMetrics(of: 10)
        #expect(metrics.map(\.key) == ["loss", "grad", "none"])
        #expect(metrics.map(\.step) == [9, 3, 5])
        #expect(metrics[0].value == 0.75 && metrics[1].value.isNaN && metrics[2].value.isNaN)
    }

    @Test(arguments: [1, 2, 4, 5, 6])
    func `reading an older store is refused and changes nothing`(_ schema: Int) throws {
        let path = try store(ofSchema: schema)
        let before = try bytes(path)
        let error = #expect(throws: StoreError.self) { try Store(path: path, for: .reading) }
        #expect(error == .olderSchema(path: path))
        #expect(try bytes(path) == before)
    }

    @Test(arguments: [1, 2])
    func `a migration that fails in the middle leaves the store as it was, to the byte`(_ schema: Int) throws {
        let path = try store(ofSchema: schema)
        // The last column that the third migration adds is there already.
        try Connection(path: path, mode: .existing)
            .execute("ALTER TABLE schema_migrations ADD COLUMN readable_since INTEGER; PRAGMA wal_checkpoint(TRUNCATE)")
        let before = try bytes(path)
        let error = #expect(throws: StoreError.self) { try Store(path: path, for: .migrating) }
        guard case .failedMigration(path, 3, "checksums", _)? = error else {
            Issue.record("\(error.map(String.init(describing:)) ?? "nothing was thrown")")
            return
        }
        #expect(error?.description.contains("\n") == false)
        #expect(try bytes(path) == before)
        #expect(try self.schema(path) == Int64(schema))
        // What was in the way is gone, and it goes on.
        try Connection(path: path, mode: .existing)
            .execute("ALTER TABLE schema_migrations DROP COLUMN readable_since")
        #expect(try Store(path: path, for: .migrating).schema() == Int64(Migration.all.count))
    }

    @Test(arguments: [1, 2, 4, 5, 6])
    func `a process killed in the middle of a migration leaves the old schema`(_ schema: Int) throws {
        let path = try store(ofSchema: schema)
        let before = try content(path)
        let killed = try Connection(path: path, mode: .existing)
        // Its pages reach the log before their commit does.
        try killed.execute("PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE")
        for migration in Migration.all[schema...] {
            try killed.execute(String(decoding: migration.sql, as: UTF8.self))
        }
        try killed.execute("CREATE TABLE filler (text); INSERT INTO filler SELECT zeroblob(8000) FROM layer_variances")
        let copy = folder.file("copy.db")
        for ending in ["", "-wal"] { try FileManager.default.copyItem(atPath: path + ending, toPath: copy + ending) }
        #expect(try bytes(copy + "-wal").count > 100_000)
        #expect(throws: StoreError.self) { try Store(path: copy, for: .reading) }
        #expect(try self.schema(copy) == Int64(schema))
        #expect(try Store(path: copy, for: .migrating).schema() == Int64(Migration.all.count))
        #expect(try content(copy) == before)
    }

    @Test(arguments: [1, 2, 4, 5, 6])
    func `many may bring an older store forward at the same moment`(_ schema: Int) async throws {
        let path = try store(ofSchema: schema)
        let before = try content(path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<16 { group.addTask { _ = try Store(path: path, for: .migrating) } }
            try await group.waitForAll()
        }
        let store = try Store(path: path, for: .reading)
        #expect(
            try store.connection.value("SELECT count(*) FROM schema_migrations", as: Int.self) == Migration.all.count
        )
        #expect(try content(path) == before)
    }

    @Test(arguments: [1, 2, 4, 5, 6])
    func `an older store whose migration was another one is refused`(_ schema: Int) throws {
        let path = try store(ofSchema: schema)
        try Connection(path: path, mode: .existing)
            .execute("UPDATE schema_migrations SET digest = 'other' WHERE number = \(schema)")
        let before = try content(path)
        for access in [Store.Access.reading, .writing, .migrating] {
            let error = #expect(throws: StoreError.self) { try Store(path: path, for: access) }
            #expect(error?.description.contains("migration \(schema) ") == true)
        }
        #expect(try content(path) == before)
    }

    // MARK: Newer stores

    /// A store that has had more migrations than this version knows, each of which says who may read it.
    private func newer(_ readableSince: Int?...) throws -> String {
        let path = folder.file("newer.db")
        let store = try Store(path: path, for: .writing)
        let insert = try store.connection.prepareOnly("INSERT INTO schema_migrations VALUES (?, 'later', '', 0, ?)")
        for (index, schema) in readableSince.enumerated() { try insert.run(Migration.all.count + 1 + index, schema) }
        return path
    }

    @Test func `a newer store is read where all its migrations allow that, and never written to`() throws {
        let path = try newer(Migration.all.count, 2)
        let store = try Store(path: path, for: .reading)
        #expect(try store.runNumbers(matching: .all) == [])
        let all = try Store(path: folder.file("all.db"), for: .writing)
        for refused in [
            { _ = try Store(path: path, for: .writing) }, { _ = try Store(path: path, for: .migrating) },
            { _ = try StoreCheck(path: path, isMending: false) }, { _ = try all.merge(store) },
        ] {
            let error = #expect(throws: StoreError.self, performing: refused)
            #expect(error?.code == .newer)
        }
    }

    @Test func `a newer store that does not say who may read it is refused`() throws {
        let path = try newer(Migration.all.count, nil)
        for access in [Store.Access.reading, .writing] {
            let error = #expect(throws: StoreError.self) { try Store(path: path, for: access) }
            #expect(error?.code == .newer)
        }
    }

    @Test func `a newer store that only later versions may read is refused`() throws {
        let path = try newer(Migration.all.count, Migration.all.count + 1)
        let error = #expect(throws: StoreError.self) { try Store(path: path, for: .reading) }
        #expect(error?.code == .newer)
    }
}
