import Dispatch
import TestSupport
import Testing

@testable import Storage

@Suite struct StatementTests {
    private let folder: TemporaryFolder
    private let store: Store

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.file("varve.db"), for: .writing)
        try store.connection.execute("CREATE TABLE t (a INTEGER, b REAL, c TEXT, d BLOB) STRICT")
    }

    @Test func `every kind of value comes back as it went in`() throws {
        let insert = try store.connection.prepareOnly("INSERT INTO t VALUES (?, ?, ?, ?)")
        try insert.run(Int64.min, -0.1, "naïve \u{0} text", [1, 0, 255] as [UInt8])
        try insert.run(nil as Int64?, nil as Double?, "", [] as [UInt8])
        let select = try store.connection.prepareOnly("SELECT a, b, c, d FROM t")
        let rows = try select.rows { (a: Int64?, b: Double?, c: String?, d: [UInt8]?) in (a, b, c, d) }
        #expect(rows.count == 2)
        #expect(rows[0] == (Int64.min, -0.1, "naïve \u{0} text", [1, 0, 255]))
        // Empty is not missing.
        #expect(rows[1] == (nil, nil, "", []))
    }

    private static let counting =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000) SELECT count(*) FROM n"

    @Test func `an interruption ends a long statement that heeds it, and no other`() throws {
        let token = Interruption()
        let connection = try Connection(mode: .memory, interruption: token)
        token.request()
        #expect(try connection.value(Self.counting, as: Int.self) == 300_000)
        connection.patience.endsStatements = true
        let error = #expect(throws: SQLiteError.self) { try connection.value(Self.counting, as: Int.self) }
        #expect(error?.kind == .interrupted)
    }

    @Test func `a statement past its deadline ends and says so, and the next question has its own time`() throws {
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        let reader = try Store(path: store.path, for: .reading)
        let token = Interruption(deadline: .now + .milliseconds(20))
        let start = ContinuousClock.now
        let error = #expect(throws: SQLiteError.self) {
            try reader.withInterruption(token) { try reader.connection.value(endless, as: Int.self) }
        }
        #expect(error?.kind == .deadline)
        #expect(ContinuousClock.now - start < .seconds(20))
        #expect(reader.interruption !== token)
        #expect(try reader.connection.value(Self.counting, as: Int.self) == 300_000)
    }

    @Test func `an interruption ends waiting for another writer`() async throws {
        let token = Interruption()
        let path = store.path
        try store.connection.execute("BEGIN IMMEDIATE")
        async let outcome = Task.detached {
            let other = try Store(path: path, for: .reading, interruption: token)
            try other.connection.execute("PRAGMA query_only = OFF")
            return #expect(throws: SQLiteError.self) { try other.connection.execute("BEGIN IMMEDIATE") }
        }.value
        token.request()
        #expect(try await outcome?.kind == .interrupted)
        try store.connection.execute("ROLLBACK")
    }

    @Test func `NaN is stored as NULL and infinities stay`() throws {
        let insert = try store.connection.prepareOnly("INSERT INTO t (b) VALUES (?)")
        for value in [Double.nan, .infinity, -.infinity] { try insert.run(value) }
        let values = try store.connection.prepareOnly("SELECT b FROM t").rows { (value: Double?) in value }
        #expect(values == [nil, .infinity, -.infinity])
    }

    @Test func `a column of another type is refused, not converted`() throws {
        try store.connection.execute("INSERT INTO t (c) VALUES ('12')")
        let select = try store.connection.prepareOnly("SELECT c FROM t")
        let error = #expect(throws: SQLiteError.self) { try select.rows { (value: Int64) in value } }
        #expect(error?.kind == .unexpectedType)
        #expect(error?.description.contains("SELECT c FROM t") == true)
    }

    @Test func `an error carries the extended code and the statement`() throws {
        let insert = try store.connection.prepareOnly(
            "INSERT INTO experiments (name, created, updated) VALUES (?, 0, 0)"
        )
        let error = #expect(throws: SQLiteError.self) { try insert.run("Default") }
        // SQLITE_CONSTRAINT_UNIQUE
        #expect(error?.code == 2067)
        #expect(error?.kind == .constraint)
    }

    @Test func `a second statement is refused and a comment after the first is not`() throws {
        _ = try store.connection.prepareOnly("SELECT 1; -- that is all")
        #expect(throws: SQLiteError.self) { _ = try store.connection.prepareOnly("SELECT 1; DELETE FROM t") }
    }

    @Test func `a transaction that throws leaves nothing`() throws {
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try store.connection.transaction {
                try store.connection.execute("INSERT INTO t (a) VALUES (1)")
                throw Stop()
            }
        }
        #expect(try store.connection.value("SELECT count(*) FROM t", as: Int64.self) == 0)
    }

    @Test func `a connection may be given up on one thread while another gives up its statements`() throws {
        struct Statements: ~Copyable {
            let first: Statement, second: Statement, third: Statement, fourth: Statement
        }
        /// Each of the two is touched by one thread.
        final class Held: @unchecked Sendable {
            var connection: Connection?
            var statements: Statements?

            init() throws {
                let connection = try Connection(mode: .memory)
                let texts = (0..<40).map { [UInt8]("SELECT \($0)".utf8) }
                for text in texts { _ = try connection.prepare(text) }
                statements = try Statements(
                    first: connection.prepare(texts[0]),
                    second: connection.prepare(texts[1]),
                    third: connection.prepare(texts[2]),
                    fourth: connection.prepare(texts[3])
                )
                self.connection = consume connection
            }
        }
        for _ in 0..<300 {
            let held = try Held()
            DispatchQueue.concurrentPerform(iterations: 2) { thread in
                if thread == 0 { held.connection = nil } else { held.statements = nil }
            }
            #expect(held.connection == nil && held.statements == nil)
        }
    }
}
