import Foundation
import Testing

@testable import varve

/// `varve push` to a `varve serve`, both as processes.
@Suite struct PushCommandTests {
    private let place: Workplace
    private let server: Process
    private let address: String

    init() throws {
        place = try Workplace()
        server = place.process(["--store", "all.db", "serve", "--port", "0"])
        let output = Foundation.Pipe()
        server.standardOutput = output
        server.standardError = FileHandle.nullDevice
        try server.run()
        let words = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self).split(separator: " ")
        address = String(try #require(words.first { $0.hasPrefix("http") }))
    }

    private func push(_ words: String...) throws -> Outcome { try place.execute(["push"] + words) }

    @Test func `stores are pushed with a line each, and with a row a run for programs`() throws {
        defer { server.terminate() }
        for (name, seeds) in [("a.db", "0-2"), ("b.db", "3")] {
            _ = try place.varve("--store", name, "run", "plain", "--seeds", seeds, "--weights", "final")
        }
        #expect(try push("a.db", "b.db", address).output == "a.db: 3 added\nb.db: 1 added\n")
        #expect(try push("a.db", "b.db", address + "/").output == "a.db: 3 present\nb.db: 1 present\n")
        let rows = try push("a.db", address, "--format", "json").objects()
        #expect(rows.count == 3 && rows.allSatisfy { $0["result"] as? String == "present" })
        #expect(rows[2]["store"] as? String == "a.db" && rows[2]["source_run"] as? Int == 3)
        #expect(try place.varve("--store", "all.db", "verify", "--all").status == 0)
        #expect(try place.varve("--store", "b.db", "merge", "all.db").output == "all.db: 3 added, 1 present\n")
        // Without a name it is the store of --store.
        #expect(try place.execute(["--store", "a.db", "push", address]).output == "a.db: 3 present\n")
    }

    @Test func `what cannot be is one line with its status`() throws {
        defer { server.terminate() }
        _ = try place.varve("--store", "a.db", "run", "plain")
        for (words, status, text) in [
            (["none.db", address], 66, "none.db"), (["a.db", "http://127.0.0.1:1"], 69, "no answer"),
            (["a.db"], 64, "address"), (["a.db", "ftp://x"], 64, "http://"), (["a.db", "http://"], 64, "http://"),
            (["a.db", address + "/elsewhere"], 69, "no server that collects"),
            (["a.db", address, "--token-file", "none"], 66, "token"),
        ] {
            let outcome = try place.execute(["push"] + words)
            #expect(outcome.status == status && outcome.complaints.count == 1, "\(words): \(outcome.error)")
            #expect(outcome.error.contains(text), "\(words): \(outcome.error)")
        }
        let bare = try place.varve("push", "a.db", address, environment: ["PATH": "/nowhere"])
        #expect(bare.status == 69 && bare.error.contains("install curl"), "\(bare.error)")
    }

    @Test func `a token goes by a file, and is in no argument`() throws {
        server.terminate()
        #expect(try place.varve("serve", "--new-token", "token").status == 0)
        let guarded = place.process(["--store", "all.db", "serve", "--port", "0", "--token-file", "token"])
        let output = Foundation.Pipe()
        guarded.standardOutput = output
        guarded.standardError = FileHandle.nullDevice
        try guarded.run()
        defer { guarded.terminate() }
        let words = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self).split(separator: " ")
        let address = String(try #require(words.first { $0.hasPrefix("http") }))
        _ = try place.varve("--store", "a.db", "run", "plain")
        let refused = try push("a.db", address)
        #expect(refused.status == 64 && refused.error.contains("--token-file"), "\(refused.error)")
        #expect(try push("a.db", address, "--token-file", "token").output == "a.db: 1 added\n")
        let named = try place.varve("push", "a.db", address, environment: ["VARVE_TOKEN_FILE": "token"])
        #expect(named.output == "a.db: 1 present\n")
    }

    @Test func `following goes on until the runs have ended, and says what came`() throws {
        defer { server.terminate() }
        _ = try place.varve("--store", "a.db", "run", "plain", "--seeds", "0-1")
        let outcome = try push("a.db", address, "--follow")
        #expect(outcome.status == 0 && outcome.output == "a.db: 2 added\n", "\(outcome.error)")
    }
}
