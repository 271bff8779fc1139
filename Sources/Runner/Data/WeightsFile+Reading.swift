import FoundationEssentials

extension WeightsFile {
    /// The greatest length of a header, as in the format's own reader.
    private static let headerLimit: UInt64 = 100_000_000

    /// Reads the tensors of a safetensors file, in the order of their data.
    ///
    /// The file is taken as hostile: no length is believed before it is checked, and the data must be covered by the
    /// tensors without a gap or an overlap.
    ///
    /// - Throws: ``FileError`` when the file cannot be read, or holds what a network's state cannot.
    public static func read(path: String) throws(FileError) -> [Tensor] {
        let bytes = try File.read(path)
        do throws(DataError) {
            return try tensors(in: bytes)
        } catch {
            throw FileError(.malformed, path: path, message: error.message)
        }
    }

    package static func tensors(in bytes: [UInt8]) throws(DataError) -> [Tensor] {
        var reader = ByteReader(bytes)
        guard bytes.count >= 8 else { throw DataError("this is no safetensors file: it has \(bytes.count) bytes") }
        let length = try reader.integer(UInt64.self)
        guard length <= min(headerLimit, UInt64(reader.left)) else {
            throw DataError("this is no safetensors file: its header would be \(length) bytes long")
        }
        let header = bytes[try reader.take(length)]
        guard header.first == UInt8(ascii: "{"),
            let entries = try? JSONDecoder().decode(Header.self, from: Data(header))
        else { throw DataError("this is no safetensors file: its header is no JSON object of tensors") }
        var end = 0
        var tensors: [Tensor] = []
        for (name, entry) in entries.tensors.sorted(by: { ($0.entry.start, $0.name) < ($1.entry.start, $1.name) }) {
            guard !name.isEmpty, name == name.oneLine else {
                throw DataError("the name '\(name)' of a tensor is empty or holds control characters")
            }
            guard let format = Format(rawValue: entry.dtype) else {
                throw DataError(
                    "tensor '\(name)' is of type \(entry.dtype): F32, F64, F16, BF16 and I64 are read, convert it with .float()"
                )
            }
            guard entry.start == end, entry.end >= entry.start else {
                throw DataError("tensor '\(name)' begins at byte \(entry.start) of the data, where \(end) is expected")
            }
            let (count, rest) = (entry.end - entry.start).quotientAndRemainder(dividingBy: format.size)
            let dtype = format.dtype
            guard rest == 0, Tensor.size(entry.shape, dtype).map({ $0 / dtype.size }) == count else {
                throw DataError("tensor '\(name)' has the shape \(entry.shape) but \(entry.end - entry.start) bytes")
            }
            let range = try reader.take(UInt64(entry.end - entry.start))
            let content = format.converted(bytes[range])
            tensors.append(Tensor(name: name, shape: entry.shape, dtype: dtype, bytes: content))
            end = entry.end
        }
        guard reader.left == 0 else { throw DataError("\(reader.left) bytes follow the last tensor") }
        return tensors
    }

    /// The types that are read; all but whole numbers become float32, as `load_state_dict` makes of them.
    private enum Format: String {
        case float32 = "F32"
        case float64 = "F64"
        case float16 = "F16"
        case bfloat16 = "BF16"
        case int64 = "I64"

        var dtype: DType { self == .int64 ? .int64 : .float32 }

        /// The size of one element in the file, in bytes.
        var size: Int {
            switch self {
            case .float64, .int64: 8
            case .float32: 4
            case .float16, .bfloat16: 2
            }
        }

        /// Elements as tensors hold them: to the nearest float32, ties to even; the narrower types lose nothing.
        func converted(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
            switch self {
            case .float32, .int64: return Array(bytes)
            case .float64: return converted(bytes) { (bits: UInt64) in Float(Double(bitPattern: bits)) }
            case .float16: return converted(bytes) { (bits: UInt16) in Float(Float16(bitPattern: bits)) }
            case .bfloat16: return converted(bytes) { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
            }
        }

        private func converted<Bits: FixedWidthInteger & BitwiseCopyable>(
            _ bytes: ArraySlice<UInt8>,
            _ value: (Bits) -> Float
        ) -> [UInt8] {
            var writer = ByteWriter()
            bytes.withUnsafeBytes { raw in
                for offset in stride(from: 0, to: raw.count, by: size) {
                    writer.append(value(raw.loadUnaligned(fromByteOffset: offset, as: Bits.self)).bitPattern)
                }
            }
            return writer.bytes
        }
    }

    private struct Header: Decodable {
        struct Entry: Decodable {
            let dtype: String
            let shape: [Int]
            let start: Int
            let end: Int

            private enum Key: String, CodingKey {
                case dtype, shape
                case offsets = "data_offsets"
            }

            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: Key.self)
                dtype = try container.decode(String.self, forKey: .dtype)
                shape = try container.decode([Int].self, forKey: .shape)
                let offsets = try container.decode([Int].self, forKey: .offsets)
                guard offsets.count == 2 else {
                    throw DecodingError.dataCorruptedError(
                        forKey: .offsets,
                        in: container,
                        debugDescription: "not two numbers"
                    )
                }
                (start, end) = (offsets[0], offsets[1])
            }
        }

        let tensors: [(name: String, entry: Entry)]

        private struct Name: CodingKey {
            let stringValue: String
            let intValue: Int? = nil
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Name.self)
            tensors = try container.allKeys.compactMap { name in
                if name.stringValue == "__metadata__" {
                    _ = try container.decode([String: String].self, forKey: name)
                    return nil
                }
                return (name.stringValue, try container.decode(Entry.self, forKey: name))
            }
        }
    }
}
