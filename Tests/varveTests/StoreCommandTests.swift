import Foundation
import Testing

/// Commands on a whole store: what it holds, whether it is sound, copies of it.
@Suite struct StoreCommandTests {
    private let place: Workplace

    init() throws {
        place = try Workplace()
        #expect(try place.varve("run", "plain", "--seeds", "0-2", "--width", "20").status == 0)
    }

    @Test func `a sound store is said to be, in every format`() throws {
        let people = try place.varve("check")
        #expect(people.status == 0)
        #expect(people.output == "varve.db: sound (3 runs, 21 variances, 1 dataset, 42 blobs)\n")
        #expect(try place.varve("check", "--format", "json").output == "[]\n")
        #expect(try place.varve("check", "--format", "csv").output == "kind,topic,run,finding,mended\n")
        #expect(try place.varve("check", "--format", "markdown").output.isEmpty)
    }

    @Test func `damage is reported with status 1`() throws {
        // Somewhere in the middle of the weights.
        let path = place.file("varve.db")
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        let weights = try #require(
            try place.varve("sql", "SELECT hex(substr(bytes, 1, 64)) FROM blobs WHERE length(bytes) = 1600 LIMIT 1")
                .output.split(separator: "\n").last
        )
        let pattern = Data(
            stride(from: 0, to: 128, by: 2).compactMap { index in
                UInt8(weights.dropFirst(index).prefix(2), radix: 16)
            }
        )
        let found = try #require(bytes.range(of: pattern))
        bytes[found.lowerBound + 5] ^= 1
        try bytes.write(to: URL(fileURLWithPath: path))

        let outcome = try place.varve("check")
        #expect(outcome.status == 1)
        #expect(outcome.output.hasPrefix("damage, digests: the bytes of a tensor do not have their digest any more"))
        let findings = try place.varve("check", "--repair", "--format", "json")
        #expect(findings.status == 1)
        let finding = try #require(try findings.objects().first)
        #expect(finding["kind"] as? String == "damage")
        #expect(finding["mended"] as? Bool == false)
    }

    @Test func `a store too damaged to be opened is damage with status 1, a foreign file is none with 65`() throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: place.file("varve.db")))
        // The magic at the start, the size of the pages, and the table of tables.
        for place in [3, 16, 100] {
            var bytes = whole
            bytes[place] ^= 0x40
            try bytes.write(to: URL(fileURLWithPath: self.place.file("bad.db")))
            let people = try self.place.varve("check", "--store", "bad.db")
            #expect(people.status == 1, "byte \(place): \(people.error)")
            #expect(people.output.hasPrefix("damage, structure: "))
            #expect(people.output.split(separator: "\n").count == 1)
            let finding = try #require(
                try self.place.varve("check", "--store", "bad.db", "--format", "json").objects().first
            )
            #expect(finding["kind"] as? String == "damage")
            #expect(try self.place.varve("runs", "--store", "bad.db").status == 65)
        }
        try Data("no store".utf8).write(to: URL(fileURLWithPath: place.file("foreign.db")))
        #expect(try place.varve("check", "--store", "foreign.db").status == 65)
    }

    @Test func `a migration that is another one is damage with status 1, and other commands refuse it`() throws {
        let path = place.file("varve.db")
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        let digest = try #require(place.rows("SELECT digest FROM schema_migrations WHERE number = 2").first)
        let found = try #require(bytes.range(of: Data(digest.utf8)))
        bytes[found.lowerBound] ^= 1
        try bytes.write(to: URL(fileURLWithPath: path))

        let outcome = try place.varve("check")
        #expect(outcome.status == 1)
        #expect(outcome.output.hasPrefix("damage, schema: varve.db: migration 2 (indexes) is not the one"))
        #expect(try place.varve("runs").status == 65)
    }

    @Test func `a run whose process was killed is tidied up by --repair alone`() throws {
        let process = place.process(["run", "plain", "--steps", "1000000000", "--quiet"])
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        while process.isRunning {
            if try place.rows("SELECT count(*) FROM runs WHERE status = 'running'") == ["1"] { break }
        }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        let outcome = try place.varve("check")
        #expect(outcome.status == 0)
        #expect(outcome.output.hasPrefix("untidy, runs: run 4: it is recorded as running, but its process has ended\n"))
        #expect(try place.rows("SELECT status FROM runs WHERE id = 4") == ["running"])
        let repair = try place.varve("check", "--repair")
        #expect(repair.status == 0)
        #expect(repair.output.hasPrefix("mended, runs: run 4"))
        #expect(try place.rows("SELECT status FROM runs WHERE id = 4") == ["killed"])
        #expect(try place.varve("check", "--format", "json").output == "[]\n")
    }

    @Test func `a backup is a store, and never takes a file's place unasked`() throws {
        let outcome = try place.varve("backup", "copy.db", "--format", "json")
        #expect(outcome.status == 0)
        let told = try #require(try outcome.json() as? [String: Any])
        #expect(told["file"] as? String == "copy.db")
        #expect(try place.varve("check", "--store", "copy.db").status == 0)
        #expect(try place.varve("runs", "--store", "copy.db").output == place.varve("runs").output)
        let again = try place.varve("backup", "copy.db")
        #expect(again.status == 73)
        #expect(again.error.contains("--force"))
        #expect(again.complaints.count == 1)
        #expect(try place.varve("backup", "copy.db", "--force").status == 0)
        #expect(try place.varve("backup", "varve.db", "--force").status == 73)
        #expect(try place.varve("backup", "other.db", "--store", "none.db").status == 66)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).sorted() == ["copy.db", "varve.db"])
    }

    @Test func `a full disk leaves no half of a backup`() throws {
        let outcome = try place.shell("ulimit -f 200; trap '' XFSZ; \"$0\" backup copy.db")
        #expect(outcome.status == 74)
        #expect(outcome.complaints.count == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path) == ["varve.db"])
    }

    @Test func `compaction reports sizes and refuses while a run is recorded`() throws {
        let sizes = try #require(try place.varve("compact", "--format", "json").json() as? [String: Any])
        let (before, after) = (sizes["bytes_before"] as? Int, sizes["bytes_after"] as? Int)
        // Nothing was deleted; how full pages are is SQLite's choice.
        #expect(try abs(#require(before) - #require(after)) <= 8192)
        let process = place.process(["log", "--quiet"])
        let pipe = Pipe()
        process.standardInput = pipe
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        try pipe.fileHandleForWriting.write(contentsOf: Data("{\"tag\":\"a\",\"value\":\"b\"}\n".utf8))
        while process.isRunning {
            if try place.rows("SELECT count(*) FROM runs") == ["4"] { break }
        }
        let outcome = try place.varve("compact")
        #expect(outcome.status == 69)
        #expect(outcome.error.contains("run 4 is being recorded"))
        try pipe.fileHandleForWriting.close()
        process.waitUntilExit()
        #expect(try place.varve("compact").status == 0)
    }

    @Test func `info shows what the store holds`() throws {
        let info = try #require(try place.varve("info", "--format", "json").json() as? [String: Any])
        let rows = try #require(info["rows"] as? [String: Any])
        #expect(rows["runs"] as? Int == 3)
        #expect(rows["layer_variances"] as? Int == 21)
        #expect(info["free_bytes"] as? Int == 0)
        #expect(info["oldest"] is Int && info["newest"] is Int)
        #expect((info["table_bytes"] as? [String: Any])?.count == rows.count)
        #expect(
            try place.varve("info", "--exact", "--format", "json").output
                == place.varve("info", "--format", "json").output
        )
        #expect(try place.varve("info").output.contains("rows of layer_variances    21"))
    }
}
