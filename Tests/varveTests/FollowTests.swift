import Foundation
import Testing

/// What `--follow` shows of runs that go on.
@Suite struct FollowTests {
    private let place: Workplace

    init() throws { place = try Workplace() }

    /// Starts `varve log` on a pipe, and waits until the run can be seen.
    private func start() throws -> (process: Process, pipe: Pipe) {
        let process = place.process(["log", "--name", "live"])
        let pipe = Pipe()
        process.standardInput = pipe
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        try send("{\"step\": 0, \"loss\": 2.5}", to: pipe)
        while process.isRunning {
            let outcome = try place.varve("sql", "SELECT count(*) FROM run_metrics", "--format", "csv")
            if outcome.status == 0, outcome.output.hasSuffix("\n1\n") { break }
        }
        return (process, pipe)
    }

    private func send(_ line: String, to pipe: Pipe) throws {
        try pipe.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
    }

    /// Starts a command that follows, and gives what it writes.
    private func follow(_ arguments: [String]) throws -> (process: Process, lines: Pipe) {
        let process = place.process(arguments)
        let lines = Pipe()
        process.standardOutput = lines
        try process.run()
        return (process, lines)
    }

    @Test func `the steps of a run and the whole run are shown until it has ended, whatever comes when`() throws {
        let (log, input) = try start()
        let steps = try follow(["history", "--metric", "loss", "--run", "live", "--follow", "--format", "csv"])
        let run = try follow(["show", "live", "--follow", "--format", "json"])
        for step in 1..<4 { try send("{\"step\": \(step), \"loss\": \(step)}", to: input) }
        try send("{\"end\": \"finished\"}", to: input)
        log.waitUntilExit()
        let rows = String(decoding: steps.lines.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let runs = String(decoding: run.lines.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        for process in [steps.process, run.process] {
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
        let found = rows.split(separator: "\n").dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        #expect(found.map { $0[5] } == ["0", "1", "2", "3"])
        let last = try #require(runs.split(separator: "\n").last)
        let object = try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any]
        #expect(object?["status"] as? String == "finished")
        #expect(object?["steps"] as? Int == 4)
    }

    @Test func `a list of runs goes on until its reader is gone`() throws {
        let (log, input) = try start()
        defer { log.waitUntilExit() }
        let runs = try follow(["runs", "--follow", "--format", "json"])
        var seen = Data()
        func wait(for word: String) {
            while !String(decoding: seen, as: UTF8.self).contains(word), runs.process.isRunning {
                seen += runs.lines.fileHandleForReading.availableData
            }
        }
        wait(for: "\"running\"")
        try send("{\"end\": \"failed\"}", to: input)
        wait(for: "\"failed\"")
        #expect(runs.process.isRunning)
        try runs.lines.fileHandleForReading.close()
        runs.process.waitUntilExit()
        #expect(runs.process.terminationStatus == 0)
    }

    @Test(arguments: [
        ["runs", "--follow", "--sort", "seed"], ["runs", "--follow", "--deleted"], ["history", "--follow"],
        ["show", "1", "2", "--follow"],
    ])
    func `what cannot be followed is refused`(_ arguments: [String]) throws {
        #expect(try place.varve("run", "plain", "--quiet").status == 0)
        let outcome = try place.varve(arguments)
        #expect(outcome.status == 64)
        #expect(outcome.complaints.count == 1)
    }
}
