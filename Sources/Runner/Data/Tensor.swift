/// The element type of a tensor, under the name that the safetensors format gives it.
public enum DType: String, Sendable, Equatable {
    case float32 = "F32"
    case int64 = "I64"

    /// The size of one element in bytes.
    public var size: Int {
        switch self {
        case .float32: 4
        case .int64: 8
        }
    }
}

/// A named array as it travels between the network, the store and files.
public struct Tensor: Sendable, Equatable {
    /// Its key in PyTorch's `state_dict`, such as `linear1.weight`.
    public var name: String
    /// Its dimensions; none for a single number.
    public var shape: [Int]
    public var dtype: DType
    /// The elements, row-major and little-endian.
    public var bytes: [UInt8]

    /// Names an array whose bytes are already laid out.
    public init(name: String, shape: [Int], dtype: DType, bytes: [UInt8]) {
        self.name = name
        self.shape = shape
        self.dtype = dtype
        self.bytes = bytes
    }

    /// The number of bytes that a shape asks for; nil if no memory holds as many.
    public static func size(_ shape: [Int], _ dtype: DType) -> Int? {
        var size = dtype.size
        for dimension in shape {
            let product = size.multipliedReportingOverflow(by: dimension)
            guard dimension >= 0, !product.overflow else { return nil }
            size = product.partialValue
        }
        return size
    }
}
