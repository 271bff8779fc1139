import Glibc

/// Cuts a stream of bytes into lines, and holds no more than one of them.
public struct LineSplitter: Sendable {
    /// The longest line that is handed over, in bytes: longer ones are passed over without being held.
    public static let limit = 1 << 20

    private var number = 0
    /// The beginning of a line whose end has not come yet.
    private var rest: [UInt8] = []
    private var isTooLong = false

    public init() {}

    /// Hands over the lines that end in a chunk of the stream, with their ends.
    ///
    /// - Parameters:
    ///   - chunk: the bytes that follow those of the last call.
    ///   - body: takes the line's number, from 1, and the line, nil where it was too long; what it throws ends the chunk.
    /// - Throws: what `body` throws.
    public mutating func take(_ chunk: Span<UInt8>, _ body: (Int, Span<UInt8>?) throws -> Void) throws {
        var start = 0
        while let end = Self.lineEnd(in: chunk, from: start) {
            try emit(chunk.extracting(start..<end), body)
            start = end
        }
        keep(chunk.extracting(start..<chunk.count))
    }

    /// Hands over the last line where it has no end.
    public mutating func finish(_ body: (Int, Span<UInt8>?) throws -> Void) throws {
        guard !rest.isEmpty || isTooLong else { return }
        try emit([UInt8]().span, body)
    }

    private mutating func emit(_ last: Span<UInt8>, _ body: (Int, Span<UInt8>?) throws -> Void) throws {
        number += 1
        if rest.isEmpty, !isTooLong { return try body(number, last.count > Self.limit ? nil : last) }
        keep(last)
        let line = rest
        let isWhole = !isTooLong
        rest = []
        isTooLong = false
        try body(number, isWhole ? line.span : nil)
    }

    private mutating func keep(_ bytes: Span<UInt8>) {
        guard !isTooLong else { return }
        guard rest.count + bytes.count <= Self.limit else {
            rest = []
            isTooLong = true
            return
        }
        bytes.withUnsafeBufferPointer { rest.append(contentsOf: $0) }
    }

    /// The place after the next line feed.
    private static func lineEnd(in chunk: Span<UInt8>, from start: Int) -> Int? {
        chunk.withUnsafeBytes { bytes in
            guard start < bytes.count, let first = bytes.baseAddress,
                let found = memchr(first + start, 10, bytes.count - start)
            else { return nil }
            return found - UnsafeMutableRawPointer(mutating: first) + 1
        }
    }
}
