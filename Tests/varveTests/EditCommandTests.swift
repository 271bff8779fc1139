import Foundation
import Testing

/// How what runs were called is corrected.
@Suite struct EditCommandTests {
    private let place: Workplace

    init() throws {
        place = try Workplace()
        #expect(try place.varve("run", "plain").status == 0)
        let line = Data(#"{"step": 0, "layer": "in", "variance": 3}"#.utf8)
        try line.write(to: URL(fileURLWithPath: place.file("line")))
        let words = ["log", "--name", "my run", "--param", "lr=1"]
        #expect(try place.varve(words, input: place.file("line")).status == 0)
    }

    private func shown() throws -> [String: Any] {
        try #require(try place.varve("show", "2", "--format", "json").json() as? [String: Any])
    }

    @Test func `a logged run is edited by its name, and show says what it was`() throws {
        let outcome = try place.varve(
            ["edit", "my run", "--architecture", "resnet", "--param", "lr=0.1", "--format", "json"]
        )
        #expect(outcome.status == 0)
        #expect(try outcome.objects().map { $0["field"] as? String } == ["architecture", "params.lr"])
        let edits = try #require(try shown()["edits"] as? [[String: Any]])
        #expect(edits.count == 2)
        #expect(edits[1]["old"] as? Int == 1)
        #expect(try place.varve("show", "2").output.contains("params.lr was 1, is now 0.1"))
        #expect(try place.varve("check").status == 0)
        #expect(try place.varve("edit", "architecture = 'resnet'", "--experiment", "depth").status == 0)
        #expect(try shown()["experiment"] as? String == "depth")
    }

    @Test(arguments: [
        (["edit", "1", "--seed", "4"], 65, "was executed by Varve"), (["edit", "1"], 64, "no change is given"),
        (["edit", "9", "--name", "a"], 66, "no run '9'"),
        (["edit", "2", "--param", "lr=2", "--remove-param", "lr"], 64, "give one of them"),
        (["edit", "1", "2", "seed = 1", "--name", "a"], 64, "one filter"),
        (["edit", "seed =", "--name", "a"], 64, "expected"), (["edit", "nobody", "--name", "a"], 66, "exact name"),
        (["tag", "a=b"], 64, "--where"), (["tag", "1", "--where", "seed = 0", "a=b"], 64, "not both"),
        (["note", "text"], 64, "RUN TEXT"), (["purge", "1", "--yes"], 65, "not deleted"),
    ])
    func `a wrong edit says what is wrong`(_ arguments: [String], _ status: Int32, _ words: String) throws {
        let outcome = try place.varve(arguments)
        #expect(outcome.status == status)
        #expect(outcome.error.contains(words), "\(outcome.error)")
    }

    @Test func `tags and notes go to the runs of a filter`() throws {
        #expect(try place.varve("tag", "--where", "number < 3", "best=yes").status == 0)
        #expect(try place.varve("note", "--where", "tags.best = 'yes'", "two words").status == 0)
        #expect(try place.rows("SELECT run_id FROM tags WHERE key = 'note'") == ["1", "2"])
        #expect(try place.varve("note", "my run", "1", "other").status == 0)
        #expect(try place.varve("runs", "tags.note = 'other'", "--format", "json").objects().count == 2)
    }

    @Test func `a purge of some runs is shown before it is done`() throws {
        #expect(try place.varve("delete", "1", "2").status == 0)
        let shown = try place.varve("purge", "architecture = 'plain'", "--dry-run", "--format", "json")
        #expect(try shown.objects().map { $0["run"] as? Int } == [1])
        #expect(try place.rows("SELECT count(*) FROM runs") == ["2"])
        // What was not meant is not spoken of.
        #expect(try place.varve("purge", "architecture = 'plain'", "--yes").error == "")
        #expect(try place.rows("SELECT id FROM runs") == ["2"])
        #expect(try place.rows("SELECT run FROM purges") == ["1"])
    }
}
