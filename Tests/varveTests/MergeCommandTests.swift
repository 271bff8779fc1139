import Foundation
import Testing

@Suite struct MergeCommandTests {
    private let place: Workplace

    init() throws {
        place = try Workplace()
        let run = ["run", "plain", "batchnorm", "--width", "20", "--weights", "both", "--quiet"]
        #expect(try place.varve(run + ["--seeds", "0-1", "--steps", "3", "--store", "a.db"]).status == 0)
        #expect(try place.varve(run + ["--seeds", "2", "--experiment", "b", "--store", "b.db"]).status == 0)
    }

    @Test func `stores of several machines come together, and every run is still proved`() throws {
        let outcome = try place.varve("merge", "a.db", "b.db", "--format", "json")
        #expect(outcome.status == 0)
        #expect(outcome.complaints == ["a.db: 4 added", "b.db: 2 added"])
        let runs = try outcome.objects()
        #expect(runs.compactMap { $0["run"] as? Int } == [1, 2, 3, 4, 5, 6])
        #expect(runs.compactMap { $0["source_run"] as? Int } == [1, 2, 3, 4, 1, 2])
        #expect(runs.allSatisfy { $0["result"] as? String == "added" })
        #expect(try place.varve("verify", "--all").output == "6 identical\n")
        #expect(try place.varve("check").status == 0)
        #expect(try place.rows("SELECT count(*) FROM datasets") == ["1"])
        #expect(try place.varve("runs", "experiment = 'b'", "--format", "json").objects().count == 2)
        let again = try place.varve("merge", "a.db", "b.db", "a.db", "--format", "csv")
        #expect(again.status == 0)
        #expect(again.output.split(separator: "\n").dropFirst().allSatisfy { $0.hasSuffix(",present") })
        #expect(try place.rows("SELECT count(*) FROM runs") == ["6"])
    }

    @Test func `a mistake leaves what is there as it is`() throws {
        let none = try place.varve("merge", "a.db", "none.db")
        #expect(none.status == 66)
        #expect(none.complaints.count == 1)
        #expect(!FileManager.default.fileExists(atPath: place.file("varve.db")))
        try Data("no store".utf8).write(to: URL(fileURLWithPath: place.file("notes.txt")))
        #expect(try place.varve("merge", "notes.txt").status == 65)
        #expect(try place.varve("merge").status == 64)
        let itself = try place.varve("merge", "--store", "a.db", "./a.db")
        #expect(itself.status == 65)
        #expect(itself.error.contains("itself"))
        #expect(!FileManager.default.fileExists(atPath: place.file("varve.db")))
    }

    @Test func `a conflict is named and holds up nothing else`() throws {
        #expect(try place.varve("merge", "a.db").status == 0)
        // Another run under a uuid that is known.
        let uuid = try #require(try place.rows("SELECT uuid FROM runs WHERE id = 1").first)
        let path = place.file("b.db")
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        let other = try #require(
            try place.varve("runs", "--store", "b.db", "--format", "json").objects().last?["uuid"] as? String
        )
        while let found = bytes.range(of: Data(other.utf8)) { bytes.replaceSubrange(found, with: Data(uuid.utf8)) }
        try bytes.write(to: URL(fileURLWithPath: path))
        let outcome = try place.varve("merge", "a.db", "b.db", "--format", "json")
        #expect(outcome.status == 65)
        #expect(outcome.error.contains(uuid))
        #expect(try outcome.objects().count == 6)
        #expect(try place.rows("SELECT count(*) FROM runs") == ["5"])
        #expect(try place.varve("merge", "a.db", "b.db").output == "a.db: 4 present\nb.db: 1 present, 1 in conflict\n")
        #expect(try place.varve("merge", "a.db", "--verbose").output.contains("present"))
    }

    @Test func `a damaged store is named and does not hold up the others`() throws {
        for seed in 0..<3 {
            #expect(try place.varve("--store", "\(seed).db", "run", "plain", "--seed", "\(seed)").status == 0)
        }
        let file = URL(fileURLWithPath: place.file("1.db"))
        try Data(contentsOf: file).prefix(10_000).write(to: file)
        try Data("no store".utf8).write(to: URL(fileURLWithPath: place.file("text.db")))
        let outcome = try place.varve("merge", "0.db", "1.db", "text.db", "2.db")
        #expect(outcome.status == 65)
        #expect(outcome.error.contains("1.db"))
        #expect(outcome.error.contains("text.db"))
        #expect(try place.rows("SELECT seed FROM runs ORDER BY id") == ["0", "2"])
        #expect(try place.varve("check").status == 0)
    }
}
