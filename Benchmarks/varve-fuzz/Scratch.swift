import Glibc
import Runner
import Storage

/// Files in the working folder.
enum Scratch {
    /// A new store in place of the one that an earlier input was read into.
    static func store(_ name: String) -> Store {
        for ending in ["", "-wal", "-shm"] { unlink(name + ending) }
        do {
            return try Store(path: name, for: .writing)
        } catch {
            print("\(error)")
            exit(74)
        }
    }

    /// Records a run of some lines.
    static func record(_ lines: some Sequence<String>, in store: Store) {
        do {
            let log = try RunLog(store, LoggedRun())
            for line in lines { try log.take(Array(line.utf8).span) }
            if !log.isEnded { try log.end(.finished) }
        } catch {
            print("\(error)")
            exit(74)
        }
    }
}

/// An npz file with the four arrays of a dataset, one of which is an input.
enum Archive {
    static func around(_ input: [UInt8]) -> [UInt8] {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        let labels = npy("<i8", [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0], shape: "(2,)")
        let none = npy("<f4", [], shape: "(0, 3)")
        let noLabels = npy("<i8", [], shape: "(0,)")
        let members = [("x.npy", input), ("y.npy", labels), ("x_test.npy", none), ("y_test.npy", noLabels)]
        for (name, content) in members {
            let common =
                [20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0] + little(CRC32.checksum(content)) + little(UInt32(content.count))
                + little(UInt32(content.count)) + little(UInt32(name.utf8.count))
            directory +=
                [0x50, 0x4B, 1, 2, 20, 3] + common + [UInt8](repeating: 0, count: 10) + little(UInt32(file.count))
            directory += name.utf8
            file += [0x50, 0x4B, 3, 4] + common + name.utf8 + content
        }
        let count = UInt8(members.count)
        return file + directory + [0x50, 0x4B, 5, 6, 0, 0, 0, 0, count, 0, count, 0] + little(UInt32(directory.count))
            + little(UInt32(file.count)) + [0, 0]
    }

    private static func npy(_ type: String, _ data: [UInt8], shape: String) -> [UInt8] {
        let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }\n"
        return [0x93] + "NUMPY".utf8 + [1, 0, UInt8(header.utf8.count), 0] + header.utf8 + data
    }

    private static func little(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
