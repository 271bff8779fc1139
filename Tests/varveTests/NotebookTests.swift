import Foundation
import Testing

@Suite struct NotebookTests {
    private let place: Workplace

    init() throws { place = try Workplace() }

    @Test func `without arguments the notebook is executed, printed and recorded`() throws {
        let outcome = try place.varve("run")
        #expect(outcome.status == 0)
        #expect(outcome.error.isEmpty)
        // The variances are those that PyTorch prints after torch.manual_seed(0), each network seeded afresh.
        #expect(
            outcome.output == """
                Train data: 4000 examples (columns), each of which has 40 dimensions (rows)
                Validation data: 1000 examples (columns), each of which has 40 dimensions (rows)
                Input variance=0.996550
                First preactivation variance=1.880074
                After first residual connection variance=3.280158
                After second residual connection variance=5.287192
                After third residual connection variance=8.727491
                After fourth residual connection variance=15.037534
                After fifth residual connection variance=26.949671
                Input variance=0.996550
                First preactivation variance=1.880123
                After first residual connection variance=1.720959
                After second residual connection variance=1.639987
                After third residual connection variance=1.669843
                After fourth residual connection variance=1.716246
                After fifth residual connection variance=0.999994
                Recorded in varve.db: run 1 (plain), run 2 (batchnorm)

                """
        )
        #expect(
            try place.rows("SELECT layer, variance FROM variances WHERE run = 1").map { $0.prefix { $0 != "," } } == [
                "Input", "First preactivation", "After first residual connection", "After second residual connection",
                "After third residual connection", "After fourth residual connection",
                "After fifth residual connection",
            ]
        )
        #expect(
            try place.rows("SELECT architecture, status, steps, last_step, seed FROM runs ORDER BY id") == [
                "plain,finished,1,0,0", "batchnorm,finished,1,0,0",
            ]
        )
        #expect(try place.rows("SELECT count(*), min(stage), max(stage) FROM tensors") == ["63,final,final"])
    }

    @Test func `JSON has the promised keys and the numbers in full`() throws {
        let outcome = try place.varve("--format", "json", "run", "batchnorm", "--seed", "3", "--weights", "both")
        let runs = try outcome.objects()
        #expect(runs.count == 1)
        let run = try #require(runs.first)
        #expect(
            Set(run.keys).isSuperset(of: [
                "run", "uuid", "experiment", "architecture", "seed", "status", "steps", "last_step", "params", "tags",
                "metrics", "started", "ended", "dataset", "digests", "variances",
            ])
        )
        #expect(run["seed"] as? Int == 3)
        let params = try #require(run["params"] as? [String: Any])
        #expect(
            Set(params.keys) == [
                "architecture", "blocks", "width", "initialization", "batch_size", "learning_rate", "momentum", "steps",
                "record_every",
            ]
        )
        #expect(params["learning_rate"] as? Double == 0.05)
        #expect(params["width"] as? Int == 100)
        let digests = try #require(run["digests"] as? [String: String])
        #expect(Set(digests.keys) == ["configuration", "initial_weights", "batch_order", "final_weights"])
        #expect(digests.values.allSatisfy { $0.count == 64 })
        let variances = try #require(run["variances"] as? [[String: Any]])
        #expect(
            variances.map { $0["name"] as? String } == [
                "input", "preactivation", "residual1", "residual2", "residual3", "residual4", "residual5",
            ]
        )
        #expect(variances.map { $0["after_norm"] as? Bool } == [false, false, false, false, false, false, true])
        // A float32 widened to double, with all digits that it takes to read it back.
        #expect(outcome.output.contains("\"variance\":0.9845721125602722"))

        let shown = try #require(try place.varve("show", "1", "--format", "json").json() as? [String: Any])
        #expect(shown["uuid"] as? String == run["uuid"] as? String)
        #expect((shown["weights"] as? [Any])?.count == 98)
        #expect((shown["environment"] as? [String: Any])?["varve"] != nil)
    }

    @Test func `architectures of one seed share weights and batches`() throws {
        let runs = try place.varve("run", "plain", "batchnorm", "branchnorm", "--seeds", "5,8", "--format", "json")
            .objects()
        #expect(runs.map { $0["run"] as? Int } == [1, 2, 3, 4, 5, 6])
        #expect(runs.map { $0["seed"] as? Int } == [5, 5, 5, 8, 8, 8])
        for key in ["initial_weights", "batch_order"] {
            let digests = runs.map { ($0["digests"] as? [String: String])?[key] }
            #expect(Set(digests[..<3]).count == 1)
            #expect(Set(digests[3...]).count == 1)
            #expect(digests[0] != digests[3])
        }
        let final = runs.map { ($0["digests"] as? [String: String])?["final_weights"] }
        #expect(Set(final).count == 6)
    }

    @Test func `executing the same again gives the same bits`() throws {
        for _ in 0..<2 { #expect(try place.varve("run", "--weights", "none").status == 0) }
        #expect(
            try place.rows(
                "SELECT count(DISTINCT final_weights_digest), count(*) FROM runs GROUP BY architecture"
            ) == ["1,2", "1,2"]
        )
        #expect(try place.rows("SELECT count(*) FROM tensors") == ["0"])
        #expect(try place.rows("SELECT count(*) FROM datasets") == ["1"])
    }

    @Test func `several seeds end in a summary by layer`() throws {
        let outcome = try place.varve("run", "--seeds", "0-2")
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 8)
        #expect(lines.first?.contains("plain (n = 3)") == true)
        #expect(lines.last?.hasPrefix("After fifth residual connection") == true)
        #expect(lines.last?.contains("±") == true)
    }

    @Test func `a summary says how many runs it does not average`() throws {
        let outcome = try place.varve("run", "plain", "--seeds", "0-1", "--learning-rate", "3", "--steps", "12")
        let lines = outcome.output.split(separator: "\n")
        #expect(lines[1].contains("±") && !lines[1].contains("not finite"))
        #expect(lines.last?.hasSuffix("– (2 not finite)") == true)
    }

    @Test func `a longer run of another network is recorded at the steps asked for`() throws {
        let outcome = try place.varve(
            "run",
            "batchnorm",
            "--steps",
            "8",
            "--record-every",
            "3",
            "--blocks",
            "2",
            "--width",
            "30",
            "--batch-size",
            "64",
            "--learning-rate",
            "0.01",
            "--momentum",
            "0",
            "--format",
            "json"
        )
        let run = try #require(try outcome.objects().first)
        #expect(run["steps"] as? Int == 8)
        #expect(run["last_step"] as? Int == 7)
        let params = try #require(run["params"] as? [String: Any])
        #expect(params["blocks"] as? Int == 2)
        #expect(params["batch_size"] as? Int == 64)
        #expect(params["learning_rate"] as? Double == 0.01)
        #expect(try place.rows("SELECT DISTINCT step FROM variances") == ["0", "3", "6", "7"])
        #expect(try place.rows("SELECT count(*) FROM variances WHERE step = 0") == ["4"])
        #expect(try place.rows("SELECT step FROM run_metrics WHERE key = 'loss'") == ["0", "3", "6", "7"])
    }

    @Test func `tags, note and experiment go with the run`() throws {
        let outcome = try place.varve(
            "run",
            "plain",
            "--tag",
            "a=b=c",
            "--note",
            "first try",
            "--experiment",
            "depth",
            "--format",
            "json"
        )
        let run = try #require(try outcome.objects().first)
        #expect(run["tags"] as? [String: String] == ["a": "b=c", "note": "first try"])
        #expect(run["experiment"] as? String == "depth")
    }
}
