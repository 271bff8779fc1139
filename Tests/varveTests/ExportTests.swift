import Foundation
import Testing

@Suite struct ExportTests {
    private let place: Workplace

    init() throws {
        place = try Workplace()
        let run = [
            "run", "plain", "batchnorm", "--seeds", "0-1", "--steps", "3", "--width", "20", "--tag", "odd=a,\"b\"\nc",
        ]
        #expect(try place.varve(run).status == 0)
        let lines = [
            #"{"step":0,"layer":"quoted \"name\", ü","variance":"Infinity"}"#,
            #"{"step":1,"layer":"quoted \"name\", ü","variance":NaN}"#,
            #"{"step":0,"metric":"loss","value":NaN}"#, #"{"param":"text","value":"007"}"#,
            #"{"param":"whole","value":7}"#,
        ]
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: place.file("lines")))
        #expect(
            try place.varve(["log", "--end-of-input", "finished", "--name", "logged"], input: place.file("lines"))
                .status == 0
        )
        try FileManager.default.removeItem(atPath: place.file("lines"))
    }

    private func text(_ file: String) throws -> String {
        try String(contentsOf: URL(fileURLWithPath: place.file(file)), encoding: .utf8)
    }

    private func objects(_ file: String) throws -> [[String: Any]] {
        try text(file).split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    @Test(arguments: [
        ("variances", "SELECT * FROM variances ORDER BY run, step, position"),
        ("metrics", "SELECT run, key, step, timestamp, value FROM run_metrics WHERE run < 5 ORDER BY run, key, step"),
        ("params", "SELECT run, key, value FROM run_params ORDER BY run, key"),
        ("tags", "SELECT run_id AS run, key, value FROM tags ORDER BY run_id, key"),
    ])
    func `a file says what the view says, digit by digit`(_ name: String, _ sql: String) throws {
        let outcome = try place.varve("export", "--to", "out", "--format", "json")
        #expect(outcome.status == 0)
        let told = try outcome.objects()
        #expect(told.count == 10)
        let view = try place.varve("sql", sql, "--format", "csv").output
        let csv = try text("out/\(name).csv")
        if name == "variances" {
            // What the view tells as NULL is NaN.
            #expect(csv == view.replacingOccurrences(of: ",0,\n", with: ",0,NaN\n"))
        } else {
            #expect(csv.hasPrefix(view))
        }
        let file = try #require(told.first { $0["file"] as? String == "out/\(name).jsonl" })
        let rows = try objects("out/\(name).jsonl")
        #expect(file["rows"] as? Int == rows.count)
        let size = try FileManager.default.attributesOfItem(atPath: place.file("out/\(name).jsonl"))[.size] as? Int
        #expect(file["bytes"] as? Int == size)
        let expected = try place.varve("sql", sql, "--format", "json").objects()
        for (row, wanted) in zip(rows, expected) {
            #expect(Set(row.keys) == Set(wanted.keys))
            for (key, value) in wanted where !(value is NSNull) {
                #expect("\(try #require(row[key]))" == "\(value)", "\(key)")
            }
        }
    }

    @Test func `runs and what is not finite come in both forms`() throws {
        #expect(try place.varve("export", "--to", "out/").status == 0)
        let runs = try objects("out/runs.jsonl")
        #expect(runs.compactMap { $0["run"] as? Int } == [1, 2, 3, 4, 5])
        #expect(runs[4]["name"] as? String == "logged")
        #expect(runs[4]["dataset"] is NSNull)
        #expect((runs[0]["configuration"] as? String)?.contains("\"width\":20") == true)
        #expect(try text("out/runs.csv").split(separator: "\n").count == 6)
        let variances = try objects("out/variances.jsonl").suffix(2)
        #expect(variances.compactMap { $0["variance"] as? String } == ["Infinity", "NaN"])
        #expect(variances.first?["layer"] as? String == "quoted \"name\", ü")
        #expect(try text("out/variances.csv").contains(",\"quoted \"\"name\"\", ü\",0,unknown,0,Infinity\n"))
        #expect(try objects("out/metrics.jsonl").last?["value"] as? String == "NaN")
        let params = try objects("out/params.jsonl").suffix(2)
        #expect(params.first?["value"] as? String == "007")
        #expect(params.last?["value"] as? Int == 7)
    }

    @Test func `a filter and --files leave out the rest`() throws {
        #expect(try place.varve("export", "--to", "out", "--files", "csv", "seed = 1").status == 0)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: place.file("out")).sorted() == [
                "metrics.csv", "params.csv", "runs.csv", "tags.csv", "variances.csv",
            ]
        )
        #expect(try text("out/runs.csv").split(separator: "\n").dropFirst().map { $0.prefix(2) } == ["3,", "4,"])
        let none = try place.varve("export", "--to", "none", "seed = 77")
        #expect(none.status == 0)
        #expect(none.complaints.count == 1)
        #expect(try text("none/variances.csv").split(separator: "\n").count == 1)
    }

    @Test func `a smaller store has the runs under their numbers, and what belongs to them alone`() throws {
        let outcome = try place.varve("export", "--to", "small.db", "architecture = 'batchnorm'", "--format", "json")
        #expect(outcome.status == 0)
        #expect(try outcome.objects().first?["rows"] as? Int == 2)
        let runs = try place.varve("runs", "--with-variances", "--format", "json", "--store", "small.db").objects()
        let whole = try place.varve("runs", "architecture = 'batchnorm'", "--with-variances", "--format", "json")
            .objects()
        #expect(runs as NSArray == whole as NSArray)
        #expect(try place.varve("verify", "--all", "--store", "small.db").output == "2 identical\n")
        #expect(
            try place.varve("check", "--store", "small.db").output.contains("sound (2 runs, 42 variances, 1 dataset")
        )
        // What was merged back is there already.
        #expect(try place.varve("merge", "small.db").output.hasPrefix("small.db: 2 present"))
        #expect(try place.varve("export", "--to", "logged.db", "5").status == 0)
        #expect(try place.varve("info", "--store", "logged.db", "--format", "json").output.contains("\"datasets\":0"))
    }

    @Test func `what is there already is never written over unasked`() throws {
        try FileManager.default.createDirectory(atPath: place.file("full"), withIntermediateDirectories: false)
        try Data("mine".utf8).write(to: URL(fileURLWithPath: place.file("full/mine")))
        try Data("mine".utf8).write(to: URL(fileURLWithPath: place.file("mine.db")))
        try FileManager.default.createDirectory(atPath: place.file("empty"), withIntermediateDirectories: false)
        for target in ["full", "full/mine", "mine.db", "varve.db", "no/such", "full/mine/x.db"] {
            let outcome = try place.varve("export", "--to", target)
            #expect(outcome.status == 73, "\(target)")
            #expect(outcome.complaints.count == 1)
        }
        #expect(try text("full/mine") == "mine")
        #expect(try place.varve("export", "--to", "out", "--force").status == 64)
        #expect(try place.varve("export", "--to", "out", "seed ~ 1").status == 64)
        #expect(try place.varve("export").status == 64)
        #expect(try place.varve("export", "--to", "mine.db", "--force").status == 73)
        #expect(try text("mine.db") == "mine")
        #expect(try place.varve("export", "--to", "empty").status == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: place.path).sorted()
        #expect(names == ["empty", "full", "mine.db", "varve.db"])
    }

    @Test func `a full disk leaves no file`() throws {
        #expect(try place.varve("run", "plain", "--steps", "500", "--weights", "none").status == 0)
        for target in ["out", "small.db"] {
            let outcome = try place.shell("ulimit -f 100; trap '' XFSZ; \"$0\" export --to \(target)")
            #expect(outcome.status == 74)
            #expect(outcome.complaints.count == 1)
            #expect(!outcome.error.contains(".varve-"))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path) == ["varve.db"])
    }
}
