import Foundation
import Testing

/// Runs that another program reports on standard input.
@Suite struct LogTests {
    private let place: Workplace

    init() throws { place = try Workplace() }

    private func log(_ lines: [String], _ arguments: String...) throws -> Outcome {
        let file = place.file("lines-\(UUID().uuidString)")
        try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: URL(fileURLWithPath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        return try place.varve(["log"] + arguments, input: file)
    }

    /// The stream of Examples/pytorch_hook.py: three layers at each step, a loss, params and an end.
    static let stream: [String] =
        [#"{"param": "learning_rate", "value": 0.05}"#]
        + (0..<50).flatMap { step in
            (0..<3).map {
                #"{"step": \#(step), "layer": "layers.\#($0)", "variance": \#(Double(step) + Double($0) / 4)}"#
            }
                + [#"{"step": \#(step), "metric": "loss", "value": \#(2.5 / Double(step + 1))}"#]
        }
        + [#"{"end": "finished"}"#]

    @Test func `a stream as a hook sends it becomes a run like any other`() throws {
        let options = ["--experiment", "torch", "--name", "hook", "--architecture", "mlp", "--seed", "3"]
        let more = ["--param", "width=64", "--tag", "host=a=b", "--note", "by a hook", "--measure", "unbiased"]
        let file = place.file("stream")
        try Data(Self.stream.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: file))
        let outcome = try place.varve(["log", "--format", "json"] + options + more, input: file)
        #expect(outcome.status == 0)
        #expect(outcome.complaints == ["recording run 1 in varve.db"])
        let run = try #require(try outcome.json() as? [String: Any])
        #expect(run["status"] as? String == "finished")
        #expect(run["steps"] as? Int == 50)
        #expect(run["last_step"] as? Int == 49)
        #expect(run["seed"] as? Int == 3)
        #expect(run["experiment"] as? String == "torch")
        #expect(run["name"] as? String == "hook")
        let params = try #require(run["params"] as? [String: Any])
        #expect(params["learning_rate"] as? Double == 0.05)
        #expect(params["width"] as? Int == 64)
        #expect(run["tags"] as? [String: String] == ["host": "a=b", "note": "by a hook"])
        #expect((run["metrics"] as? [String: Double]) == ["loss": 0.05])
        let variances = try #require(run["variances"] as? [[String: Any]])
        #expect(variances.compactMap { $0["layer"] as? String } == ["layers.0", "layers.1", "layers.2"])
        #expect(variances.compactMap { $0["variance"] as? Double } == [49, 49.25, 49.5])
        #expect(
            try place.rows("SELECT count(*), count(DISTINCT step), sum(variance) FROM variances") == ["150,50,3712.5"]
        )
        #expect(try place.rows("SELECT DISTINCT measure FROM layers") == ["unbiased"])
        // What is not known is not made up.
        #expect(try place.rows("SELECT configuration, dataset_id, numerics FROM runs") == [",,"])
        #expect(try place.varve("show", "1").output.contains("layers.2"))
    }

    @Test func `a line that cannot be recorded is reported with its number and passed over`() throws {
        let outcome = try log([
            #"{"step":0,"layer":"a","variance":1}"#, "", "garbage", #"{"step":-1,"layer":"a","variance":1}"#,
            #"{"step":1,"layer":"a","variance":2}"#, #"{"step":2,"layer":"a","variance":"3"}"#,
        ])
        #expect(outcome.status == 0)
        let complaints = outcome.complaints.dropFirst()
        #expect(complaints.map { $0.prefix(14) } == ["varve: line 3:", "varve: line 4:", "varve: line 6:"])
        #expect(outcome.error.contains("'step' is -1: give a whole number from 0"))
        #expect(try place.rows("SELECT status, last_step, steps FROM runs") == ["finished,1,2"])
        #expect(try place.rows("SELECT count(*) FROM variances") == ["2"])
    }

    @Test func `with --strict such a line ends the run as failed`() throws {
        let lines = [#"{"step":0,"layer":"a","variance":1}"#, "garbage", #"{"step":1,"layer":"a","variance":2}"#]
        let outcome = try log(lines, "--strict", "--quiet")
        #expect(outcome.status == 65)
        #expect(outcome.complaints.count == 1)
        #expect(outcome.error.contains("line 2"))
        #expect(try place.rows("SELECT status, last_step FROM runs") == ["failed,0"])
    }

    @Test func `an end by the program's own word counts, and what follows is not recorded`() throws {
        let outcome = try log([
            #"{"step":0,"layer":"a","variance":1}"#, #"{"end":"failed"}"#, #"{"step":1,"layer":"a","variance":2}"#, "x",
        ])
        #expect(outcome.status == 0)
        #expect(outcome.complaints.count == 2)
        #expect(outcome.error.contains("line 3"))
        #expect(try place.rows("SELECT status, last_step FROM runs") == ["failed,0"])
    }

    @Test func `an input without a line makes no run`() throws {
        let outcome = try log(["", "  "])
        #expect(outcome.status == 65)
        #expect(outcome.complaints.count == 1)
        #expect(try place.rows("SELECT count(*) FROM runs") == ["0"])
    }

    @Test func `long lines, binary rubbish and deep nesting are passed over in little memory`() throws {
        let file = place.file("rubbish")
        var bytes = Data(#"{"step":0,"layer":"a","variance":1}"#.utf8) + [10]
        bytes += Data(repeating: 120, count: 80 << 20) + [10]
        bytes += Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }) + [10]
        bytes += Data((#"{"param":"a","value":"# + String(repeating: "[", count: 900_000)).utf8) + [10]
        bytes += Data(#"{"step":1,"layer":"a","variance":2}"#.utf8)
        try bytes.write(to: URL(fileURLWithPath: file))
        let shell = "ulimit -v 400000; exec \"$0\" log --quiet < rubbish"
        let outcome = try place.shell(shell)
        #expect(outcome.status == 0)
        #expect(outcome.error.contains("line 2: it is longer than 1048576 bytes"))
        #expect(outcome.error.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 32 })
        #expect(try place.rows("SELECT step, variance FROM variances") == ["0,1.0", "1,2.0"])
    }

    @Test func `a reader sees the rows while the stream goes on, and a signal keeps them`() throws {
        let process = place.process(["log"])
        let pipe = Pipe()
        process.standardInput = pipe
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        for step in 0..<10 {
            try pipe.fileHandleForWriting.write(
                contentsOf: Data("{\"step\":\(step),\"layer\":\"a\",\"variance\":\(step)}\n".utf8)
            )
        }
        // Bounded by the recorder's patience: the rows come without a further line.
        while process.isRunning {
            let outcome = try place.varve("sql", "SELECT count(*) FROM variances", "--format", "csv")
            if outcome.status == 0, outcome.output.hasSuffix("\n10\n") { break }
        }
        #expect(process.isRunning)
        #expect(try place.rows("SELECT status, last_step FROM runs") == ["running,9"])
        // These are in the pipe when the signal comes.
        for step in 10..<20 {
            try pipe.fileHandleForWriting.write(
                contentsOf: Data("{\"step\":\(step),\"layer\":\"a\",\"variance\":\(step)}\n".utf8)
            )
        }
        kill(process.processIdentifier, SIGTERM)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 143)
        #expect(try place.rows("SELECT status, last_step, ended IS NULL FROM runs") == ["killed,19,0"])
        #expect(try place.rows("SELECT count(*) FROM variances") == ["20"])
    }

    @Test(arguments: [
        (["--param", "novalue"], "key=value"), (["--tag", "=x"], "key=value"), (["--seed", "x"], "seed"),
        (["--param", "a=1", "--param", "a=2"], "twice"), (["--experiment", ""], "empty"), (["--measure", ""], "empty"),
    ])
    func `a mistake in the options leaves no store`(_ arguments: [String], _ word: String) throws {
        let outcome = try place.varve(["log"] + arguments)
        #expect(outcome.status == 64)
        #expect(outcome.complaints.count == 1)
        #expect(outcome.error.contains(word))
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).isEmpty)
    }

    @Test func `names that only look alike are names of their own`() throws {
        let lines = [
            #"{"step": 0, "layer": "caf\u00e9", "variance": 1}"#, #"{"step": 0, "layer": "cafe\u0301", "variance": 2}"#,
            #"{"step": 0, "metric": "l\u00e9", "value": 1}"#, #"{"step": 0, "metric": "le\u0301", "value": 2}"#,
            #"{"param": "p", "value": "\u00e9"}"#, #"{"param": "p", "value": "e\u0301"}"#,
        ]
        let outcome = try log(lines)
        #expect(outcome.error.contains("line 6"), "\(outcome.error)")
        #expect(try place.rows("SELECT variance FROM variances ORDER BY position") == ["1.0", "2.0"])
        #expect(try place.rows("SELECT value FROM run_metrics ORDER BY value") == ["1.0", "2.0"])
        #expect(try place.varve("check").status == 0)
    }
}
