/// A cursor over foreign bytes that checks every length against what is left.
struct ByteReader {
    let bytes: [UInt8]
    private(set) var position: Int
    /// Where reading must stop: the end of the bytes, or of a part of them.
    var limit: Int

    /// Reads from `position` up to the end.
    init(_ bytes: [UInt8], at position: Int = 0) {
        self.bytes = bytes
        self.position = min(max(position, 0), bytes.count)
        limit = bytes.count
    }

    var left: Int { limit - position }

    /// Steps over `count` bytes and returns where they are; nothing is copied.
    mutating func take(_ count: UInt64) throws(DataError) -> Range<Int> {
        guard count <= UInt64(left) else {
            throw DataError("\(count) bytes are announced at byte \(position), where only \(left) are left")
        }
        let start = position
        position += Int(count)
        return start..<position
    }

    /// Reads an unsigned little-endian integer.
    mutating func integer<Value: FixedWidthInteger & UnsignedInteger>(_: Value.Type) throws(DataError) -> Value {
        let range = try take(UInt64(Value.bitWidth / 8))
        return bytes[range].reversed().reduce(0) { $0 << 8 | Value($1) }
    }

    /// Steps over a line and its newline, and returns where the line is.
    mutating func line() throws(DataError) -> Range<Int> {
        guard let end = bytes[position..<limit].firstIndex(of: 0x0A) else {
            throw DataError("a line begins at byte \(position) and does not end")
        }
        let start = position
        position = end + 1
        return start..<end
    }
}
