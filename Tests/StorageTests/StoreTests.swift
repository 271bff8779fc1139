import Foundation
import TestSupport
import Testing

@testable import Storage

@Suite struct StoreTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func code(opening path: String, for access: Store.Access) -> StoreError.Code? {
        do {
            _ = try Store(path: path, for: access)
            return nil
        } catch {
            return (error as? StoreError)?.code
        }
    }

    @Test func `reading never makes a store`() {
        let path = folder.file("none.db")
        #expect(code(opening: path, for: .reading) == .missing)
        #expect(code(opening: path, for: .migrating) == .missing)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `a missing parent folder and a folder are refused with a reason`() {
        #expect(code(opening: folder.file("no/such/varve.db"), for: .writing) == .cannotCreate)
        #expect(code(opening: folder.path, for: .writing) == .invalid)
        #expect(code(opening: folder.path, for: .reading) == .invalid)
        #expect(code(opening: "", for: .writing) == .missing)
    }

    @Test(arguments: [Store.Access.reading, .writing])
    func `a file that is no SQLite file stays as it is`(_ access: Store.Access) throws {
        let path = folder.file("notes.txt")
        let content = Data(String(repeating: "no database at all\n", count: 500).utf8)
        try content.write(to: URL(fileURLWithPath: path))
        #expect(code(opening: path, for: access) == .invalid)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == content)
    }

    @Test(arguments: [Store.Access.reading, .writing])
    func `somebody else's database with tables of our names stays as it is`(_ access: Store.Access) throws {
        let path = folder.file("mlflow.db")
        do {
            let foreign = try Connection(path: path, mode: .create)
            try foreign.execute("CREATE TABLE runs (run_uuid TEXT); CREATE TABLE experiments (experiment_id INTEGER)")
        }
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(code(opening: path, for: access) == .invalid)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["mlflow.db"])
    }

    @Test func `somebody else's unfinished log is not touched`() throws {
        let path = folder.file("foreign.db")
        let foreign = try Connection(path: path, mode: .create)
        try foreign.execute("PRAGMA journal_mode = WAL; CREATE TABLE runs (run_uuid TEXT)")
        // The process that wrote it has gone without tidying up.
        let copy = folder.file("copy.db")
        for ending in ["", "-wal"] { try FileManager.default.copyItem(atPath: path + ending, toPath: copy + ending) }
        let before = try Data(contentsOf: URL(fileURLWithPath: copy + "-wal"))
        #expect(code(opening: copy, for: .reading) == .invalid)
        #expect(code(opening: copy, for: .writing) == .invalid)
        #expect(try Data(contentsOf: URL(fileURLWithPath: copy + "-wal")) == before)
    }

    @Test func `a reader does not hold up the end of a run`() throws {
        let path = folder.file("varve.db")
        let store = try Store(path: path, for: .writing)
        let reader = try Store(path: path, for: .reading)
        try reader.connection.execute("BEGIN; SELECT count(*) FROM runs")
        var recorder = try Recorder(store)
        try recorder.finish(recorder.start(NewRun(), layers: []), RunEnding(.finished))
        // The log cannot be emptied while the reader's view is open; a commit that waits for the disk takes it along, and
        // there is none without something written.
        let log = Store.size(of: path + "-wal")
        try store.synchronize()
        #expect(Store.size(of: path + "-wal") > log)
        #expect(try store.connection.value("PRAGMA synchronous", as: Int.self) == 1)
        #expect(try Store(path: path, for: .reading).run("1").status == .finished)
    }

    /// How a store's connection waits and commits.
    private func settings(of store: Store) throws -> [String: Int64] {
        var settings = ["timeout": Int64(store.connection.patience.busyTimeout)]
        for name in ["synchronous", "wal_autocheckpoint", "cache_size", "foreign_keys", "query_only"] {
            settings[name] = try store.connection.value("PRAGMA \(name)")
        }
        return settings
    }

    @Test func `every commit waits for the disk but those of a recorder, which leaves no setting`() throws {
        let path = folder.file("varve.db")
        let store = try Store(path: path, for: .writing)
        let other = try Store(path: path, for: .writing)
        let usual = try settings(of: store)
        #expect(usual["synchronous"] == 2)
        do {
            var recorder = try Recorder(store)
            try recorder.leaveLogToCheckpointer()
            #expect(try settings(of: store)["synchronous"] == 1)
            #expect(try settings(of: store)["timeout"] == 600_000)
            #expect(try settings(of: other) == usual)
            let run = try recorder.start(NewRun(), layers: [])
            try recorder.finish(run, RunEnding(.finished))
            try store.synchronize()
        }
        #expect(try settings(of: store) == usual)
        #expect(try settings(of: other) == usual)
    }

    @Test func `only a store that was opened for it takes SQL that people type`() throws {
        let store = try Store(path: folder.file("varve.db"), for: .writing)
        let error = #expect(throws: SQLiteError.self) { try store.query("SELECT 1") { _ in } }
        #expect(error?.kind == .notAllowed)
    }

    @Test func `a store that is taken away while it is open is missed at the next commit`() throws {
        let path = folder.file("varve.db")
        let store = try Store(path: path, for: .writing)
        var recorder = try Recorder(store)
        let run = try recorder.start(NewRun(), layers: [])
        try store.synchronize()
        _ = try Store(path: folder.file("other.db"), for: .writing)
        #expect(rename(folder.file("other.db"), path) == 0)
        #expect(throws: StoreError.self) { try store.synchronize() }
        #expect(throws: StoreError.self) { try recorder.finish(run, RunEnding(.finished)) }
        try FileManager.default.removeItem(atPath: path)
        #expect(throws: StoreError.self) { try store.checkPresence() }
    }

    @Test func `what a loss of power has left of a store in the making is no hindrance`() throws {
        let path = folder.file("varve.db")
        // A page that has not come onto the disk, and the journal of a database that had no pages.
        try Data(count: 8192).write(to: URL(fileURLWithPath: path))
        #expect(code(opening: path, for: .writing) == .invalid)
        var journal = Data([0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]) + Data(count: 12)
        journal += Data([0, 0, 2, 0, 0, 0, 0x20, 0]) + Data(count: 512 - 28)
        try journal.write(to: URL(fileURLWithPath: path + "-journal"))
        #expect(try Store(path: path, for: .writing).connection.value("SELECT count(*) FROM runs", as: Int.self) == 0)
    }

    @Test func `network file systems are known, and a local disk is none`() throws {
        let shared = Store.mount("36 35 0:52 / /data rw,noatime shared:1 - nfs4 host:/data rw,vers=4.2")
        #expect(shared?.device == 52)
        #expect(shared?.networkFileSystem == "nfs4")
        let local = Store.mount("24 1 254:0 / / rw,relatime - ext4 /dev/vda rw")
        #expect(local?.device == 254 << 8)
        #expect(local?.networkFileSystem == nil)
        #expect(Store.mount("no line of it") == nil)
        #expect(try Store(path: folder.file("varve.db"), for: .writing).networkFileSystem == nil)
    }

    @Test func `a store of a newer Varve is refused`() throws {
        let path = folder.file("varve.db")
        try Store(path: path, for: .writing).connection
            .execute("INSERT INTO schema_migrations VALUES (999, 'future', '', 0, NULL)")
        #expect(code(opening: path, for: .reading) == .newer)
        #expect(code(opening: path, for: .writing) == .newer)
    }

    @Test func `a store whose migration was another one is refused`() throws {
        let path = folder.file("varve.db")
        try Store(path: path, for: .writing).connection.execute("UPDATE schema_migrations SET digest = 'other'")
        #expect(code(opening: path, for: .writing) == .altered)
    }

    @Test(arguments: [
        "DROP TABLE runs; CREATE VIEW runs AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i FROM n",
        "DROP TABLE blobs; CREATE VIEW Blobs AS SELECT 'a' AS digest, zeroblob(900000000) AS content",
        "DROP TABLE schema_migrations; CREATE VIEW schema_migrations AS SELECT 1 AS number",
    ])
    func `a store in which a view takes the place of a table is refused before the view is asked`(_ sql: String) throws
    {
        let path = folder.file("varve.db")
        try Store(path: path, for: .writing).connection.execute(
            "PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON; " + sql
        )
        for access in [Store.Access.reading, .writing, .migrating] {
            let error = #expect(throws: StoreError.self) { try Store(path: path, for: access) }
            #expect(error?.code == .altered)
            #expect(error?.description.contains("is a view where a store has a table") == true)
        }
        #expect(throws: StoreError.self) { try StoreCheck(path: path, isMending: false) }
    }

    @Test func `views of a person's own are no hindrance`() throws {
        let path = folder.file("varve.db")
        try Store(path: path, for: .writing).connection.execute("CREATE VIEW latest_metrics AS SELECT 1")
        #expect(code(opening: path, for: .reading) == nil)
    }

    @Test func `an older store is refused for reading and brought forward for writing`() throws {
        let path = folder.file("varve.db")
        do {
            // A store before its first migration: marked, but with nothing in it.
            let old = try Connection(path: path, mode: .create)
            try old.execute(
                "PRAGMA application_id = \(Migration.applicationID);"
                    + String(decoding: PackageResources.createMigrations_sql, as: UTF8.self)
            )
        }
        let error = #expect(throws: StoreError.self) { try Store(path: path, for: .reading) }
        #expect(error == .olderSchema(path: path))
        #expect(try Store(path: path, for: .migrating).schema() == Int64(Migration.all.count))
        _ = try Store(path: path, for: .reading)
    }

    @Test func `many may make a new store at the same moment`() async throws {
        let path = folder.file("varve.db")
        let made = try await withThrowingTaskGroup(of: Int64.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    let store = try Store(path: path, for: .writing)
                    var recorder = try Recorder(store)
                    let run = try recorder.start(NewRun(), layers: twoLayers)
                    try recorder.finish(run, RunEnding(.finished))
                    return run.number
                }
            }
            return try await group.reduce(into: Set<Int64>()) { $0.insert($1) }
        }
        #expect(made == Set(1...16))
        let store = try Store(path: path, for: .reading)
        #expect(try store.connection.value("PRAGMA integrity_check", as: String.self) == "ok")
        #expect(
            try store.connection.value("SELECT count(*) FROM schema_migrations", as: Int.self) == Migration.all.count
        )
    }

    @Test func `a store carries its mark and keeps a log that writers and readers share`() throws {
        let store = try Store(path: folder.file("varve.db"), for: .writing)
        #expect(try store.connection.value("PRAGMA application_id", as: Int64.self) == 0x5661_7276)
        #expect(try store.connection.value("PRAGMA journal_mode", as: String.self) == "wal")
        #expect(try store.connection.value("PRAGMA foreign_keys", as: Int64.self) == 1)
    }

    @Test(arguments: [
        "DELETE FROM runs", "INSERT INTO tags VALUES (1, 'a', 'b')", "ATTACH 'other.db' AS other",
        "PRAGMA user_version = 3",
        "PRAGMA query_only = OFF", "SELECT load_extension('x')", "CREATE TEMP TABLE t (a)", "VACUUM INTO 'copy.db'",
        "BEGIN",
    ])
    func `SQL that a person types cannot change anything`(_ sql: String) throws {
        _ = try Store(path: folder.file("varve.db"), for: .writing)
        let store = try Store(path: folder.file("varve.db"), for: .typed)
        #expect(throws: SQLiteError.self) {
            try store.query(sql) { _ in }
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).allSatisfy { $0.hasPrefix("varve.db") }
        )
    }

    @Test func `SQL that a person types sees the views`() throws {
        _ = try Store(path: folder.file("varve.db"), for: .writing)
        let store = try Store(path: folder.file("varve.db"), for: .typed)
        #expect(
            try store.columns(of: "SELECT * FROM variances") == [
                "run", "uuid", "experiment", "architecture", "seed", "started", "step", "layer", "position", "measure",
                "after_norm", "variance",
            ]
        )
        #expect(
            try store.columns(of: "SELECT * FROM measures") == [
                "run", "uuid", "experiment", "architecture", "seed", "started", "step", "layer", "position", "measure",
                "after_norm", "value",
            ]
        )
        #expect(
            try store.columns(of: "SELECT * FROM run_metrics") == [
                "run", "key", "step", "timestamp", "value", "architecture", "seed", "experiment",
            ]
        )
        #expect(
            try store.columns(of: "SELECT * FROM run_params") == [
                "run", "key", "value", "architecture", "seed", "experiment",
            ]
        )
        #expect(
            try store.columns(of: "SELECT * FROM run_list") == [
                "run", "uuid", "name", "experiment", "architecture", "seed", "status", "steps", "last_step", "started",
                "ended", "started_at", "ended_at", "note",
            ]
        )
        // JSON columns can be taken apart, and tables looked at.
        for (sql, count) in [("SELECT * FROM json_each('[1,2]')", 2), ("SELECT * FROM pragma_table_info('tags')", 4)] {
            var rows = 0
            try store.query(sql) { _ in rows += 1 }
            #expect(rows == count)
        }
    }
}
