import Foundation
import Testing

@Suite struct WeightsTests {
    private let place: Workplace

    init() throws { place = try Workplace() }

    @Test func `weights go out, come in and are started from, by run and by file`() throws {
        #expect(try place.varve("run", "plain", "--width", "20", "--steps", "3").status == 0)
        #expect(try place.varve("weights", "export", "1", "--at", "final", "--output", "w.safetensors").status == 0)
        let imported = try place.varve("weights", "import", "w.safetensors", "--format", "json")
        #expect(imported.status == 0)
        #expect((try imported.json() as? [String: Any])?["run"] as? Int == 2)

        for source in ["1", "2", "w.safetensors"] {
            let outcome = try place.varve(
                "run",
                "plain",
                "--width",
                "20",
                "--seed",
                "5",
                "--steps",
                "2",
                "--weights",
                "none",
                "--weights-from",
                source
            )
            #expect(outcome.status == 0, "\(outcome.error)")
        }
        // The same start and the same batches: the same run.
        let started = "FROM runs WHERE seed = 5"
        #expect(
            try place.rows(
                "SELECT count(*), count(DISTINCT final_weights_digest), count(DISTINCT configuration_digest) \(started)"
            )
                == ["3,1,1"]
        )
        let digest = "SELECT json_extract(configuration, '$.weights_from') \(started) LIMIT 1"
        #expect(try place.rows(digest) == place.rows("SELECT final_weights_digest FROM runs WHERE id = 1"))
        #expect(try place.varve("verify", "3", "4", "5").output == "3 identical\n")
        // What was imported was not executed here.
        #expect(try place.varve("verify", "2").status == 1)
    }

    @Test func `weights that do not fit or are not there are reported`() throws {
        #expect(try place.varve("run", "plain", "--width", "20", "--weights", "none").status == 0)
        #expect(try place.varve("run", "plain", "--width", "20").status == 0)
        try Data("nothing".utf8).write(to: URL(fileURLWithPath: place.file("w.safetensors")))
        let mistakes: [(source: String, status: Int32, word: String)] = [
            ("1", 66, "--weights final"), ("9", 66, "no run"), ("none.safetensors", 66, "No such file"),
            ("w.safetensors", 65, "safetensors"), ("2", 65, "linear1.weight"),
        ]
        for mistake in mistakes {
            let outcome = try place.varve("run", "plain", "--width", "21", "--weights-from", mistake.source)
            #expect(outcome.status == mistake.status, "\(outcome.error)")
            #expect(outcome.complaints.count == 1)
            #expect(outcome.error.contains(mistake.word), "\(outcome.error)")
        }
        #expect(try place.varve("weights", "import", "w.safetensors").status == 65)
        #expect(try place.rows("SELECT count(*) FROM runs") == ["2"])
    }

    @Test func `a run that kept no weights gives the same file all the same, and says how`() throws {
        for weights in ["none", "final"] {
            #expect(try place.varve("run", "plain", "--width", "20", "--steps", "3", "--weights", weights).status == 0)
        }
        let again = try place.varve("weights", "export", "1", "--at", "final", "--output", "none.safetensors")
        #expect(again.status == 0 && again.error.contains("executed again"), "\(again.error)")
        let kept = try place.varve("weights", "export", "2", "--at", "final", "--output", "kept.safetensors")
        #expect(kept.status == 0 && !kept.error.contains("executed again"), "\(kept.error)")
        #expect(try place.varve("weights", "import", "none.safetensors").status == 0)
        #expect(try place.varve("weights", "import", "kept.safetensors").status == 0)
        let digests = "SELECT group_concat(digest) FROM (SELECT * FROM tensors ORDER BY position) GROUP BY run_id"
        #expect(try Set(place.rows(digests)).count == 1)
    }
}
