/// Weights in files of the safetensors format.
///
/// The format: https://github.com/huggingface/safetensors#format
public enum WeightsFile {
    /// The bytes of a file that `safetensors.torch.load_file` reads: the header's length, the header as JSON, the tensors'
    /// data.
    ///
    /// `metadata` becomes the header's `__metadata__`. Equal arguments give equal bytes.
    ///
    /// - Throws: ``DataError`` for tensors of one name, or with other bytes than their shapes need.
    public static func content(_ tensors: [Tensor], metadata: [String: String]) throws(DataError) -> [UInt8] {
        var entries: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
            entries.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        var names: Set = ["__metadata__"]
        var offset = 0
        for tensor in tensors {
            guard names.insert(tensor.name).inserted else { throw DataError("the name '\(tensor.name)' is taken") }
            guard Tensor.size(tensor.shape, tensor.dtype) == tensor.bytes.count else {
                throw DataError("'\(tensor.name)' has the shape \(tensor.shape) but \(tensor.bytes.count) bytes")
            }
            let end = offset + tensor.bytes.count
            entries.append(
                "\(quoted(tensor.name)):{\"dtype\":\"\(tensor.dtype.rawValue)\",\"shape\":\(tensor.shape),"
                    + "\"data_offsets\":[\(offset),\(end)]}"
            )
            offset = end
        }
        let header = "{\(entries.joined(separator: ","))}"
        let padding = String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
        var writer = ByteWriter()
        writer.append(UInt64(header.utf8.count + padding.utf8.count))
        writer.append(header + padding)
        for tensor in tensors { writer.append(tensor.bytes) }
        return writer.bytes
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
