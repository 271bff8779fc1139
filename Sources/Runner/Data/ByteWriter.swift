/// Bytes under construction, integers little-endian.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append<each Value: FixedWidthInteger>(_ values: repeat each Value) {
        for value in repeat each values {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
    }

    mutating func append(_ more: some Collection<UInt8>) {
        bytes.append(contentsOf: more)
    }

    mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// Appends numbers as they lie in memory, which is little-endian on every platform of Swift's.
    mutating func append<Value: BitwiseCopyable>(memoryOf values: [Value]) {
        values.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
}
