import Foundation
import Testing

@testable import varve

/// `varve serve` as a process of its own.
@Suite struct ServeTests {
    private let place: Workplace

    init() throws {
        place = try Workplace()
        _ = try place.varve("run", "plain", "batchnorm", "--seeds", "0-2", "--weights", "final")
    }

    /// A server that is running.
    private final class Served {
        let process: Process
        let address: String

        init(_ process: Process) throws {
            self.process = process
            let output = Foundation.Pipe()
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try process.run()
            let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            let words = line.split(whereSeparator: \.isWhitespace)
            try #require(line.hasPrefix("Varve is at http://127.0.0.1:") && words.count == 5, "\(line)")
            address = String(words[3])
        }

        deinit { if process.isRunning { process.terminate() } }

        /// The bytes of an answer.
        func get(_ path: String) throws -> String { try curl([address + path]) }

        func curl(_ arguments: [String]) throws -> String {
            let curl = Process()
            curl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            curl.arguments = ["curl", "-s", "--max-time", "20"] + arguments
            let output = Foundation.Pipe()
            curl.standardOutput = output
            try curl.run()
            let data = output.fileHandleForReading.readDataToEndOfFile()
            curl.waitUntilExit()
            return String(decoding: data, as: UTF8.self)
        }
    }

    private func serve(_ arguments: String...) throws -> Served {
        try Served(place.process(["serve", "--port", "0"] + arguments))
    }

    @Test func `The API answers with the bytes of the command line`() throws {
        let served = try serve()
        for (path, command) in [
            ("runs", "runs"), ("runs?with_variances", "runs --with-variances"), ("runs/1", "show 1"),
            ("runs?filter=seed+%3D+1&sort=-number", "runs|seed = 1|--sort|-number"),
            ("compare?group=plain&group=batchnorm", "compare plain batchnorm"), ("diff?a=1&b=2", "diff 1 2"),
            ("history?layer=residual5", "history residual5"),
            ("history?metric=loss&run=1", "history --metric loss --run 1"),
            ("history?layer=residual5&group_by=architecture", "history residual5 --group-by architecture"),
            ("experiments", "experiment list"), ("datasets", "dataset list"), ("info", "info"),
            ("runs/1/weights", "weights list 1"),
        ] {
            let separator: Character = command.contains("|") ? "|" : " "
            let words = command.split(separator: separator).map(String.init)
            let expected = try place.varve(words + ["--format", "json"])
            #expect(expected.status == 0)
            #expect(try served.get("/api/v1/" + path) == expected.output, "\(path)")
        }
        let picture = try place.varve("plot", "profile", "plain", "--output", "-")
        #expect(try served.get("/api/v1/plots/profile.svg?group=plain") == picture.output)
        _ = try place.varve("weights", "export", "1", "--at", "final", "--output", "own.safetensors")
        _ = try served.curl([
            "-o", place.file("theirs.safetensors"), served.address + "/api/v1/runs/1/weights?at=final",
        ])
        let files = try ["own", "theirs"].map {
            try Data(contentsOf: URL(fileURLWithPath: place.file($0 + ".safetensors")))
        }
        #expect(files[0] == files[1])
        #expect(!files[0].isEmpty)
    }

    @Test func `SQL is executed within its limits, and nothing is changed`() throws {
        let served = try serve()
        func ask(_ statement: String) throws -> String {
            let body = String(
                decoding: try JSONSerialization.data(withJSONObject: ["statement": statement]),
                as: UTF8.self
            )
            return try served.curl(["-H", "Content-Type: application/json", "-d", body, served.address + "/api/v1/sql"])
        }
        let statement = "SELECT id, status FROM runs ORDER BY id"
        #expect(try ask(statement) == (try place.varve("sql", statement, "--format", "json")).output)
        #expect(try ask("DELETE FROM runs").contains("\"status\":400"))
        #expect(try ask("SELECT nonsense").contains("\"status\":400"))
        #expect(try place.rows("SELECT count(*) FROM runs") == ["6"])
    }

    @Test(arguments: [SIGTERM, SIGINT]) func `A signal ends it in an orderly way`(_ signal: Int32) throws {
        let served = try serve()
        #expect(try served.get("/health") == "{\"status\":\"ok\"}\n")
        let begin = ContinuousClock.now
        kill(served.process.processIdentifier, signal)
        served.process.waitUntilExit()
        #expect(.now - begin < .seconds(20))
        #expect(served.process.terminationReason == .exit)
        #expect(served.process.terminationStatus == 128 + signal)
    }

    @Test func `A port that is taken, a host without a token and a bad token are told in one line`() throws {
        let served = try serve()
        let port = String(served.address.split(separator: ":").last ?? "")
        let taken = try place.execute(["serve", "--port", port])
        #expect(taken.status == 69)
        #expect(taken.complaints.count == 1)
        #expect(taken.error.contains(port))
        let open = try place.execute(["serve", "--host", "0.0.0.0", "--port", "0"])
        #expect(open.status == 64)
        #expect(open.complaints.count == 1)
        let missing = try place.execute(["serve", "--token-file", "none", "--port", "0"])
        #expect(missing.status == 66)
        try "short".write(toFile: place.file("short"), atomically: true, encoding: .utf8)
        #expect(try place.execute(["serve", "--token-file", "short", "--port", "0"]).status == 66)
        #expect(try place.execute(["serve", "--port", "70000"]).status == 64)
        #expect(try place.execute(["serve", "--read-only", "--store", "none.db"]).status == 66)
        #expect(!FileManager.default.fileExists(atPath: place.file("none.db")))
    }

    @Test func `A new token is written for its owner alone, and asked for`() throws {
        #expect(try place.execute(["serve", "--new-token", "token"]).status == 0)
        let attributes = try FileManager.default.attributesOfItem(atPath: place.file("token"))
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try place.execute(["serve", "--new-token", "token"]).status == 73)
        let token = try String(contentsOfFile: place.file("token"), encoding: .utf8).split(separator: "\n")[0]
        #expect(token.utf8.count == 64)
        let served = try serve("--token-file", "token")
        #expect(try served.get("/api/v1/runs").contains("\"status\":401"))
        let answer = try served.curl(["-H", "Authorization: Bearer \(token)", served.address + "/api/v1/runs"])
        #expect(answer == (try place.varve("runs", "--format", "json")).output)
    }
}
