import Foundation
import Glibc
import TestSupport
import Testing

@testable import Storage

@Suite struct BackupTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("varve.db")
        try record(runs: 3)
    }

    private func record(runs: Int) throws {
        let store = try Store(path: path, for: .writing)
        var recorder = try Recorder(store)
        for _ in 0..<runs {
            let run = try recorder.start(NewRun(), layers: twoLayers)
            for step in 0..<1000 { try recorder.log(run, step: step, variances: [1, 2]) }
            try recorder.finish(run, RunEnding(.finished, steps: 1000))
        }
    }

    private func names() throws -> Set<String> { Set(try FileManager.default.contentsOfDirectory(atPath: folder.path)) }

    private func code(_ body: () throws -> Void) -> StoreError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? StoreError)?.code
        }
    }

    @Test func `a copy is a store with everything committed, also where it is still in the log`() throws {
        let writer = try Store(path: path, for: .writing)
        var recorder = try Recorder(writer)
        let open = try recorder.start(NewRun(), layers: twoLayers)
        try recorder.log(open, step: 0, variances: [1, 2])
        try recorder.flush()
        let copy = folder.file("copy.db")
        let bytes = try Store(path: path, for: .reading).backUp(to: copy, isReplacing: false)
        #expect(bytes == Store.size(of: copy))
        try recorder.finish(open, RunEnding(.finished, steps: 1))

        let store = try Store(path: copy, for: .reading)
        #expect(try store.connection.value("PRAGMA integrity_check", as: String.self) == "ok")
        #expect(try store.connection.value("SELECT count(*) FROM runs", as: Int.self) == 4)
        #expect(try store.connection.value("SELECT count(*) FROM layer_variances", as: Int.self) == 6002)
        #expect(try names().allSatisfy { !$0.hasPrefix(".varve") })
    }

    @Test func `a copy goes on while others write, and is one moment of the store`() async throws {
        let path = path
        let isDone = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let store = try Store(path: path, for: .writing)
                var recorder = try Recorder(store)
                for _ in 0..<40 {
                    let run = try recorder.start(NewRun(), layers: twoLayers)
                    for step in 0..<200 { try recorder.log(run, step: step, variances: [1, 2]) }
                    try recorder.finish(run, RunEnding(.finished, steps: 200))
                }
            }
            for index in 0..<4 {
                let copy = folder.file("copy\(index).db")
                _ = try Store(path: path, for: .reading).backUp(to: copy, isReplacing: false)
                var findings: [Finding] = []
                try StoreCheck(path: copy, isMending: false).execute { findings.append($0) }
                #expect(findings.filter { $0.kind == .damage } == [])
            }
            try await group.waitForAll()
            return true
        }
        #expect(isDone)
        #expect(try Store(path: path, for: .reading).run("43").status == .finished)
    }

    @Test func `a file that is there stays as it is unless it may be replaced`() throws {
        let store = try Store(path: path, for: .reading)
        let copy = folder.file("copy.db")
        _ = try store.backUp(to: copy, isReplacing: false)
        let before = FileLook.Key(path: copy)
        #expect(throws: StoreError.exists(path: copy)) { try store.backUp(to: copy, isReplacing: false) }
        #expect(FileLook.Key(path: copy) == before)
        _ = try store.backUp(to: copy, isReplacing: true)
        #expect(try Store(path: copy, for: .reading).run("3").status == .finished)
    }

    @Test func `the store itself, folders, and files with a log beside them are refused`() throws {
        let store = try Store(path: path, for: .reading)
        let link = folder.file("link.db")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        try Data("log".utf8).write(to: URL(fileURLWithPath: folder.file("other.db-wal")))
        let places = [path, link, folder.path, folder.file("other.db"), folder.file("no/such.db"), "", "/dev/null"]
        for place in places {
            #expect(code { _ = try store.backUp(to: place, isReplacing: true) } == .cannotCreate, "\(place)")
        }
        #expect(try store.run("3").status == .finished)
        #expect(try names().allSatisfy { !$0.hasPrefix(".varve") })
    }

    @Test func `a signal ends the copying and leaves nothing`() throws {
        let pending = folder.file("copy.db")
        let source = try Connection(path: path, mode: .existing)
        let target = try Connection(path: pending, mode: .create)
        var pauses = 0
        #expect(throws: SQLiteError(.request)) {
            try source.copy(to: target, pages: 1) {
                pauses += 1
                if pauses == 5 { throw SQLiteError(.request) }
            }
        }
        #expect(pauses == 5)
        // A writer is not held up by a copy that was given up.
        try record(runs: 1)
    }

    @Test func `the copy has the permissions that the umask leaves`() throws {
        let store = try Store(path: path, for: .reading)
        let copy = folder.file("copy.db")
        _ = try store.backUp(to: copy, isReplacing: false)
        var status = stat()
        #expect(stat(copy, &status) == 0)
        let facts = try String(contentsOfFile: "/proc/self/status", encoding: .utf8).split(separator: "\n")
        let mask = try #require(facts.first { $0.hasPrefix("Umask:") }?.split(separator: "\t").last)
        #expect(status.st_mode & 0o777 == 0o666 & ~(try #require(mode_t(mask, radix: 8))))
    }

    // MARK: Compaction

    @Test func `compaction gives back what deleted rows have left and keeps the rest`() throws {
        let store = try Store(path: path, for: .writing)
        try store.connection.execute("DELETE FROM layer_variances WHERE run_id < 3")
        let size = try store.compact()
        #expect(size.after < size.before)
        #expect(size.after == Store.size(of: path) + Store.size(of: path + "-wal"))
        #expect(try store.summary(isExact: false).freeBytes == 0)
        #expect(try store.connection.value("SELECT count(*) FROM layer_variances", as: Int.self) == 2000)
        #expect(try store.connection.value("PRAGMA application_id", as: Int64.self) == Int64(Migration.applicationID))
        #expect(try names() == ["varve.db", "varve.db-wal", "varve.db-shm"])
    }

    @Test func `compaction waits for nobody who records or reads`() throws {
        let store = try Store(path: path, for: .writing)
        var recorder = try Recorder(store)
        let open = try recorder.start(NewRun(), layers: [])
        #expect(code { _ = try store.compact() } == .busy)
        try recorder.finish(open, RunEnding(.finished))
        let reader = try Store(path: path, for: .reading)
        try reader.snapshot {
            #expect(try reader.connection.value("SELECT count(*) FROM runs", as: Int.self) == 4)
            try record(runs: 1)
            #expect(code { _ = try store.compact() } == .busy)
        }
        _ = try store.compact()
    }

    // MARK: Summary

    @Test func `a summary counts rows, sizes and free space`() throws {
        let store = try Store(path: path, for: .writing)
        let summary = try store.summary(isExact: true)
        #expect(try store.summary(isExact: false) == summary)
        let table = try #require(summary.tables.first { $0.name == "layer_variances" })
        #expect(table.rows == 6000)
        // Without dbstat, which a build of SQLite may lack, nothing is said.
        if let bytes = table.bytes { #expect((50_000...200_000).contains(bytes)) }
        #expect(summary.freeBytes == 0)
        try store.connection.execute("DELETE FROM layer_variances")
        #expect(try store.summary(isExact: false).freeBytes > 50_000)
    }
}
