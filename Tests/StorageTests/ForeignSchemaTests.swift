import Foundation
import Glibc
import TestSupport
import Testing

@testable import Storage

/// Stores that somebody else had in hand: schemas, links, mounts and what lies beside them.
@Suite struct ForeignSchemaTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("varve.db")
        let store = try Store(path: path, for: .writing)
        var recorder = try Recorder(store)
        let run = try recorder.start(NewRun(), layers: twoLayers)
        try recorder.log(run, step: 0, variances: [1, 2])
        try recorder.finish(run, RunEnding(.finished, steps: 1))
        try store.synchronize()
    }

    private func alter(_ sql: String) throws { try Connection(path: path, mode: .existing).execute(sql) }

    private func refusal() -> StoreError? { storeError { _ = try Store(path: path, for: .migrating) } }

    private func findings() throws -> [Finding] { try StoreCheck.findings(in: path) }

    @Test(arguments: [
        "CREATE TRIGGER evil AFTER INSERT ON tags BEGIN DELETE FROM layer_variances; END",
        "CREATE TABLE mine (x); CREATE TRIGGER evil AFTER INSERT ON mine BEGIN DELETE FROM tags; END",
        "DROP VIEW run_params; CREATE VIEW run_params AS SELECT 1 AS evil",
        "DROP VIEW run_params; CREATE TABLE RUN_PARAMS (evil)",
        "ALTER TABLE tags ADD COLUMN evil TEXT AS (value || 'x')",
        "ALTER TABLE tags RENAME COLUMN value TO evil",
        "ALTER TABLE tags ADD COLUMN evil TEXT CHECK (value <> 'a')",
        "DROP VIEW run_metrics; CREATE VIRTUAL TABLE run_metrics USING fts5(evil)",
        "CREATE UNIQUE INDEX evil ON layer_variances (variance)",
    ])
    func `a schema that acts, or takes our names, is read, never written to, and damage for check`(_ sql: String) throws
    {
        try alter(sql)
        let refused = try #require(refusal())
        #expect(refused.code == .altered)
        #expect(refused.description.contains("evil") || refused.description.contains("is not what the migrations make"))
        #expect(!refused.description.contains("\n"))
        #expect(try findings().contains { $0.kind == .damage && $0.topic == .schema })
        #expect(try Store(path: path, for: .reading).run("1").status == .finished)
    }

    @Test func `a view that has the name of any table of the store is refused before anything asks it`() throws {
        for table in try Schema.tables() where table != "sqlite_sequence" {
            let path = folder.file("\(table).db")
            try FileManager.default.copyItem(atPath: self.path, toPath: path)
            let connection = try Connection(path: path, mode: .existing)
            try connection.execute("PRAGMA foreign_keys = OFF")
            try connection.execute("DROP TABLE \(table)")
            try connection.execute(
                "CREATE VIEW \(table) AS WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"
            )
            let error = storeError { _ = try Store(path: path, for: .reading) }
            #expect(error == .falseTable(path: path, name: table, type: "view"))
        }
    }

    @Test func `tables, views and indexes of a person's own, and ANALYZE's, disturb nobody and are named`() throws {
        try alter(
            """
            CREATE TABLE mine (x UNIQUE, run REFERENCES runs (id), y REFERENCES nowhere (z));
            INSERT INTO mine VALUES (1, 99, 3);
            CREATE VIEW mine_too AS SELECT * FROM runs; CREATE INDEX mine_three ON runs (host);
            CREATE VIRTUAL TABLE words USING fts5(text); ANALYZE
            """
        )
        let store = try Store(path: path, for: .writing)
        try store.tag([1], with: [("a", "b")])
        let found = try findings()
        #expect(found.filter { $0.kind != .foreign } == [])
        let text = found.map(\.message).joined(separator: "\n")
        for name in ["table mine", "view mine_too", "index mine_three", "table words", "table sqlite_stat1"] {
            #expect(text.contains(name + " "), "\(name)")
        }
    }

    @Test func `a person's index, view and column over JSON disturb nobody, whatever SQLite calls unsafe`() throws {
        for statement in [
            "CREATE TABLE mine (x, y AS (json_extract(x, '$.y')))",
            "CREATE INDEX mine_y ON mine (json_extract(x, '$.z'))",
            "CREATE INDEX mine_user ON environments (json_extract(content, '$.user'))",
            "CREATE VIEW mine_users AS SELECT content ->> 'user' AS user FROM environments",
        ] {
            let other = try Connection(path: path, mode: .existing)
            try other.prepareOnly(statement).run()
        }
        let store = try Store(path: path, for: .writing)
        try store.tag([1], with: [("a", "b")])
        #expect(try findings().filter { $0.kind != .foreign } == [])
        #expect(try store.connection.value("PRAGMA query_only", as: Int.self) == 0)
        let typed = try Store(path: path, for: .typed)
        #expect(try typed.columns(of: "SELECT user, (SELECT y FROM mine) FROM mine_users").count == 2)
        let all = try Store(path: folder.file("all.db"), for: .writing)
        _ = try all.merge(Store(path: path, for: .reading))
        #expect(try all.run("1").status == .finished)
    }

    @Test(arguments: ["mine(host)", "host COLLATE mine"])
    func `an index that only its own program can keep is named before a row is written`(_ key: String) throws {
        // As it stands in the file: here neither function nor order is known.
        try alter(
            """
            CREATE INDEX index_of_mine ON runs (host); PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET sql = 'CREATE INDEX index_of_mine ON runs (\(key))' WHERE name = 'index_of_mine'
            """
        )
        let refused = try #require(refusal())
        #expect(refused.code == .altered)
        #expect(refused.description.contains("index_of_mine on runs cannot be kept up to date"))
        #expect(try findings().filter { $0.kind == .damage }.map(\.topic) == [.schema])
        #expect(try Store(path: path, for: .reading).run("1").status == .finished)
    }

    @Test(arguments: ["varve.db-wal", "new.db-journal", "new.db-shm"])
    func `no store is made under a name that SQLite gives to its logs`(_ name: String) throws {
        try? FileManager.default.removeItem(atPath: path + "-wal")
        let place = folder.file(name)
        #expect(storeError { _ = try Store(path: place, for: .writing) } == .namedLikeLog(path: place))
        FilePermissions.makeFile(at: place, asPrivateAs: [path])
        #expect(!FileManager.default.fileExists(atPath: place))
    }

    @Test func `a trigger does not act on our connections`() throws {
        try alter("CREATE TRIGGER evil AFTER UPDATE ON runs BEGIN DELETE FROM layer_variances; END")
        let connection = try Connection(path: path, mode: .existing)
        try connection.execute("UPDATE runs SET host = 'x'")
        #expect(try connection.value("SELECT count(*) FROM layer_variances", as: Int.self) == 2)
    }

    @Test func `an older store with a trigger is not migrated`() throws {
        let old = folder.file("old.db")
        let fixture = packageRoot.appendingPathComponent("Tests/StorageTests/Fixtures/schema2.db").path
        try FileManager.default.copyItem(atPath: fixture, toPath: old)
        try Connection(path: old, mode: .existing).execute(
            "CREATE TRIGGER evil AFTER UPDATE ON runs BEGIN DELETE FROM layer_variances; END"
        )
        #expect(storeError { _ = try Store(path: old, for: .migrating) }?.code == .altered)
        #expect(storeError { _ = try Store(path: old, for: .reading) } == .olderSchema(path: old))
    }

    // MARK: Names

    @Test func `a store with a second name is only read, and so is one whose log has one`() throws {
        let other = folder.file("other.db")
        try FileManager.default.linkItem(atPath: path, toPath: other)
        for name in [path, other] {
            #expect(storeError { _ = try Store(path: name, for: .writing) } == .hasOtherNames(path: name, names: 2))
            #expect(try Store(path: name, for: .reading).run("1").status == .finished)
        }
        unlink(other)
        #expect(refusal() == nil)
        try Data().write(to: URL(fileURLWithPath: path + "-wal"))
        try FileManager.default.linkItem(atPath: path + "-wal", toPath: folder.file("log"))
        #expect(refusal() == .hasOtherNames(path: path + "-wal", names: 2))
        unlink(folder.file("log"))
        let link = folder.file("link.db")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        _ = try Store(path: link, for: .writing)
    }

    @Test func `what is mounted without its folder is told from what is not`() {
        #expect(FileFacts.isMountedAlone("/proc/self/stat", in: "/"))
        #expect(!FileFacts.isMountedAlone("/proc/self/stat", in: "/proc"))
        #expect(!FileFacts.isMountedAlone(path, in: folder.path))
    }

    @Test(arguments: ["-wal", "-shm", "-journal"])
    func `a pipe, a folder or a link in the place of a log is refused and not waited for`(_ ending: String) throws {
        let log = path + ending
        for make in [
            { mkfifo(log, 0o600) }, { mkdir(log, 0o700) }, { symlink("/dev/zero", log) }, { symlink("nothing", log) },
        ] {
            #expect(make() == 0)
            for access in [Store.Access.reading, .writing] {
                #expect(storeError { _ = try Store(path: path, for: access) } == .irregularLog(path: log))
            }
            remove(log)
        }
        let new = folder.file("new.db")
        #expect(mkfifo(new + ending, 0o600) == 0)
        #expect(storeError { _ = try Store(path: new, for: .writing) } == .irregularLog(path: new + ending))
        #expect(access(new, F_OK) != 0)
    }
}
