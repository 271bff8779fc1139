import Storage

/// A zip file of stored members, such as `numpy.savez` writes, described by its central directory.
///
/// The members must follow one another without gaps from the first byte to the directory, every local header must
/// agree with the directory, and every checksum must hold: so nothing overlaps and damage is noticed.
struct ZipArchive {
    /// A file in the archive.
    struct Member {
        let name: String
        /// Where its content is.
        let range: Range<Int>
    }

    private(set) var members: [Member] = []

    private static let endSize = 22
    private static let memberLimit = 1000

    init(_ bytes: [UInt8]) throws(DataError) {
        guard bytes.count >= Self.endSize else { throw DataError("the zip file is truncated") }
        var end = ByteReader(bytes, at: bytes.count - Self.endSize)
        guard try end.integer(UInt32.self) == 0x0605_4B50 else {
            throw DataError("the zip file has no directory at its end: it is truncated, or something follows")
        }
        let disks = try (end.integer(UInt16.self), end.integer(UInt16.self))
        let counts = try (end.integer(UInt16.self), end.integer(UInt16.self))
        let size = Int(try end.integer(UInt32.self))
        let start = Int(try end.integer(UInt32.self))
        let comment = try end.integer(UInt16.self)
        guard disks == (0, 0), counts.0 == counts.1, comment == 0, start + size == bytes.count - Self.endSize else {
            throw DataError("the end of the zip file's directory contradicts the rest")
        }
        guard counts.0 <= Self.memberLimit else { throw DataError("the zip file has \(counts.0) members") }

        var directory = ByteReader(bytes, at: start)
        directory.limit = start + size
        var local = ByteReader(bytes)
        local.limit = start
        for _ in 0..<counts.0 {
            let entry = try ZipEntry(directory: &directory)
            let member = try entry.member(at: &local)
            guard !members.contains(where: { $0.name.isExactly(member.name) }) else {
                throw DataError("member '\(member.name)': there are two of this name")
            }
            members.append(member)
        }
        guard directory.left == 0, local.left == 0 else {
            throw DataError("the zip file has bytes that belong to no member")
        }
    }
}

/// One entry of a zip file's central directory.
private struct ZipEntry {
    /// What both headers hold in a row: version needed, flags, method, time, date.
    let common: Range<Int>
    let crc: UInt32
    let size: UInt32
    let name: String
    let offset: UInt32

    init(directory reader: inout ByteReader) throws(DataError) {
        guard try reader.integer(UInt32.self) == 0x0201_4B50 else {
            throw DataError("the zip file's directory has no entry at byte \(reader.position - 4)")
        }
        _ = try reader.take(2)  // version that made it
        common = try reader.take(10)
        crc = try reader.integer(UInt32.self)
        let compressed = try reader.integer(UInt32.self)
        size = try reader.integer(UInt32.self)
        let nameLength = try reader.integer(UInt16.self)
        let extraLength = try reader.integer(UInt16.self)
        let commentLength = try reader.integer(UInt16.self)
        let disk = try reader.integer(UInt16.self)
        _ = try reader.take(6)  // attributes
        offset = try reader.integer(UInt32.self)
        name = String(decoding: reader.bytes[try reader.take(UInt64(nameLength))], as: UTF8.self)
        _ = try reader.take(UInt64(extraLength) + UInt64(commentLength))
        guard nameLength <= 255 else { throw DataError("a member's name has \(nameLength) bytes: 255 is the limit") }

        let start = common.lowerBound + 2
        let flags = UInt16(reader.bytes[start]) | UInt16(reader.bytes[start + 1]) << 8
        let method = UInt16(reader.bytes[start + 2]) | UInt16(reader.bytes[start + 3]) << 8
        guard method == 0 else {
            let hint = method == 8 ? "deflated: use np.savez instead of np.savez_compressed" : "compressed (\(method))"
            throw DataError("member '\(name)' is \(hint)")
        }
        // Bit 11 says that the name is UTF-8; the others mean encryption, patches or sizes given elsewhere.
        guard flags & ~0x0800 == 0, compressed == size, disk == 0 else {
            throw DataError("member '\(name)' is not plainly stored")
        }
    }

    /// Reads the local header, which must come next and agree, and the content, whose checksum must hold.
    func member(at reader: inout ByteReader) throws(DataError) -> ZipArchive.Member {
        guard reader.position == offset, try reader.integer(UInt32.self) == 0x0403_4B50 else {
            throw DataError("member '\(name)' does not begin at byte \(offset), right after the one before it")
        }
        let localCommon = try reader.take(10)
        let localCRC = try reader.integer(UInt32.self)
        let sizes = try [reader.integer(UInt32.self), reader.integer(UInt32.self)]
        let nameLength = try reader.integer(UInt16.self)
        let extraLength = try reader.integer(UInt16.self)
        let localName = try reader.take(UInt64(nameLength))
        let extra = try reader.take(UInt64(extraLength))
        guard reader.bytes[localCommon].elementsEqual(reader.bytes[common]), localCRC == crc,
            String(decoding: reader.bytes[localName], as: UTF8.self) == name,
            sizes == [size, size] || sizes == [.max, .max] && hasZip64Sizes(reader.bytes[extra])
        else { throw DataError("member '\(name)': its local header contradicts the directory") }

        guard size <= reader.left else {
            throw DataError("member '\(name)' has \(size) bytes but only \(reader.left) are left")
        }
        let range = try reader.take(UInt64(size))
        guard CRC32.checksum(reader.bytes[range]) == crc else {
            throw DataError("member '\(name)' is damaged: its checksum is wrong")
        }
        return ZipArchive.Member(name: name, range: range)
    }

    /// Whether this is one ZIP64 field that gives the same two sizes: NumPy writes local headers so.
    private func hasZip64Sizes(_ extra: ArraySlice<UInt8>) -> Bool {
        var expected = ByteWriter()
        expected.append(UInt16(1), UInt16(16), UInt64(size), UInt64(size))
        return extra.elementsEqual(expected.bytes)
    }
}
