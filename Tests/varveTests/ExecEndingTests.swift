import Foundation
import Testing

/// How programs of `varve exec` are ended: by their time, by a signal, and with whoever started them.
@Suite struct ExecEndingTests {
    private let place: Workplace

    init() throws { place = try Workplace() }

    @Test func `a program that takes too long is ended, with all it has started`() throws {
        let start = ContinuousClock.now
        let outcome = try place.exec(
            ["--timeout", "0.3s", "--grace", "0.2s"],
            "trap '' TERM; sleep 1000 & echo $! > child; sleep 1000"
        )
        #expect(.now - start < .seconds(60))
        #expect(outcome.status == 1)
        #expect(try place.rows("SELECT status FROM runs") == ["killed"])
        #expect(
            try place.rows("SELECT value FROM tags WHERE key = 'varve.reason' AND value LIKE '%--timeout%'").count == 1
        )
        #expect(try isGone("child"))
    }

    @Test func `what a program leaves behind is ended with it`() throws {
        let outcome = try place.exec([], "(setsid sleep 1000 & echo $! > child); (sleep 1000 &); exit 0")
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(try place.rows("SELECT status FROM runs") == ["finished"])
        #expect(try isGone("child"))
    }

    @Test func `SIGKILL of exec ends the programs and all they have started, and their runs are killed`() throws {
        let script = """
            (setsid sh -c 'echo $$ > grandchild; exec sleep 1000' &)
            sleep 1000 & echo $! > child
            trap '' TERM HUP INT
            echo $$ > program
            while :; do sleep 1; done
            """
        let process = place.process(["exec", "--seeds", "0-9", "--", "sh", "-c", script])
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let names = ["program", "child", "grandchild"]
        while process.isRunning, try !names.allSatisfy({ try number(in: $0) != nil }) { usleep(2000) }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        for name in names { #expect(try isGone(name), "\(name)") }
        #expect(try place.varve("runs", "--format", "json").objects().map { $0["status"] as? String } == ["killed"])
    }

    @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)])
    func `a signal asks the programs to end, and the line to go on is printed`(_ signal: Int32, _ status: Int) throws {
        let script = "trap 'echo asked > asked; exit 0' TERM; echo $$ > program; while :; do sleep 0.05; done"
        let arguments = ["exec", "--seeds", "0-9", "--", "sh", "-c", script, "it's"]
        let process = place.process(arguments)
        let complaints = place.file("complaints")
        _ = FileManager.default.createFile(atPath: complaints, contents: nil)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: complaints))
        try process.run()
        while process.isRunning, try number(in: "program") == nil { usleep(2000) }
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        #expect(process.terminationStatus == Int32(status))
        #expect(try place.content("asked") == "asked\n")
        #expect(try place.content("complaints").contains("--resume -- sh -c"))
        #expect(try place.rows("SELECT status FROM runs") == ["killed"])
        #expect(try place.rows("SELECT value FROM tags WHERE key = 'varve.reason'") == ["interrupted"])
        #expect(try isGone("program"))
    }

    @Test func `a program that does not heed is killed when the grace is over`() throws {
        let script = "trap '' TERM INT; echo $$ > program; while :; do sleep 1; done"
        let process = place.process(["exec", "--grace", "0.3s", "--", "sh", "-c", script])
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        while process.isRunning, try number(in: "program") == nil { usleep(2000) }
        let start = ContinuousClock.now
        kill(process.processIdentifier, SIGTERM)
        process.waitUntilExit()
        #expect(.now - start < .seconds(60))
        #expect(process.terminationStatus == 143)
        #expect(try isGone("program"))
        #expect(try place.rows("SELECT status FROM runs") == ["killed"])
    }

    // MARK: Processes

    private func number(in name: String) throws -> pid_t? {
        guard let text = try? place.content(name), text.hasSuffix("\n") else { return nil }
        return pid_t(text.dropLast())
    }

    /// Whether a process ends, which it does at once or never.
    private func isGone(_ name: String) throws -> Bool {
        let number = try #require(try number(in: name))
        for _ in 0..<2000 {
            let stat = (try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8)) ?? ""
            if stat.isEmpty || stat.contains(") Z ") { return true }
            usleep(5000)
        }
        return false
    }
}
