import Foundation
import Testing

/// What `Scripts/torture` does for minutes, in short.
@Suite struct TortureTests {
    private let place: Workplace
    private static let tiny = ["--dataset", "tiny", "--blocks", "2", "--width", "8", "--batch-size", "40"]

    init() throws {
        place = try Workplace()
        let outcome = try place.varve("dataset", "generate", "--name", "tiny", "--num-samples", "200")
        #expect(outcome.status == 0)
    }

    private func expectSound(_ store: String = "varve.db") throws {
        let outcome = try place.varve("check", "--store", store)
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.error)")
    }

    private func expectOneLine(_ outcome: Outcome, _ statuses: Int...) {
        #expect(statuses.contains(Int(outcome.status)), "\(outcome)")
        #expect(outcome.complaints.count == 1, "\(outcome.error)")
        #expect(outcome.error.hasPrefix("varve: "), "\(outcome.error)")
    }

    // MARK: Kills

    /// Everything that finished runs hold, but for numbers, uuids and times.
    private static let content = """
        SELECT architecture, seed, configuration_digest, final_weights_digest, last_step, step, layers.name, variance,
            (SELECT group_concat(metrics.step || ':' || value) FROM metrics WHERE run_id = runs.id),
            (SELECT group_concat(name || digest || length(bytes)) FROM tensors JOIN blobs USING (digest)
                WHERE run_id = runs.id)
        FROM runs JOIN layer_variances ON run_id = runs.id JOIN layers ON layers.id = layer_id
        WHERE status = 'finished' ORDER BY architecture, seed, step, layers.position
        """

    @Test func `a sweep that is killed again and again ends with what an undisturbed one records`() throws {
        let sweep = ["run", "plain", "batchnorm"] + Self.tiny + ["--seeds", "0-59", "--steps", "5", "--resume"]
        let whole = try Workplace()
        try FileManager.default.copyItem(atPath: place.file("varve.db"), toPath: whole.file("varve.db"))
        #expect(try whole.varve(sweep).status == 0)
        let expected = Set(try whole.rows(Self.content))
        for kills in 1...3 {
            let process = place.process(sweep)
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            while process.isRunning {
                let rows = try place.rows("SELECT count(*) FROM runs WHERE status = 'finished'")
                if let count = rows.first.flatMap({ Int($0) }), count >= kills * 20 { break }
            }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            try expectSound()
            #expect(Set(try place.rows(Self.content)).isSubset(of: expected))
            let statuses = try place.varve("runs", "--format", "json").objects().compactMap { $0["status"] as? String }
            #expect(Set(statuses).isSubset(of: ["finished", "killed"]))
        }
        #expect(try place.varve(sweep).status == 0)
        #expect(Set(try place.rows(Self.content)) == expected)
    }

    // MARK: Crowds

    @Test func `eight processes create one store at once, and readers look at it meanwhile`() throws {
        let crowd = try Workplace()
        let line = crowd.file("line")
        try Data(#"{"step": 0, "layer": "a", "variance": 1}"#.utf8).write(to: URL(fileURLWithPath: line))
        var processes: [Process] = []
        for number in 0..<8 {
            let arguments =
                number % 4 == 0
                ? ["log", "--end-of-input", "finished"] : ["run", "plain", "--width", "8", "--seed", "\(number)"]
            let process = crowd.process(arguments + ["--quiet"])
            process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: line))
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            processes.append(process)
        }
        while processes.contains(where: \.isRunning) {
            let outcome = try crowd.varve("runs")
            #expect([0, 65, 66].contains(outcome.status), "\(outcome.error)")
        }
        for process in processes {
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
        #expect(try crowd.rows("SELECT count(*), max(id) FROM runs WHERE status = 'finished'") == ["8,8"])
        #expect(try crowd.varve("check").status == 0)
    }

    // MARK: Files

    /// A file may not grow beyond a limit, in 512 bytes: that is met as a disk that fails.
    @Test(arguments: [100, 300, 620, 700, 900])
    func `a disk that takes no more is reported in one line, and what was there is there`(_ limit: Int) throws {
        let before = try place.varve(["run", "plain"] + Self.tiny + ["--weights", "none"])
        #expect(before.status == 0)
        let runs = try place.rows(Self.content)
        let words = (Self.tiny + ["--seeds", "1-999", "--weights", "both"]).joined(separator: " ")
        let shell = "trap '' XFSZ; ulimit -f \(limit); exec \"$0\" run plain \(words) --quiet"
        expectOneLine(try place.shell(shell), 74)
        try expectSound()
        #expect(Set(try place.rows(Self.content)).isSuperset(of: runs))
    }

    @Test(arguments: ["delete", "replace by a folder", "replace by a store"])
    func `a store that is taken away under a log is missed, and nothing is reported`(_ way: String) throws {
        let process = place.process(["log", "--quiet"])
        let (lines, output, complaints) = (Pipe(), Pipe(), Pipe())
        process.standardInput = lines
        process.standardOutput = output
        process.standardError = complaints
        try process.run()
        let line = Data("{\"step\": 0, \"layer\": \"a\", \"variance\": 1}\n".utf8)
        try lines.fileHandleForWriting.write(contentsOf: line)
        while process.isRunning, try place.rows("SELECT count(*) FROM runs") == ["0"] {}
        let path = place.file("varve.db")
        try FileManager.default.moveItem(atPath: path, toPath: place.file("away.db"))
        if way == "replace by a folder" {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        } else if way == "replace by a store" {
            try FileManager.default.copyItem(atPath: place.file("away.db"), toPath: path)
        }
        try lines.fileHandleForWriting.write(contentsOf: line)
        try lines.fileHandleForWriting.close()
        process.waitUntilExit()
        #expect(process.terminationStatus == 74)
        #expect(try output.fileHandleForReading.readToEnd() ?? Data() == Data())
        let words = String(decoding: try complaints.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        #expect(
            words == "varve: varve.db was deleted or replaced while it was open: what was recorded since then is lost; "
                + "2 lines not recorded\n"
        )
    }

    /// Bytes at places drawn from a seed; the full form compares all tables.
    @Test func `no command crashes on changed bytes, and check finds those in weights`() throws {
        let arguments = ["run", "plain", "batchnorm"] + Self.tiny + ["--seeds", "0-1", "--steps", "4"]
        #expect(try place.varve(arguments).status == 0)
        let whole = try Data(contentsOf: URL(fileURLWithPath: place.file("varve.db")))
        var state: UInt64 = 20_240_817
        func draw(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let commands = [
            ["runs"], ["show", "1"], ["compare", "plain", "batchnorm"], ["history", "residual1"], ["verify", "1"],
            ["sql", "SELECT * FROM variances"], ["info"], ["diff", "1", "2"], ["--store", "new.db", "merge", "bad.db"],
        ]
        for _ in 0..<10 {
            var bytes = whole
            bytes[draw(bytes.count)] ^= UInt8(1 << draw(8))
            try bytes.write(to: URL(fileURLWithPath: place.file("bad.db")))
            for command in [["check"], commands[draw(commands.count)]] {
                let store = command.contains("--store") ? [] : ["--store", "bad.db"]
                let outcome = try place.varve(store + command + ["--quiet"])
                #expect([0, 1, 65, 66, 74].contains(outcome.status), "\(command): \(outcome)")
                #expect(outcome.complaints.count <= 1, "\(command): \(outcome.error)")
            }
        }
        let blob = try #require(
            try place.rows("SELECT substr(hex(bytes), 1, 32) FROM blobs WHERE length(bytes) = 256 LIMIT 1").first
        )
        let needle = Data(stride(from: 0, to: 32, by: 2).compactMap { UInt8(blob.dropFirst($0).prefix(2), radix: 16) })
        var bytes = whole
        bytes[try #require(whole.range(of: needle)).lowerBound] ^= 1
        try bytes.write(to: URL(fileURLWithPath: place.file("bad.db")))
        let outcome = try place.varve("check", "--store", "bad.db")
        #expect(outcome.status == 1, "\(outcome)")
    }
}
