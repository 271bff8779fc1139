import Foundation
import Testing

/// What the list of runs shows of itself, and what it says of names that nobody recorded.
@Suite struct RunListTests {
    private let place: Workplace

    init() throws {
        place = try Workplace()
        for (index, metrics) in ["acc loss", "acc loss top5", "acc loss", "acc rare"].enumerated() {
            let lines = metrics.split(separator: " ").map { #"{"step": 0, "metric": "\#($0)", "value": \#(index)}"# }
            try lines.joined(separator: "\n").write(toFile: place.file("log"), atomically: true, encoding: .utf8)
            let outcome = try place.varve(
                ["log", "--name", "run \(index)", "--param", "width=\(9 - index)"],
                input: place.file("log")
            )
            #expect(outcome.status == 0)
        }
    }

    private func columns(_ arguments: String...) throws -> [String] {
        let outcome = try place.varve(["runs", "--format", "csv"] + arguments)
        return outcome.output.split(separator: "\n").first.map { $0.split(separator: ",").map(String.init) } ?? []
    }

    private let usual = ["run", "name", "architecture", "seed", "status", "started", "duration", "steps"]

    @Test func `the columns are what every run has, what most have, and what they are sorted by`() throws {
        #expect(try columns() == usual + ["acc", "loss", "uuid"])
        #expect(try columns("name IN ('run 2', 'run 3')") == usual + ["acc", "uuid"])
        #expect(try columns("name = 'run 1'") == usual + ["acc", "loss", "top5", "uuid"])
        #expect(try columns("--sort", "-params.width,seed") == usual + ["acc", "loss", "params.width", "uuid"])
        #expect(
            try columns("--columns", "number,metrics.*") == [
                "number", "metrics.acc", "metrics.loss", "metrics.rare", "metrics.top5",
            ]
        )
    }

    @Test func `the steps of extremes are columns, and stand beside the extremes in tables`() throws {
        let lines = """
            {"step": 0, "loss": 3}
            {"step": 4, "loss": 0.5}
            {"step": 9, "loss": 7}
            """
        try lines.write(toFile: place.file("log"), atomically: true, encoding: .utf8)
        #expect(try place.varve(["log", "--name", "best"], input: place.file("log")).status == 0)
        let columns = "max(metrics.loss),max_step(metrics.loss),min_step(metrics.loss)"
        let csv = try place.varve(["runs", "name = 'best'", "--columns", columns, "--format", "csv"])
        #expect(csv.output.hasSuffix("\n7.0,9,4\n"))
        let table = try place.varve(["runs", "max_step(metrics.loss) = 9", "--columns", "min(metrics.loss)"])
        #expect(table.output.contains("0.5, step 4"))
        let sorted = try place.varve(["runs", "--sort", "-min_step(metrics.loss)", "--limit", "1", "--format", "csv"])
        #expect(sorted.output.contains("best"))
        #expect(try place.varve(["runs", "--sort", "min_step(metrics.los)"]).error.contains("did you mean loss?"))
    }

    @Test(arguments: [
        (["runs", "--sort", "metrics.los"], 66, "did you mean loss?"),
        (["runs", "--columns", "params.widht"], 66, "did you mean width?"),
        (["runs", "--columns", "tags.none"], 66, "no run has a tag 'none'"),
        (["runs", "sede = 1"], 64, "did you mean seed?"), (["--store", "a.db", "rnus"], 64, "did you mean runs?"),
        (["runs", "--colums", "seed"], 64, "varve runs --help"), (["show", "run 9"], 66, "exact name"),
        (["experiment", "delete", "Defalt"], 66, "did you mean Default?"),
    ])
    func `a name that nobody recorded is an error that says which was meant`(
        _ arguments: [String],
        _ status: Int32,
        _ words: String
    ) throws {
        let outcome = try place.varve(arguments)
        #expect(outcome.status == status)
        #expect(outcome.error.contains(words), "\(outcome.error)")
    }

    @Test func `several runs are shown as an array, one as an object`() throws {
        let several = try place.varve("show", "run 0", "2", "--format", "json").objects()
        #expect(several.map { $0["name"] as? String } == ["run 0", "run 1"])
        #expect(try place.varve("show", "run 0", "--format", "json").json() is [String: Any])
        #expect(try place.varve("show", "1", "2").output.contains("run 1"))
    }
}
