import Foundation
import Glibc
import TestSupport
import Testing

@testable import Storage

/// Files that commands write: what they replace, and who may read them.
@Suite struct WrittenFileTests {
    private let folder: TemporaryFolder
    private let store: Store
    private static let picture = Array("<svg xmlns=\"http://www.w3.org/2000/svg\"/>".utf8)

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.file("varve.db"), for: .writing)
    }

    private func file(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: folder.file(name)))
        return folder.file(name)
    }

    private func content(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: folder.file(name))))
    }

    private func mode(_ name: String) -> mode_t {
        var status = stat()
        return stat(folder.file(name), &status) == 0 ? status.st_mode & 0o777 : 0
    }

    private func refusal(_ place: String) -> StoreError? {
        storeError { try store.write(Self.picture, to: place, as: .svg) }
    }

    @Test func `a file of the same kind is replaced, and an empty one is filled`() throws {
        let xml = try file("old.svg", "\n<?xml version=\"1.0\"?><svg/>".utf8)
        for place in [xml, try file("empty.svg", []), folder.file("new.svg")] {
            #expect(refusal(place) == nil)
            #expect(try Array(Data(contentsOf: URL(fileURLWithPath: place))) == Self.picture)
        }
        let archive: [UInt8] =
            [0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 22) + [5, 0, 0, 0] + Array("x.npy".utf8)
        try store.write([1], to: file("x.npz", archive), as: .npz)
        try store.write([1], to: file("w.safetensors", [2, 0, 0, 0, 0, 0, 0, 0] + Array("{}".utf8)), as: .safetensors)
        #expect(try content("x.npz") == [1] && content("w.safetensors") == [1])
    }

    @Test func `a file of another kind stays as it is`() throws {
        let others = ["# notes", "<html></html>", "PK\u{3}\u{4} a document", "<?xml version=\"1.0\"?><data/>", "{}"]
        for (index, text) in others.enumerated() {
            let place = try file("other\(index)", text.utf8)
            for kind in [FileKind.svg, .npz, .safetensors] {
                #expect(
                    storeError { try store.write([], to: place, as: kind) }
                        == .otherKind(path: place, isDatabase: false, wanted: kind)
                )
            }
            #expect(storeError { _ = try store.backUp(to: place, isReplacing: true) }?.code == .cannotCreate)
            #expect(try content("other\(index)") == Array(text.utf8))
        }
    }

    @Test func `no database and nothing of one is replaced, under whatever name`() throws {
        let source = store.path
        let foreign = try Connection(path: folder.file("foreign.db"), mode: .create)
        try foreign.execute("CREATE TABLE t (x)")
        try FileManager.default.createSymbolicLink(atPath: folder.file("link.svg"), withDestinationPath: source)
        try FileManager.default.createSymbolicLink(atPath: folder.file("log.svg"), withDestinationPath: source + "-wal")
        try FileManager.default.linkItem(atPath: folder.file("foreign.db"), toPath: folder.file("hard.svg"))
        try FileManager.default.linkItem(atPath: source + "-wal", toPath: folder.file("hardlog.svg"))
        try FileManager.default.linkItem(atPath: source + "-shm", toPath: folder.file("index.svg"))
        try store.connection.execute("INSERT INTO experiments (id, name, created, updated) VALUES (7, 'x', 0, 0)")
        let names = ["varve.db", "varve.db-wal", "varve.db-shm", "foreign.db"]
        let before = try names.map(content)
        for name in names + ["varve.db-journal", "link.svg", "log.svg", "hard.svg", "hardlog.svg", "index.svg"] {
            #expect(refusal(folder.file(name))?.code == .cannotCreate, "\(name)")
        }
        #expect(try names.map(content) == before)
        // A log or a journal is one under any name.
        let log = [UInt8]([0x37, 0x7F, 0x06, 0x82]) + [UInt8](repeating: 0, count: 60)
        let journal = [UInt8]([0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]) + [UInt8](repeating: 0, count: 60)
        for bytes in [log, journal, FileKind.mark] { #expect(!FileKind.artifact.fits(bytes)) }
        #expect(FileKind.artifact.fits(Array("text".utf8)))
        // A log that will be somebody's is none of ours either.
        #expect(refusal(folder.file("later.db-wal")) == .namedLikeLog(path: folder.file("later.db-wal")))
        #expect(
            storeError { _ = try store.backUp(to: folder.file("foreign.db"), isReplacing: true) }?.code == .cannotCreate
        )
        #expect(
            storeError { _ = try PendingFolder(at: folder.file("x.db-journal"), from: store) }?.code == .cannotCreate
        )
    }

    @Test func `a store that is open is not replaced`() throws {
        let place = folder.file("copy.db")
        _ = try store.backUp(to: place, isReplacing: false)
        do {
            let open = try Store(path: place, for: .reading)
            #expect(storeError { _ = try store.backUp(to: place, isReplacing: true) } == .inUse(path: place))
            #expect(storeError { _ = try store.export([], to: place, isReplacing: true) } == .inUse(path: place))
            withExtendedLifetime(open) {}
        }
        _ = try store.export([], to: place, isReplacing: true)
    }

    @Test func `a copy is never more open than its source, nor than what it replaces`() throws {
        chmod(store.path, 0o640)
        try store.write(Self.picture, to: folder.file("a.svg"), as: .svg)
        #expect(mode("a.svg") & 0o137 == 0)
        chmod(store.path, 0o600)
        for name in ["varve.db-wal", "varve.db-shm"] { chmod(folder.file(name), 0o600) }
        _ = try store.backUp(to: folder.file("copy.db"), isReplacing: false)
        _ = try store.export([], to: folder.file("small.db"), isReplacing: false)
        try store.write(Self.picture, to: folder.file("b.svg"), as: .svg)
        close(store.create(folder.file("c.csv")))
        try PendingFolder(at: folder.file("out"), from: store).complete()
        FilePermissions.makeFile(at: folder.file("merged.db"), asPrivateAs: [store.path])
        for name in ["copy.db", "small.db", "b.svg", "c.csv", "out", "merged.db"] {
            #expect(mode(name) & 0o077 == 0, "\(name): \(String(mode(name), radix: 8))")
        }
        chmod(store.path, 0o644)
        try store.write(Self.picture, to: folder.file("b.svg"), as: .svg)
        #expect(mode("b.svg") & 0o077 == 0)
        let open = try #require(FilePermissions(of: store.path))
        #expect(open.isMoreOpen(than: try #require(FilePermissions(of: folder.file("copy.db")))))
        #expect(!open.isMoreOpen(than: open))
    }

    @Test func `a link keeps its place when its target is written`() throws {
        let target = try file("target", [])
        try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: target)
        #expect(refusal(folder.file("link")) == nil)
        #expect(try content("target") == Self.picture)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("link")) == target)
    }

    @Test func `a full device is reported as a failed write and stays a device`() throws {
        #expect(refusal("/dev/full") == .cannotWrite(path: "/dev/full", reason: "No space left on device"))
        let type = try FileManager.default.attributesOfItem(atPath: "/dev/full")[.type] as? FileAttributeType
        #expect(type == .typeCharacterSpecial)
    }

    @Test func `what cannot be created is reported, and nothing is left`() throws {
        let before = try FileManager.default.contentsOfDirectory(atPath: folder.path).count
        let long = String(repeating: "n", count: 300)
        for place in [folder.path, folder.file("absent/a.svg"), store.path + "/a.svg", folder.file(long), "", "a\0b"] {
            #expect(refusal(place)?.code == .cannotCreate, "\(place)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == before)
    }
}
