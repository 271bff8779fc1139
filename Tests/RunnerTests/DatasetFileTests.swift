import Foundation
import Glibc
import TestSupport
import Testing

@testable import Runner

@Suite struct DatasetFileTests {
    let fixtures: DatasetFixtures
    private let folder: TemporaryFolder

    init() throws {
        fixtures = try .load()
        folder = try TemporaryFolder()
    }

    private func path(_ name: String) -> String { folder.file(name) }

    private func file(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
        try Data(bytes).write(to: folder.url.appending(path: name))
        return path(name)
    }

    @Test(arguments: 0..<8) func `pickles of today's NumPy are read, protocols 2 to 5`(_ index: Int) throws {
        let path = try file("any.name", fixtures.pickles[index].bytes)
        #expect(try DatasetFile.read(path: path).dataset == fixtures.dataset)
    }

    @Test(arguments: 0..<2) func `npz files of today's NumPy are read`(_ index: Int) throws {
        let path = try file("any.name", fixtures.npz[index].bytes)
        let (dataset, digest) = try DatasetFile.read(path: path)
        #expect(try dataset == fixtures.dataset)
        #expect(digest == sha256(Array(fixtures.npz[index].bytes)))
    }

    @Test func `a made npz is read back equal, and is twice the same bytes`() throws {
        let dataset = try fixtures.dataset
        let bytes = try dataset.npz()
        #expect(try DatasetFile.read(path: file("data.npz", bytes)).dataset == dataset)
        #expect(try dataset.npz() == bytes)
        // The bytes that NumPy 2.4.6 was seen to load as the same arrays.
        #expect(sha256(bytes) == "83c412fed28b8a4f3ff0553459050f2f4417939b618d77925a421bbe0ff093da")
    }

    @Test func `an empty validation split survives the way through a file`() throws {
        let dataset = try Dataset(
            features: 3,
            training: .init(inputs: [1, 2, 3], labels: [7]),
            validation: .init(inputs: [], labels: [])
        )
        #expect(try DatasetFile.read(path: file("data.npz", dataset.npz())).dataset == dataset)
    }

    @Test func `a missing file, a folder, a FIFO, a device, an empty and a foreign file are told apart`() throws {
        let fifo = path("fifo")
        #expect(mkfifo(fifo, 0o600) == 0)
        let expected: [(String, FileError.Kind, String)] = [
            (path("absent"), .missing, "cannot be opened: No such file or directory"),
            (folder.path, .malformed, "this is a folder, not a file"),
            (fifo, .malformed, "this is a device or pipe, not a file"),
            ("/dev/zero", .malformed, "this is a device or pipe, not a file"),
            (try file("empty", []), .malformed, "the file is empty"),
            (try file("text", "x,y\n".utf8), .malformed, "this is neither a pickle nor an npz file"),
            (
                try file("one.npy", [0x93] + "NUMPY".utf8), .malformed,
                "an npy file holds one array, a dataset four: use np.savez with x, y, x_test and y_test"
            ),
            (
                try file("deflated.npz", fixtures.npz_deflated), .malformed,
                "member 'x.npy' is deflated: use np.savez instead of np.savez_compressed"
            ),
        ]
        for (path, kind, message) in expected {
            let error = #expect(throws: FileError.self) { try DatasetFile.read(path: path) }
            #expect(error == FileError(kind, path: path, message: message))
            #expect(error?.description == "\(path): \(message)")
        }
    }

    @Test func `a file larger than a gigabyte is refused before it is read`() throws {
        let path = try file("huge", [0x80])
        #expect(truncate(path, (1 << 30) + 1) == 0)
        #expect(throws: FileError(.malformed, path: path, message: "the file has 1073741825 bytes: 1 GiB is the limit"))
        { try DatasetFile.read(path: path) }
    }

    @Test(.enabled(if: geteuid() != 0, "the superuser may read everything"))
    func `a file that may not be read is reported`() throws {
        let path = try file("secret", [0x80])
        #expect(chmod(path, 0) == 0)
        #expect(throws: FileError(.unreadable, path: path, message: "cannot be opened: Permission denied")) {
            try DatasetFile.read(path: path)
        }
    }
}
