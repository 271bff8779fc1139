import Foundation
import Testing

/// A sweep that would go on for hours is ended from outside.
@Suite struct InterruptionTests {
    private let place: Workplace

    init() throws { place = try Workplace() }

    /// Starts a long sweep and returns when its store shows finished runs.
    private func startSweep() throws -> Process {
        let process = place.process(["run", "plain", "batchnorm", "--seeds", "0-1000000"])
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
        #expect(statuses.dropFirst().allSatisfy { $0 == "finished" })
        // The newest one unless the end came between two runs.
        #expect(["killed", "finished"].contains(statuses[0]))
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
        #expect(try place.rows("SELECT status FROM runs ORDER BY id DESC LIMIT 2") == ["killed", "finished"])
        #expect(try place.rows("SELECT count(*) FROM runs WHERE ended IS NULL") == ["0"])
    }
}
