import Glibc
import Storage

/// One table of an export, written as CSV, as JSON Lines, or as both, in large pieces.
public final class ExportTable {
    public private(set) var rows = 0
    /// The files by their endings.
    private let csv: ExportFile?
    private let lines: ExportFile?
    /// The keys of a row's object with what is around them, in the order of the columns.
    private let keys: [[UInt8]]

    /// Makes the files.
    ///
    /// - Throws: `StoreError` when they cannot be made.
    init(_ name: String, _ columns: [String], of store: Store, in folder: String, _ kinds: Set<ExportKind>) throws {
        csv = kinds.contains(.csv) ? try ExportFile(folder + "/" + name + ".csv", of: store) : nil
        lines = kinds.contains(.jsonl) ? try ExportFile(folder + "/" + name + ".jsonl", of: store) : nil
        keys = columns.enumerated().map { index, column in
            Array((index == 0 ? "{" : ",").utf8) + Array("\(JSON.string(column).text):".utf8)
        }
        try csv?.append { $0 += (CSV.line(columns) + "\n").utf8 }
    }

    /// The files it is written to.
    public var files: [ExportFile] { [csv, lines].compactMap { $0 } }

    /// Adds a row, a value for each column.
    func append(_ values: [SQLValue]) throws {
        let row = ExportPart(values, at: 0, of: self)
        rows += 1
        try csv?.append { $0 += row.csv + [UInt8(ascii: "\n")] }
        try lines?.append { $0 += row.json + Array("}\n".utf8) }
    }

    /// Adds a row of parts that were made before and two numbers, one between them and one after.
    func append(_ head: ExportPart, _ number: Int64, _ middle: ExportPart, _ value: Double) throws {
        rows += 1
        try csv?.append { bytes in
            bytes += head.csv
            bytes.append(UInt8(ascii: ","))
            bytes += number.description.utf8
            bytes.append(UInt8(ascii: ","))
            bytes += middle.csv
            bytes.append(UInt8(ascii: ","))
            bytes += NumberText.exact(value).utf8
            bytes.append(UInt8(ascii: "\n"))
        }
        try lines?.append { bytes in
            bytes += head.json
            bytes += keys[head.count]
            bytes += number.description.utf8
            bytes += middle.json
            bytes += keys[head.count + 1 + middle.count]
            JSON.real(value).write(to: &bytes)
            bytes += "}\n".utf8
        }
    }

    /// Values of columns that follow each other, as members of a row's object.
    fileprivate func json(_ values: [SQLValue], at column: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for (key, value) in zip(keys[column...], values) {
            bytes += key
            JSON(value).write(to: &bytes)
        }
        return bytes
    }

    /// Writes what is still held.
    func finish() throws { for file in files { try file.finish() } }
}

/// The formats of exported tables.
public enum ExportKind: String, CaseIterable, Sendable {
    case csv, jsonl
}

/// Values of columns that follow each other, written once for the many rows that have them.
struct ExportPart {
    let count: Int
    let csv: [UInt8]
    let json: [UInt8]

    init(_ values: [SQLValue], at column: Int, of table: ExportTable) {
        count = values.count
        csv = Array(CSV.line(values.map(\.text)).utf8)
        json = table.json(values, at: column)
    }
}

/// A file of an export.
public final class ExportFile {
    let path: String
    /// In bytes.
    public private(set) var size: Int64 = 0
    private var descriptor: Int32
    private var bytes: [UInt8] = []

    fileprivate init(_ path: String, of store: Store) throws {
        self.path = path
        descriptor = store.create(path)
        guard descriptor >= 0 else { throw failure() }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The file's name without its folder.
    public var name: String { String(path[path.index(after: path.lastIndex(of: "/") ?? path.startIndex)...]) }

    fileprivate func append(_ write: (inout [UInt8]) -> Void) throws {
        write(&bytes)
        if bytes.count >= 1 << 18 { try flush() }
    }

    fileprivate func finish() throws {
        try flush()
        guard fsync(descriptor) == 0, close(descriptor) == 0 else { throw failure() }
        descriptor = -1
    }

    private func flush() throws {
        var written = 0
        try bytes.withUnsafeBytes { buffer in
            while written < buffer.count {
                let count = write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
                guard count >= 0 || errno == EINTR else { throw failure() }
                written += max(0, count)
            }
        }
        size += Int64(bytes.count)
        bytes.removeAll(keepingCapacity: true)
    }

    private func failure() -> StoreError {
        let reason = String(cString: strerror(errno))
        let isFull = [ENOSPC, EDQUOT, EIO, EFBIG].contains(errno)
        return isFull
            ? StoreError.cannotWrite(path: name, reason: reason) : StoreError.cannotCreate(path: name, reason: reason)
    }
}
