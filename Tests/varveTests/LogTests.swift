import Foundation
import Testing

/// Runs that another program reports on standard input.
@Suite struct LogTests {
    private let place: Workplace

    init() throws { place = try Workplace() }

    private func log(_ lines: [String], _ arguments: String...) throws -> Outcome { try log(lines, arguments) }

    private func log(_ lines: [String], _ arguments: [String]) throws -> Outcome {
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
        let lines = try outcome.output.split(separator: "\n").map {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
        #expect(lines.count == 2)
        let first = try #require(lines.first ?? nil)
        #expect(first["run"] as? Int == 1)
        #expect(first["store"] as? String == "varve.db")
        let run = try #require(lines.last ?? nil)
        #expect(run["uuid"] as? String == first["uuid"] as? String)
        #expect(run["lines"] as? [String: Int] == ["recorded": 202, "skipped": 0])
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

    @Test
    func `a line that cannot be recorded is reported with its number, and the status says so unless it is lenient`()
        throws
    {
        let lines = [
            #"{"step":0,"layer":"a","variance":1}"#, "", "garbage", #"{"step":0.5,"layer":"a","variance":1}"#,
            #"{"step":1,"layer":"a","variance":2}"#, #"{"step":2,"layer":"a","variance":"3"}"#, #"{"end":"finished"}"#,
        ]
        let outcome = try log(lines)
        #expect(outcome.status == 65)
        #expect(outcome.output == "")
        let complaints = outcome.complaints.dropFirst()
        #expect(complaints.map { $0.prefix(26) } == [3, 4, 6].map { "varve: line \($0) is skipped: " })
        #expect(outcome.error.contains(#"'step' is 0.5: give a whole number; write {"step": 0, "layer": "conv1""#))
        #expect(try place.rows("SELECT status, last_step, steps FROM runs") == ["finished,1,2"])
        #expect(try log(lines, "--lenient").status == 0)
    }

    @Test func `of many lines that are skipped twenty are reported and the others counted`() throws {
        let outcome = try log(
            Array(repeating: "garbage", count: 2000) + [#"{"step":0,"loss":1}"#, #"{"end":"failed"}"#]
        )
        #expect(outcome.status == 65)
        #expect(outcome.complaints.count == 22)
        #expect(outcome.complaints.last == "varve: 1980 more lines skipped")
        #expect(try place.rows("SELECT status FROM runs") == ["failed"])
    }

    @Test
    func `a program that dies leaves a killed run, whatever it died of, and a pipe without an end may say otherwise`()
        throws
    {
        let line = #"{"step":0,"loss":1}"#
        for (number, death) in ["kill -9 $$", "kill $$", "exit 1", "exit 0"].enumerated() {
            let outcome = try place.shell("sh -c 'echo '\\''\(line)'\\''; \(death)' | \"$0\" log")
            #expect(outcome.status == 0)
            #expect(outcome.complaints.last?.contains("run \(number + 1) is killed") == true, "\(outcome.error)")
        }
        #expect(try log([line], "--end-of-input", "finished", "--quiet").complaints == [])
        #expect(try place.rows("SELECT status, count(*) FROM runs GROUP BY 1") == ["finished,1", "killed,4"])
    }

    @Test func `the line end ends the command at once, though others hold the pipe open`() throws {
        let process = place.process(["log", "--quiet"])
        let pipe = Pipe()
        process.standardInput = pipe
        try process.run()
        let lines = #"{"step":0,"loss":1}"# + "\n" + #"{"end":"failed","reason":"out of memory"}"# + "\n"
        try pipe.fileHandleForWriting.write(contentsOf: Data(lines.utf8))
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(try place.rows("SELECT status, value FROM runs JOIN tags ON run_id = id") == ["failed,out of memory"])
        try pipe.fileHandleForWriting.close()
    }

    @Test(arguments: [["", "  "], ["garbage", "{}"], [#"{"end":"finished"}"#], [#"{"param":"a\nb","value":1}"#]])
    func `an input of which nothing can be recorded makes no run`(_ lines: [String]) throws {
        let outcome = try log(lines)
        #expect(outcome.status == 65)
        #expect(outcome.complaints.last?.contains("nothing was recorded") == true)
        #expect(try place.rows("SELECT count(*) FROM runs") == ["0"])
    }

    @Test func `a killed run goes on, and only one that was killed or failed`() throws {
        _ = try log([#"{"step":0,"loss":1}"#, #"{"step":1,"loss":2}"#])
        let outcome = try log([#"{"step":1,"loss":3}"#, #"{"end":"finished"}"#], "--resume", "1")
        #expect(outcome.status == 0)
        #expect(outcome.error.contains("continues at step 1: 0 variances and 1 value of metrics"))
        #expect(try place.rows("SELECT step, value FROM run_metrics") == ["0,1.0", "1,3.0"])
        for (words, status) in [
            (["--resume", "1"], 65), (["--resume", "7"], 66), (["--keep"], 64), (["--resume", "1", "--name", "a"], 64),
        ] {
            let outcome = try log([#"{"step":1,"loss":3}"#], words)
            #expect(outcome.status == status, "\(outcome.error)")
            #expect(outcome.complaints.count == 1)
        }
        #expect(try place.varve("check").status == 0)
    }

    @Test func `long lines, binary rubbish and deep nesting are skipped in little memory`() throws {
        let file = place.file("rubbish")
        var bytes = Data(#"{"step":0,"layer":"a","variance":1}"#.utf8) + [10]
        bytes += Data(repeating: 120, count: 80 << 20) + [10]
        bytes += Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }) + [10]
        bytes += Data((#"{"param":"a","value":"# + String(repeating: "[", count: 900_000)).utf8) + [10]
        bytes += Data(#"{"step":1,"layer":"a","variance":2}"#.utf8)
        try bytes.write(to: URL(fileURLWithPath: file))
        let shell = "ulimit -v 400000; exec \"$0\" log --quiet < rubbish"
        let outcome = try place.shell(shell)
        #expect(outcome.status == 65)
        #expect(outcome.error.contains("line 2 is skipped: it is longer than 1048576 bytes"))
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
