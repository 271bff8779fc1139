import Foundation
import TestSupport
import Testing

@testable import Storage

@Suite struct MergeTests: MergeSuite {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `runs of two stores come together with everything, under new numbers`() throws {
        try fill(store("a.db"), salt: 1)
        try fill(store("b.db"), salt: 2, dataset: "other", runs: 2)
        let all = try store("all.db")
        var merged: [MergedRun] = []
        for source in ["a.db", "b.db"] { #expect(try all.merge(reading(source)) { merged.append($0) } == []) }
        #expect(merged.map(\.sourceNumber) == [1, 2, 3, 1, 2])
        #expect(merged.map(\.number) == [1, 2, 3, 4, 5])
        #expect(merged.allSatisfy { $0.outcome == .added })
        let expected = try (content(reading("a.db")) + content(reading("b.db"))).sorted { "\($0[0])" < "\($1[0])" }
        #expect(try content(all) == expected)
        #expect(try isSound("all.db"))
        // What is equal is there once.
        #expect(try all.connection.value("SELECT count(*) FROM layers", as: Int.self) == 2)
        #expect(try all.connection.value("SELECT count(*) FROM blobs", as: Int.self) == 3)
        #expect(try all.run("3").uuid == merged[2].uuid)
    }

    @Test func `merging again changes nothing, also not what was changed since`() throws {
        try fill(store("a.db"), salt: 1)
        let all = try store("all.db")
        _ = try outcomes(all, "a.db")
        try all.tag([1], with: [("note", "mine")])
        _ = try all.delete([2])
        try all.renameExperiment("of 1", to: "renamed")
        let before = try content(all)
        #expect(try outcomes(all, "a.db") == [.present, .present, .present])
        #expect(try content(all) == before)
        #expect(try all.runNumbers(matching: .all, lifecycle: .deleted) == [2])
        // And back: the source has all of it already.
        #expect(try store("a.db").merge(reading("all.db")) == [])
        #expect(try store("a.db").connection.value("SELECT count(*) FROM runs", as: Int.self) == 3)
    }

    @Test func `a dataset whose name is taken by other content gets another one`() throws {
        for (name, salt) in [("a.db", 1), ("b.db", 2), ("c.db", 3), ("d.db", 1)] { try fill(store(name), salt: salt) }
        let all = try store("all.db")
        #expect(try all.merge(reading("a.db")) == [])
        #expect(try all.merge(reading("b.db")) == [RenamedDataset(name: "small", newName: "small-2")])
        #expect(try all.merge(reading("c.db")) == [RenamedDataset(name: "small", newName: "small-3")])
        #expect(try all.merge(reading("d.db")) == [])
        #expect(try all.datasets().map(\.name) == ["small", "small-2", "small-3"])
        #expect(try all.run("4").datasetName == "small-2")
        #expect(try isSound("all.db"))
    }

    @Test func `numbers that were given once are not given again`() throws {
        try fill(store("a.db"), salt: 1)
        let all = try store("all.db")
        try fill(all, salt: 2)
        _ = try all.delete([3])
        _ = try all.purge()
        var numbers: [Int64] = []
        _ = try all.merge(reading("a.db")) { numbers.append($0.number) }
        #expect(numbers == [4, 5, 6])
        try fill(all, salt: 2, runs: 1)
        #expect(try all.run("7").name == "run 2.0")
    }

    // MARK: Sources that are none

    @Test func `the store itself, an older and a damaged one are refused, and nothing of them stays`() throws {
        let all = try store("all.db")
        try fill(all, salt: 1)
        #expect(throws: StoreError.self) { try all.merge(reading("all.db")) }
        let before = try content(all)
        let damages = [
            "DELETE FROM layers WHERE id = 1", "DELETE FROM metric_keys", "DELETE FROM datasets",
            "DELETE FROM environments", "DELETE FROM blobs", "UPDATE blobs SET bytes = zeroblob(17)",
            "UPDATE environments SET content = '{}'", "UPDATE dataset_splits SET inputs = zeroblob(length(inputs))",
            "UPDATE runs SET uuid = 'evil' || id", "UPDATE runs SET uuid = upper(uuid)",
        ]
        for (index, damage) in damages.enumerated() {
            let name = "damaged\(index).db"
            try fill(store(name), salt: 2, dataset: "other")
            try store(name).connection.execute("PRAGMA foreign_keys = OFF; " + damage)
            let error = #expect(throws: StoreError.self, "\(damage)") { try outcomes(all, name) }
            #expect(error?.code == .invalid)
            #expect(error?.description.contains(name) == true)
        }
        #expect(try content(all) == before)
        #expect(try isSound("all.db"))
    }

    @Test func `a source is only read`() throws {
        try fill(store("a.db"), salt: 1)
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.file("a.db")))
        _ = try outcomes(store("all.db"), "a.db")
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("a.db"))) == before)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!names.contains("a.db-wal") && !names.contains("a.db-shm"), "\(names)")
        let all = try store("all.db")
        try all.connection.attach(folder.file("a.db"), as: "source", isImmutable: false)
        let error = #expect(throws: SQLiteError.self) { try all.connection.execute("DELETE FROM source.runs") }
        #expect(error?.kind == .readOnly)
    }

    @Test(arguments: ["a b?c#d%20.db", "ü;'\".db", "file:x.db", ":memory:"])
    func `odd names of files are no more than names`(_ name: String) throws {
        try fill(store(name), salt: 1)
        #expect(try outcomes(store("all.db"), name).count == 3)
    }
}
