import Foundation
import Testing

/// What can be done with a run after it has ended.
@Suite struct LifecycleCommandTests {
    private let place: Workplace

    init() throws {
        place = try Workplace()
        #expect(try place.varve("run", "plain", "batchnorm", "--seeds", "0-1").status == 0)
    }

    private func runs(_ arguments: String...) throws -> [Int] {
        try place.varve(["runs", "--format", "json", "--sort", "number"] + arguments).objects().compactMap {
            $0["run"] as? Int
        }
    }

    @Test(arguments: [
        ["experiment"], ["experiment", "list"], ["experiment", "create"], ["experiment", "rename"],
        ["experiment", "delete"], ["experiment", "restore"], ["tag"], ["note"], ["delete"], ["restore"], ["purge"],
    ])
    func `help shows an example`(_ command: [String]) throws {
        let outcome = try place.varve(command + ["--help"])
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("Example"))
    }

    @Test func `runs are deleted by number, uuid or filter, and restored`() throws {
        let outcome = try place.varve("delete", "1", "0001", "4", "--format", "json")
        #expect(outcome.status == 0)
        #expect(try outcome.objects().compactMap { $0["run"] as? Int } == [1, 4])
        #expect(try outcome.objects().allSatisfy { $0["lifecycle"] as? String == "deleted" })
        #expect(try runs() == [2, 3])
        #expect(try runs("--deleted") == [1, 4])
        #expect(try runs("--deleted", "seed = 1") == [4])
        #expect(try place.rows("SELECT DISTINCT run FROM variances ORDER BY run") == ["2", "3"])
        #expect(try place.varve("restore", "seed = 0").output.contains("active"))
        #expect(try runs() == [1, 2, 3])
        #expect(try place.varve("delete", "architecture = 'plain'").status == 0)
        #expect(try runs() == [2])
        let again = try place.varve("delete", "1", "2")
        #expect(again.status == 0)
        #expect(again.error.contains("1 run deleted already"))
        let none = try place.varve("delete", "seed = 99", "--format", "csv")
        #expect(none.status == 0)
        #expect(none.output == "run,experiment,architecture,seed,lifecycle,uuid\n")
        #expect(none.error.contains("no run matches"))
    }

    @Test func `a deleted run is shown as such`() throws {
        func shown() throws -> String? {
            let run = try #require(try place.varve("show", "1", "--format", "json").json() as? [String: Any])
            return run["lifecycle"] as? String
        }
        #expect(try shown() == "active")
        #expect(try !place.varve("show", "1").output.contains("lifecycle"))
        #expect(try place.varve("delete", "1").status == 0)
        #expect(try shown() == "deleted")
        #expect(try place.varve("show", "1").output.contains("lifecycle                  deleted"))
    }

    @Test func `a purge wants to be confirmed and removes what was deleted`() throws {
        #expect(try place.varve("delete", "1", "3").status == 0)
        let refused = try place.varve("purge")
        #expect(refused.status == 64)
        #expect(refused.error.contains("--yes"))
        #expect(try runs("--deleted") == [1, 3])
        let outcome = try place.varve("purge", "--yes", "--format", "json")
        let summary = try #require(try outcome.json() as? [String: Any])
        #expect(summary["runs"] as? Int == 2)
        #expect(summary["rows"] as? Int == 2 * 8)
        #expect((summary["bytes"] as? Int ?? 0) > 400_000)
        #expect(try runs("--deleted") == [])
        #expect(try runs() == [2, 4])
        #expect(try place.varve("show", "1").status == 66)
        #expect(try place.varve("weights", "list", "2").status == 0)
        #expect(try place.rows("SELECT count(*) FROM blobs WHERE digest NOT IN (SELECT digest FROM tensors)") == ["0"])
    }

    @Test func `tags and notes are set, shown, found and removed`() throws {
        let outcome = try place.varve("tag", "1", "2", "best=yes", "formula=a=b", "--format", "json")
        #expect(
            try outcome.objects().map { $0["tags"] as? [String: String] }
                == Array(repeating: ["best": "yes", "formula": "a=b"], count: 2)
        )
        #expect(try place.varve("note", "2", "it drifts").output.contains("it drifts"))
        #expect(try runs("tags.note ILIKE '%DRIFTS' AND tags.formula = 'a=b'") == [2])
        #expect(try place.varve("tag", "2", "best=no", "--remove", "formula", "--remove", "note").status == 0)
        #expect(try runs("tags.best = 'yes'") == [1])
        #expect(try runs("tags.note IS NOT NULL OR tags.best = 'no' AND tags.formula IS NOT NULL") == [])
    }

    @Test func `an experiment is created, filled, renamed, deleted and restored`() throws {
        #expect(try place.varve("experiment", "create", "depth").status == 0)
        #expect(try place.varve("run", "plain", "--experiment", "depth").status == 0)
        #expect(try place.varve("experiment", "rename", "depth", "a study").status == 0)
        #expect(try runs("experiment = 'a study'") == [5])
        let deleted = try place.varve("experiment", "delete", "a study", "--format", "json")
        #expect(try (deleted.json() as? [String: Any])?["lifecycle"] as? String == "deleted")
        #expect(try runs() == [1, 2, 3, 4])
        #expect(try place.varve("experiment", "list", "--format", "csv").output.split(separator: "\n").count == 2)
        #expect(try place.varve("restore", "5").status == 65)
        let restored = try place.varve("experiment", "restore", "a study")
        #expect(restored.error.contains("1 run restored"))
        #expect(try runs() == [1, 2, 3, 4, 5])
    }

    struct Mistake: CustomTestStringConvertible {
        let arguments: [String]
        let status: Int32
        let words: [String]
        var testDescription: String { arguments.joined(separator: " ") }
    }

    static let mistakes: [Mistake] = [
        Mistake(arguments: ["delete"], status: 64, words: ["run|filter"]),
        Mistake(arguments: ["delete", "9"], status: 66, words: ["'9'", "varve runs"]),
        Mistake(arguments: ["delete", "1", "seed = 2"], status: 64, words: ["in quotes"]),
        Mistake(arguments: ["restore", "seed ="], status: 64, words: ["seed =", "^"]),
        Mistake(arguments: ["tag", "1"], status: 64, words: ["key=value"]),
        Mistake(arguments: ["tag", "a=b"], status: 64, words: ["no run"]),
        Mistake(arguments: ["tag", "1", "=b"], status: 64, words: ["'=b'"]),
        Mistake(arguments: ["tag", "1", "varve.a=b"], status: 65, words: ["varve."]),
        Mistake(arguments: ["note", "7", "x"], status: 66, words: ["'7'"]),
        Mistake(arguments: ["note", "1"], status: 64, words: ["text"]),
        Mistake(arguments: ["experiment", "create", "Default"], status: 65, words: ["Default", "already"]),
        Mistake(arguments: ["experiment", "rename", "none", "x"], status: 66, words: ["none", "experiment list"]),
        Mistake(arguments: ["experiment", "delete", "Default"], status: 65, words: ["cannot be changed"]),
        Mistake(arguments: ["experiment", "restore", "Default"], status: 65, words: ["cannot be changed"]),
        Mistake(arguments: ["purge", "--store", "none.db", "--yes"], status: 66, words: ["none.db"]),
    ]

    @Test(arguments: mistakes)
    func `a mistake is named and changes nothing`(_ mistake: Mistake) throws {
        let outcome = try place.varve(mistake.arguments)
        #expect(outcome.status == mistake.status, "\(outcome.error)")
        #expect(outcome.output.isEmpty)
        for word in mistake.words { #expect(outcome.error.contains(word), "\(outcome.error)") }
        #expect(try runs() == [1, 2, 3, 4])
        #expect(try place.rows("SELECT count(*) FROM tags") == ["0"])
        #expect(!FileManager.default.fileExists(atPath: place.file("none.db")))
    }
}
