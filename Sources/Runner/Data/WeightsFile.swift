import Storage

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
        var header = WeightsHeader(metadata: metadata.sorted { $0.key < $1.key })
        var names: Set = ["__metadata__"]
        for tensor in tensors {
            guard names.insert(tensor.name).inserted else { throw DataError("the name '\(tensor.name)' is taken") }
            guard Tensor.size(tensor.shape, tensor.dtype) == tensor.bytes.count else {
                throw DataError("'\(tensor.name)' has the shape \(tensor.shape) but \(tensor.bytes.count) bytes")
            }
            header.add(
                tensor.name,
                dtype: tensor.dtype.rawValue,
                shape: "\(tensor.shape)",
                size: Int64(tensor.bytes.count)
            )
        }
        var writer = ByteWriter()
        writer.append(header.bytes)
        for tensor in tensors { writer.append(tensor.bytes) }
        return writer.bytes
    }
}
