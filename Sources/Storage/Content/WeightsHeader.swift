/// What stands before the tensors' data in a file of the safetensors format.
///
/// The format: https://github.com/huggingface/safetensors#format
public struct WeightsHeader: Sendable {
    private var entries: [String] = []
    private var offset: Int64 = 0

    /// Begins a header; `metadata`, in this order, becomes its `__metadata__`.
    public init(metadata: [(key: String, value: String)]) {
        guard !metadata.isEmpty else { return }
        let pairs = metadata.map { "\(Self.quoted($0.key)):\(Self.quoted($0.value))" }
        entries.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }

    /// Adds a tensor, whose data follow those of the tensor before it.
    ///
    /// - Parameters:
    ///   - name: its name, which no other one has.
    ///   - dtype: its element type, as `F32`.
    ///   - shape: its shape as JSON, as `[100, 40]`.
    ///   - size: how many bytes its data are.
    public mutating func add(_ name: String, dtype: String, shape: String, size: Int64) {
        let end = offset &+ size
        entries.append(
            "\(Self.quoted(name)):{\"dtype\":\"\(dtype)\",\"shape\":\(shape),\"data_offsets\":[\(offset),\(end)]}"
        )
        offset = end
    }

    /// The header's length and the header as JSON, filled up to whole words of eight bytes.
    public var bytes: [UInt8] {
        var header = Array("{\(entries.joined(separator: ","))}".utf8)
        header += [UInt8](repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
        return withUnsafeBytes(of: UInt64(header.count).littleEndian, Array.init) + header
    }

    /// A JSON string.
    private static func quoted(_ text: String) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": json += "\\\(scalar)"
            case "\0"..<" ": json += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }
}
