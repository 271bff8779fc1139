import Foundation
import Testing

@testable import Storage
@testable import varve

/// What is said of an error is one line, fits the command, and can be typed as it stands.
@Suite struct AdviceTests {
    private let place: Workplace

    init() throws { place = try Workplace() }

    private func log(_ lines: String...) throws {
        let file = place.file("lines")
        try (lines + ["{\"end\": \"finished\"}"]).joined(separator: "\n").write(
            toFile: file,
            atomically: true,
            encoding: .utf8
        )
        #expect(try place.varve(["log", "--quiet"], input: file).status == 0)
    }

    @Test func `a store to merge that is not there is to be named, not made`() throws {
        #expect(try place.varve("run", "plain", "--store", "a.db").status == 0)
        for words in [["none.db"], ["a.db", "none.db"]] {
            let outcome = try place.varve(["merge"] + words)
            #expect(outcome.status == 66)
            #expect(outcome.error == "varve: there is no store at none.db: name a store that is there\n")
        }
        _ = FileManager.default.createFile(atPath: place.file("empty.db"), contents: nil)
        #expect(try place.varve("merge", "empty.db").error == "varve: empty.db is empty: nothing is in it\n")
        #expect(
            try place.varve("push", "none.db", "http://127.0.0.1:1").error.hasSuffix("name a store that is there\n")
        )
    }

    @Test(arguments: [
        ["check"], ["backup", "copy.db"], ["export", "--to", "copy.db"], ["compact"], ["info"], ["migrate"],
        ["verify", "1"],
        ["tag", "1", "a=b"], ["delete", "1"], ["purge", "--yes"], ["edit", "1", "--name", "a"],
        ["weights", "list", "1"],
    ])
    func `a store that is to be worked on and is not there is to be named, not made`(_ arguments: [String]) throws {
        let outcome = try place.varve(arguments)
        #expect(outcome.status == 66)
        #expect(outcome.error == "varve: there is no store at varve.db: name one that is there with --store\n")
    }

    @Test(arguments: [["runs"], ["show", "1"], ["compare", "a", "b"], ["history"], ["diff", "1", "2"]])
    func `who asks before anything is recorded learns what records`(_ arguments: [String]) throws {
        let outcome = try place.varve(arguments)
        #expect(outcome.status == 66)
        #expect(outcome.error.hasSuffix(": `varve run` makes one, --store names another\n"))
    }

    @Test func `a database of another program is not to be brought up to date by MLflow`() throws {
        try Connection(path: place.file("other.db"), mode: .create).execute("CREATE TABLE mine (a)")
        let outcome = try place.varve("import", "mlflow", "other.db")
        #expect(outcome.status == 65)
        #expect(outcome.complaints.count == 1)
        #expect(outcome.error.contains("is not an MLflow store") && !outcome.error.contains("upgrade"))
        try Connection(path: place.file("other.db"), mode: .existing).execute("CREATE TABLE alembic_version (a)")
        let older = try place.varve("import", "mlflow", "other.db").error
        #expect(older.contains("`mlflow db upgrade sqlite:///other.db` updates an older one"))
    }

    @Test func `a finding says what to do about it in words of the command line, and the fact alone elsewhere`() throws
    {
        #expect(try place.varve("run", "plain", "--quiet").status == 0)
        let rows = "INSERT INTO layer_variances SELECT 9, step, layer_id, variance FROM layer_variances"
        try Connection(path: place.file("varve.db"), mode: .existing).execute(rows)
        let people = try place.varve("check").output
        #expect(
            people.contains(
                "run 9: it has rows, but there is no such run: a purge was interrupted: `varve purge` continues it\n"
            )
        )
        #expect(
            try place.varve("check", "--format", "json").objects().allSatisfy { "\($0)".contains("varve") == false }
        )
    }

    @Test func `a number is a run, and an architecture of that name is told apart`() throws {
        for name in ["1", "2", "7"] {
            try log("{\"begin\": {\"architecture\": \"\(name)\"}}", "{\"step\": 0, \"loss\": \(name)}")
        }
        let both = try place.varve("compare", "1", "2")
        #expect(both.status == 0)
        #expect(both.error.contains("1 is run 1 here: the architecture is \"architecture = '1'\""))
        let none = try place.varve("compare", "7", "1")
        #expect(none.status == 66)
        #expect(none.error.contains("write \"architecture = '7'\""))
        #expect(try place.varve("compare", "architecture = '7'", "architecture = '1'").status == 0)
    }

    @Test func `a store that cannot be written to can be served all the same`() throws {
        #expect(try place.varve("run", "plain", "--quiet").status == 0)
        try FileManager.default.linkItem(atPath: place.file("varve.db"), toPath: place.file("other.db"))
        let outcome = try place.execute(["serve", "--port", "0"])
        #expect(outcome.status == 73)
        #expect(outcome.complaints.count == 1 && outcome.error.hasSuffix(": --read-only shows it all the same\n"))
    }

    @Test func `no token is written under a name that SQLite gives to a log`() throws {
        let outcome = try place.execute(["serve", "--port", "0", "--new-token", "varve.db-wal"])
        #expect(outcome.status == 73)
        #expect(!FileManager.default.fileExists(atPath: place.file("varve.db-wal")))
    }

    @Test func `notices are lines of at most 500 characters too`() throws {
        try log("{\"step\": 0, \"loss\": 1}")
        let outcome = try place.varve("runs", "params.\(String(repeating: "a", count: 3000)) > 1")
        #expect(outcome.status == 0)
        #expect(outcome.complaints.count == 1 && outcome.complaints[0].count <= 500)
    }

    @Test(arguments: ["1e-400", "0.0000001e-399", "0x1p-2000"])
    func `a number too small for a double is not taken for 0`(_ word: String) throws {
        for option in ["--learning-rate", "--momentum"] {
            let outcome = try place.varve("run", "plain", option, word)
            #expect(outcome.status == 64)
            #expect(outcome.complaints.count == 1 && outcome.error.contains(word))
        }
    }

    @Test func `0 and -0 are one configuration`() throws {
        #expect(try place.varve("run", "plain", "--momentum", "-0.0", "--quiet").status == 0)
        #expect(try place.varve("run", "plain", "--momentum", "0", "--resume").error.contains("1 of 1 runs were there"))
    }

    @Test func `what is quoted for a shell stays one word, whatever is drawn over its quotes`() throws {
        for name in ["it'\u{301}; echo no", "$(echo no)\u{301}", "a\u{301}'", "\u{301}"] {
            let outcome = try place.shell("printf %s \(shellQuoted(name))")
            #expect(outcome.output.utf8.elementsEqual(name.utf8), "\(outcome)")
        }
    }
}
