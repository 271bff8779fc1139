import Foundation
import Testing

/// `varve sql` with statements that nobody should give it.
@Suite struct SQLTests {
    private let place: Workplace

    init() throws {
        place = try Workplace()
        #expect(try place.varve("run", "plain", "--blocks", "1", "--width", "4").status == 0)
    }

    private func files() throws -> Set<String> { Set(try FileManager.default.contentsOfDirectory(atPath: place.path)) }

    @Test(arguments: [
        "INSERT INTO tags VALUES (1, 'a', 'b')", "WITH x AS (SELECT 1) DELETE FROM runs RETURNING *", "DROP TABLE runs",
        "CREATE TEMP TABLE t (a)", "CREATE VIRTUAL TABLE temp.t USING fts5(a)", "ATTACH 'new.db' AS a", "DETACH main",
        "VACUUM", "VACUUM INTO 'new.db'", "REINDEX", "ANALYZE", "BEGIN", "SAVEPOINT s", "PRAGMA query_only = OFF",
        "PRAGMA journal_mode = DELETE", "PRAGMA writable_schema = ON", "PRAGMA wal_checkpoint",
        "PRAGMA user_version = 9",
        "SELECT * FROM pragma_journal_mode('off')", "SELECT load_extension('/tmp/x')",
        "SELECT fts3_tokenizer('simple')",
        "SELECT readfile('/etc/passwd')", "SELECT writefile('new.db', 'x')", "SELECT * FROM sqlite_dbpage", "", ";",
        "SELECT 1; DROP TABLE runs",
    ]) func `nothing is written, attached, loaded or read elsewhere`(_ statement: String) throws {
        let before = try files()
        let outcome = try place.varve("sql", statement)
        #expect(outcome.status == 64)
        #expect(outcome.output.isEmpty)
        #expect(outcome.complaints.count == 1)
        #expect(
            try files().subtracting(["varve.db-wal", "varve.db-shm"])
                == before.subtracting(["varve.db-wal", "varve.db-shm"])
        )
        #expect(try place.rows("SELECT count(*) FROM runs") == ["1"])
    }

    @Test(arguments: [
        "SELECT length(zeroblob(300000000))", "SELECT length(randomblob(9000000))",
        "WITH RECURSIVE n (x) AS (SELECT zeroblob(8000000) UNION ALL SELECT x FROM n LIMIT 2) SELECT group_concat(hex(x)) FROM n",
        "SELECT \(Array(repeating: "randomblob(8000000)", count: 9).joined(separator: ", "))",
    ]) func `a value or a row that is too large is refused with the limits`(_ statement: String) throws {
        let outcome = try place.execute(["sql", statement])
        #expect(outcome.status == 64)
        #expect(outcome.complaints.count == 1)
        #expect(outcome.error.contains("8.0 MiB"))
    }

    @Test(arguments: [
        "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n",
        "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n",
        // One call, in which SQLite is not to be interrupted.
        "SELECT instr(zeroblob(8000000), CAST(zeroblob(4000000) || 'x' AS BLOB))",
    ]) func `a statement without an end ends with its time`(_ statement: String) throws {
        let outcome = try place.execute(["sql", statement, "--timeout", "0.2", "--format", "csv"])
        #expect(outcome.status == 69)
        #expect(outcome.complaints.count == 1)
        #expect(outcome.error.contains("--timeout"))
        #expect(try place.rows("SELECT count(*) FROM runs") == ["1"])
    }

    @Test func `a long table comes in parts, with one head and every row`() throws {
        let statement = """
            WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 50000)
            SELECT x, substr('..........', 1, x % 9) || x AS word FROM n
            """
        let table = try place.varve("sql", statement).output.split(separator: "\n")
        #expect(table.count == 50001)
        #expect(table[1] == "    1  .1" || table[1].hasSuffix("1  .1"))
        #expect(table.count { $0.contains("word") } == 1)
        #expect(table.last?.split(separator: " ").first == "50000")
        let markdown = try place.varve("sql", statement, "--format", "markdown").output.split(separator: "\n")
        #expect(markdown.count == 50002)
        #expect(markdown.last == "| 50000 | .....50000 |")
    }

    @Test func `a text stays in its cell`() throws {
        let statement = "SELECT 'a\\|b' AS one, '<b>&' AS two, char(27, 10, 8238) AS three, 'x' AS four"
        #expect(
            try place.varve("sql", statement, "--format", "markdown").output.split(separator: "\n").last
                == "| a\\\\\\|b | &lt;b>&amp; | \\\\u{1b}\\\\n\\\\u{202e} | x |"
        )
        let wide = try place.varve(
            "sql",
            "SELECT '漢字' AS a, 1 AS b UNION ALL SELECT '🚀é', 2 UNION ALL SELECT 'abcd', 3"
        )
        #expect(wide.output == "a     b\n漢字  1\n🚀é   2\nabcd  3\n")
    }
}
