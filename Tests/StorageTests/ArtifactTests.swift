import Foundation
import TestSupport
import Testing

@testable import Storage

/// Files that belong to runs: in the store or beside it.
@Suite struct ArtifactTests: MergeSuite {
    let folder: TemporaryFolder
    private let store: Store

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.file("varve.db"), for: .writing)
    }

    private static let small = Array("hello".utf8)
    /// One byte more than lies in the store.
    private static let large = (0...Artifact.blobLimit).map { UInt8(truncatingIfNeeded: $0 / 7) }

    @discardableResult
    private func addRun(to store: Store, _ files: [String: [UInt8]] = [:]) throws -> Int64 {
        var recorder = try Recorder(store)
        let run = try recorder.start(NewRun(), layers: [])
        try recorder.finish(run, RunEnding(.finished))
        for (path, bytes) in files.sorted(by: { $0.key < $1.key }) {
            try store.putArtifact(ArtifactContent.content(bytes, for: store.path), of: run.number, at: path)
        }
        return run.number
    }

    private func bytes(_ path: String, of run: Int64 = 1, in store: Store) throws -> [UInt8] {
        let artifact = try #require(try store.artifact(of: run, at: path))
        var reader = try store.source(of: artifact).open()
        var bytes: [UInt8] = []
        while let part = try reader.next() { bytes += part }
        return bytes
    }

    private func findings(_ path: String, isMending: Bool = false) throws -> [String] {
        var lines: [String] = []
        try StoreCheck(path: path, isMending: isMending).execute { lines.append("\($0.kind): \($0.message)") }
        return lines
    }

    private func files(beside name: String = "varve.db") -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder.file(name) + ".artifacts")
        return (names ?? []).sorted()
    }

    @Test func `a file is kept as it is, up to 1 MiB in the store and a larger one beside it`() throws {
        let exact = Array(Self.large.dropLast())
        try addRun(to: store, ["a.txt": Self.small, "plots/big.png": Self.large, "exact": exact, "empty": []])
        #expect(files() == [Digest.sha256(Self.large)])
        #expect(try bytes("a.txt", in: store) == Self.small)
        #expect(try bytes("plots/big.png", in: store) == Self.large)
        #expect(try bytes("exact", in: store) == exact)
        #expect(try bytes("empty", in: store) == [])
        let listed = try store.artifacts(of: 1)
        #expect(listed.map(\.path) == ["a.txt", "empty", "exact", "plots/big.png"])
        #expect(
            listed.map(\.mime) == ["text/plain"] + Array(repeating: "application/octet-stream", count: 2) + [
                "image/png"
            ]
        )
        #expect(listed.map(\.size) == [5, 0, 1 << 20, 1 << 20 + 1])
        #expect(try findings(store.path) == [])
    }

    @Test(arguments: [
        "", "/etc/passwd", "..", "a/../../b", "a\\b", "a\u{0}b", "a\nb", ".", "./", String(repeating: "x", count: 256),
    ])
    func `a path that leads out of its run, or that no system could keep, is refused`(_ path: String) throws {
        let run = try addRun(to: store)
        let content = try ArtifactContent.content(Self.small, for: store.path)
        #expect(throws: StoreError.self) { try store.putArtifact(content, of: run, at: path) }
        #expect(try store.artifacts(of: run).isEmpty)
    }

    @Test func `slashes that say nothing are left out, and a file is no folder`() throws {
        let run = try addRun(to: store, ["./plots//loss.png/": Self.small])
        #expect(try store.artifacts(of: run).map(\.path) == ["plots/loss.png"])
        let content = try ArtifactContent.content(Self.small, for: store.path)
        #expect(throws: StoreError.artifactInTheWay("plots/loss.png")) {
            try store.putArtifact(content, of: run, at: "plots/loss.png/x")
        }
        #expect(throws: StoreError.artifactInTheWay("plots")) { try store.putArtifact(content, of: run, at: "plots") }
        // What lies beside it in the order of names is not in it.
        try store.putArtifact(content, of: run, at: "plots.txt")
        try store.putArtifact(content, of: run, at: "plots-2/a")
        #expect(try store.artifacts(of: run, in: ArtifactPath("plots")).map(\.path) == ["plots/loss.png"])
    }

    @Test func `a file that comes again takes the place of the earlier one`() throws {
        let run = try addRun(to: store, ["a": Self.small])
        try store.putArtifact(ArtifactContent.content(Self.large, for: store.path), of: run, at: "a", mime: "text/x")
        #expect(try bytes("a", in: store) == Self.large)
        #expect(try store.artifacts(of: run).map(\.mime) == ["text/x"])
    }

    @Test func `more than may come is refused, and what is not put into a store goes away`() throws {
        var upload = ArtifactUpload(to: store.path, limit: 10)
        try upload.append(Self.small.span)
        try upload.append(Self.small.span)
        #expect(throws: StoreError.artifactTooLarge(limit: 10)) { try upload.append(Self.small.span) }
        do { _ = try ArtifactContent.content(Self.large, for: store.path) }
        #expect(files() == [])
    }

    @Test func `a run that is gone or deleted takes no files`() throws {
        let run = try addRun(to: store)
        _ = try store.delete([run])
        let content = try ArtifactContent.content(Self.large, for: store.path)
        #expect(throws: StoreError.runIsDeleted(number: run)) { try store.putArtifact(content, of: run, at: "a") }
        #expect(throws: StoreError.runGone(number: 9, path: store.path)) {
            try store.putArtifact(content, of: 9, at: "a")
        }
    }

    @Test func `removing files takes away what no other run has`() throws {
        let first = try addRun(to: store, ["d/a": Self.large, "d/b": Self.small, "e": Self.small])
        let second = try addRun(to: store, ["a": Self.large])
        let removed = try store.removeArtifacts(of: first, at: ArtifactPath("d"))
        #expect(removed.count == 2 && removed.files.count == 1)
        #expect(try store.removeUnusedFiles(removed.files) == 0)
        #expect(try store.artifacts(of: first).map(\.path) == ["e"])
        #expect(try bytes("a", of: second, in: store) == Self.large)
        let last = try store.removeArtifacts(of: second, at: nil)
        #expect(try store.removeUnusedFiles(last.files) == Int64(Self.large.count))
        #expect(files() == [])
    }

    @Test func `a purge removes the files of its runs, but for those that others have`() throws {
        let other = Self.large.map { $0 ^ 1 }
        try addRun(to: store, ["a": Self.large, "b": other, "c": Self.small])
        try addRun(to: store, ["a": Self.large])
        _ = try store.delete([1])
        let summary = try store.purge()
        #expect(summary.runs == 1 && summary.bytes == Int64(Self.small.count + other.count))
        #expect(files() == [Digest.sha256(Self.large)])
        #expect(try bytes("a", of: 2, in: store) == Self.large)
        #expect(try findings(store.path) == [])
    }

    @Test func `a check finds files that are missing, changed, cut or left over`() throws {
        try addRun(to: store, ["plots/big": Self.large, "b": Self.large.map { $0 ^ 1 }, "s": Self.small])
        let file = folder.file("varve.db.artifacts/") + Digest.sha256(Self.large)
        let whole = try Data(contentsOf: URL(fileURLWithPath: file))
        try Data(whole.dropLast()).write(to: URL(fileURLWithPath: file))
        #expect(try findings(store.path).contains { $0.contains("'plots/big' has another size") })
        try Data(whole.map { $0 ^ 2 }).write(to: URL(fileURLWithPath: file))
        #expect(try findings(store.path) == ["damage: the file of its artifact 'plots/big' does not have its digest"])
        #expect(throws: StoreError.self) { try bytes("plots/big", in: store) }
        try FileManager.default.removeItem(atPath: file)
        #expect(try findings(store.path) == ["damage: the file of its artifact 'plots/big' is missing: \(file)"])
        #expect(throws: StoreError.missingArtifact(run: 1, path: "plots/big", file: file)) {
            try bytes("plots/big", in: store)
        }
        try whole.write(to: URL(fileURLWithPath: file))
        // What a killed upload leaves is left alone for a day.
        let left = folder.file("varve.db.artifacts/.incoming-x")
        try whole.write(to: URL(fileURLWithPath: left))
        #expect(try findings(store.path) == [])
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -90_000)],
            ofItemAtPath: left
        )
        #expect(try findings(store.path, isMending: true).count == 1)
        #expect(files().count == 2)
    }

    @Test func `bytes of an artifact that are gone or changed are found`() throws {
        try addRun(to: store, ["s": Self.small])
        try store.connection.execute("UPDATE blobs SET bytes = x'0102030405'")
        #expect(throws: StoreError.self) { try bytes("s", in: store) }
        #expect(try findings(store.path).contains { $0.contains("the bytes of an artifact do not have their digest") })
        try store.connection.execute("DELETE FROM blobs")
        #expect(try findings(store.path) == ["damage: the bytes of its artifact 's' are missing"])
    }

    @Test func `a backup and an export have the files they need`() throws {
        try addRun(to: store, ["a": Self.large, "s": Self.small])
        try addRun(to: store, ["b": Self.large.map { $0 ^ 1 }])
        let reading = try reading("varve.db")
        let size = try reading.backUp(to: folder.file("copy.db"), isReplacing: false)
        #expect(size == Store.size(of: folder.file("copy.db")) + 2 * Int64(Self.large.count))
        _ = try reading.export([1], to: folder.file("part.db"), isReplacing: false)
        #expect(files(beside: "copy.db").count == 2)
        #expect(files(beside: "part.db") == [Digest.sha256(Self.large)])
        for name in ["copy.db", "part.db"] {
            #expect(try findings(folder.file(name)) == [])
            #expect(try bytes("a", in: self.reading(name)) == Self.large)
            #expect(try bytes("s", in: self.reading(name)) == Self.small)
        }
        // Without its folder a store says what is missing, and no copy of it is made.
        try FileManager.default.removeItem(atPath: folder.file("copy.db.artifacts"))
        #expect(throws: StoreError.self) {
            try self.reading("copy.db").backUp(to: folder.file("other.db"), isReplacing: false)
        }
        #expect(try findings(folder.file("copy.db")).count == 2)
    }

    @Test func `a merge brings files in both places, and of two the later one`() throws {
        try addRun(to: store, ["a": Self.large, "s": Self.small])
        let all = try self.store("all.db")
        _ = try all.merge(reading("varve.db"))
        #expect(try bytes("a", in: all) == Self.large)
        #expect(files(beside: "all.db").count == 1)
        // Nothing new the second time; what was put there since is brought.
        var outcomes: [MergedRun.Outcome] = []
        _ = try all.merge(reading("varve.db")) { outcomes.append($0.outcome) }
        let other = Self.large.map { $0 ^ 1 }
        try store.connection.execute("UPDATE artifacts SET updated = updated - 10")
        try all.connection.execute("UPDATE artifacts SET updated = updated - 10")
        try store.putArtifact(ArtifactContent.content(other, for: store.path), of: 1, at: "s")
        _ = try all.merge(reading("varve.db")) { outcomes.append($0.outcome) }
        #expect(outcomes == [.present, .labelled])
        #expect(try bytes("s", in: all) == other)
        #expect(try findings(all.path).filter { !$0.hasSuffix(" artifact") } == [])
        // A store that lost a file of it is not merged.
        try FileManager.default.removeItem(atPath: folder.file("varve.db.artifacts"))
        #expect(throws: StoreError.self) { try self.store("third.db").merge(self.reading("varve.db")) }
    }

    @Test func `what a run was given and logged goes with it`() throws {
        let run = try addRun(to: store)
        try store.connection.execute("INSERT INTO run_inputs VALUES (\(run), 'd', '1', '{}')")
        try store.connection.execute("INSERT INTO logged_models VALUES ('m-1', \(run), 0, 1, 2, '{}')")
        try store.connection.execute("INSERT INTO logged_models VALUES ('m-2', NULL, 0, 1, 2, '{}')")
        let content = try ArtifactContent.content(Self.small, for: store.path)
        _ = try store.connection.transaction {
            try store.put(content, of: 0, at: ArtifactPath("models/m-2/MLmodel"), nil)
        }
        let all = try self.store("all.db")
        _ = try all.merge(reading("varve.db"))
        #expect(try all.connection.value("SELECT count(*) FROM run_inputs", as: Int.self) == 1)
        #expect(try all.connection.value("SELECT count(*) FROM logged_models", as: Int.self) == 2)
        #expect(try bytes("models/m-2/MLmodel", of: 0, in: all) == Self.small)
        _ = try all.delete([1])
        _ = try all.purge()
        #expect(try all.connection.value("SELECT count(*) FROM run_inputs", as: Int.self) == 0)
        #expect(try all.connection.value("SELECT group_concat(id) FROM logged_models", as: String.self) == "m-2")
        #expect(try all.artifacts(of: 0).count == 1)
    }

    @Test func `a file that is written never takes the place of a database or, unless told to, of another`() throws {
        try addRun(to: store, ["a": Self.large])
        let artifact = try #require(try store.artifact(of: 1, at: "a"))
        let place = folder.file("out")
        try store.export(artifact, to: place, isReplacing: false)
        #expect(try Data(contentsOf: URL(fileURLWithPath: place)) == Data(Self.large))
        #expect(throws: StoreError.exists(path: place)) { try store.export(artifact, to: place, isReplacing: false) }
        try store.export(artifact, to: place, isReplacing: true)
        #expect(throws: StoreError.self) { try store.export(artifact, to: store.path, isReplacing: true) }
        #expect(try store.run("1").status == .finished)
    }

    @Test func `a line of a log takes a file into the run`() throws {
        let file = folder.file("loss.png")
        try Data(Self.small).write(to: URL(fileURLWithPath: file))
        var passed: [String] = []
        let session = LogSession(try RunLog(store, LoggedRun())) { event in
            if case .passedOver(_, let error) = event { passed.append(error.description) }
        }
        let lines = [
            #"{"artifact": "\#(file)x"}"#, #"{"artifact": "\#(file)"}"#,
            #"{"artifact": "\#(file)", "name": "plots/a.png"}"#, #"{"artifact": "/"}"#,
            #"{"artifact": "\#(folder.path)"}"#,
            #"{"end": "finished"}"#,
        ]
        session.take(Array((lines.joined(separator: "\n") + "\n").utf8).span)
        #expect(session.failure == nil && session.recorded == 3)
        #expect(passed.count == 3)
        #expect(passed.first?.hasPrefix("there is no file \(file)x") == true)
        #expect(try store.artifacts(of: 1).map(\.path) == ["loss.png", "plots/a.png"])
    }
}
