import Foundation
import Testing

@testable import Storage

/// A sweep that would go on for hours is ended from outside.
@Suite struct InterruptionTests {
    private let place: Workplace

    init() throws { place = try Workplace() }

    /// Starts a long sweep and returns when its store shows finished runs.
    private func startSweep() throws -> Process {
        let process = place.process(["run", "plain", "batchnorm", "--seeds", "0-1000000", "--jobs", "2"])
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        // Bounded by the sweep itself: it runs until it is ended, so its runs come or it has failed.
        while process.isRunning {
            let outcome = try place.varve(
                "sql",
                "SELECT count(*) FROM runs WHERE status = 'finished'",
                "--format",
                "csv"
            )
            if outcome.status == 0, let count = Int(outcome.output.split(separator: "\n").last ?? ""), count > 3 {
                break
            }
        }
        return process
    }

    @Test func `kill -9 leaves a sound store that shows the run as killed`() throws {
        let process = try startSweep()
        #expect(process.isRunning)
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()

        let runs = try place.varve("runs", "--format", "json").objects()
        let statuses = runs.compactMap { $0["status"] as? String }
        #expect(statuses.count { $0 == "finished" } > 3)
        // At most one on each thread.
        #expect(statuses.count { $0 == "killed" } <= 2)
        #expect(statuses.allSatisfy { ["killed", "finished"].contains($0) })
        // Whatever is finished is whole.
        #expect(
            try place.rows(
                """
                SELECT count(*) FROM runs WHERE status = 'finished' AND (
                    (SELECT count(*) FROM layer_variances WHERE run_id = runs.id) <> 7
                    OR (SELECT count(*) FROM tensors WHERE run_id = runs.id) <> iif(architecture = 'plain', 14, 49))
                """
            ) == ["0"]
        )
        // The next command that writes puts it into the table.
        #expect(try place.varve("run", "plain").status == 0)
        #expect(try place.rows("SELECT count(*) FROM runs WHERE status = 'running'") == ["0"])
    }

    @Test(arguments: [(SIGINT, 130), (SIGTERM, 143), (SIGHUP, 129)])
    func `a signal ends the run in order and says so`(_ signal: Int32, _ status: Int) throws {
        let process = try startSweep()
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == Int32(status))
        #expect(try place.rows("SELECT count(*) FROM runs WHERE status NOT IN ('finished', 'killed')") == ["0"])
        #expect(try place.rows("SELECT count(*) FROM runs WHERE ended IS NULL") == ["0"])
    }

    @Test func `a run that is interrupted is recorded as killed with the steps it came to`() throws {
        let process = place.process(["run", "plain", "--steps", "1000000000", "--record-every", "1000000"])
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        while process.isRunning {
            let outcome = try place.varve("sql", "SELECT count(*) FROM runs", "--format", "csv")
            if outcome.status == 0, outcome.output.hasSuffix("1\n") { break }
        }
        kill(process.processIdentifier, SIGINT)
        process.waitUntilExit()
        #expect(process.terminationStatus == 130)
        // The first step was recorded, unless the signal came before it.
        let rows = try place.rows(
            "SELECT status, steps > 0, last_step, (SELECT count(*) FROM layer_variances) FROM runs"
        )
        #expect(["killed,1,0,7", "killed,0,,0"].contains(rows.first))
    }

    @Test func `an interrupted sweep says what to type, and going on ends with what an undisturbed one records`()
        throws
    {
        let arguments = ["run", "plain", "batchnorm", "--seeds", "0-9", "--steps", "40", "--weights", "none"]
        let recorded = """
            SELECT architecture, seed, status, steps, final_weights_digest, step, layer_id, variance
            FROM runs JOIN layer_variances ON run_id = runs.id WHERE status = 'finished'
            ORDER BY architecture, seed, step, layer_id
            """
        #expect(try place.varve(arguments + ["--store", "whole.db"]).status == 0)
        let whole = try place.varve("sql", recorded, "--store", "whole.db", "--format", "csv").output

        let process = place.process(arguments)
        process.standardOutput = FileHandle.nullDevice
        let complaints = Pipe()
        process.standardError = complaints
        try process.run()
        while process.isRunning {
            let outcome = try place.varve("runs", "--format", "csv")
            if outcome.status == 0, outcome.output.contains("finished") { break }
        }
        kill(process.processIdentifier, SIGTERM)
        let words = String(decoding: complaints.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 143 else {
            // It was done before the signal came.
            return #expect(process.terminationStatus == 0)
        }
        #expect(words.hasSuffix("run plain batchnorm --seeds 0-9 --steps 40 --weights none --resume\n"), "\(words)")
        let rest = try place.varve(arguments + ["--resume"])
        #expect(rest.status == 0)
        #expect(rest.error.contains("of 20 runs were there already"))
        #expect(try place.varve("sql", recorded, "--format", "csv").output == whole)
        #expect(try place.rows("SELECT count(*) FROM runs WHERE status = 'finished'") == ["20"])
    }

    @Test func `a log that is ended while another process holds the lock says how many lines are not in the store`()
        throws
    {
        let process = place.process(["log", "--quiet"])
        let (lines, errors) = (Pipe(), Pipe())
        (process.standardInput, process.standardError) = (lines, errors)
        try process.run()
        let input = lines.fileHandleForWriting
        try input.write(contentsOf: Data("{\"step\": 0, \"loss\": 1}\n".utf8))
        while process.isRunning {
            let outcome = try place.varve("sql", "SELECT count(*) FROM run_metrics", "--format", "csv")
            if outcome.status == 0, outcome.output.hasSuffix("\n1\n") { break }
        }
        let other = try Connection(path: place.file("varve.db"), mode: .existing)
        try other.execute("BEGIN IMMEDIATE")
        // Until the pipe is full.
        _ = fcntl(input.fileDescriptor, F_SETFL, O_NONBLOCK)
        var sent = 0
        while true {
            let line = Array("{\"step\": \(sent + 1), \"loss\": 1}\n".utf8)
            guard write(input.fileDescriptor, line, line.count) == line.count else { break }
            sent += 1
        }
        kill(process.processIdentifier, SIGTERM)
        process.waitUntilExit()
        #expect(process.terminationStatus == 74)
        let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(sent > 1000 && said.contains("; \(sent) lines not recorded;"))
        try other.execute("ROLLBACK")
        #expect(try other.value("SELECT count(*) FROM metrics") == 1)
    }
}
