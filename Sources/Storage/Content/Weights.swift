/// A tensor with its bytes, as it goes into the store; hashed when it is made, so that workers can do it.
public struct TensorRecord: Sendable, Equatable {
    /// As in PyTorch's `state_dict`, such as `linear1.weight`.
    public let name: String
    /// Row-major; empty for a single number.
    public let shape: [Int]
    /// `F32` or `I64`, as in a safetensors file.
    public let dtype: String
    /// Little-endian.
    public let bytes: [UInt8]
    /// SHA-256 of the bytes.
    public let digest: String

    public init(name: String, shape: [Int], dtype: String, bytes: [UInt8]) {
        self.name = name
        self.shape = shape
        self.dtype = dtype
        self.bytes = bytes
        digest = Digest.sha256(bytes)
    }

    var shapeText: String { JSON.array(shape.map { .integer(Int64($0)) }).text }
}

/// A stored tensor without its bytes.
public struct TensorSummary: Sendable, Equatable {
    /// When it was taken: `initial` or `final`.
    public let stage: String
    public let position: Int64
    public let name: String
    /// JSON, as `[100,40]`.
    public let shape: String
    public let dtype: String
    public let digest: String
    /// In bytes.
    public let size: Int64
}

extension Store {
    /// The tensors kept with a run, initial ones first, in the order of the state_dict.
    public func tensors(of run: Int64) throws -> [TensorSummary] {
        let statement = try connection.prepare(PackageResources.listTensors_sql)
        try statement.bind(run)
        return try statement.rows(as: TensorSummary.init)
    }

    /// The bytes of a stored tensor.
    ///
    /// - Throws: ``StoreError`` when they are gone or are not what the digest says.
    public func bytes(of tensor: TensorSummary) throws -> [UInt8] {
        let statement = try connection.prepare(PackageResources.findBlob_sql)
        try statement.bind(tensor.digest)
        guard let bytes = try statement.first(as: { (bytes: [UInt8]) in bytes }) else {
            throw StoreError.damagedTensor(name: tensor.name, path: path, what: "is missing")
        }
        guard Digest.sha256(bytes) == tensor.digest else {
            throw StoreError.damagedTensor(name: tensor.name, path: path, what: "does not have its digest")
        }
        return bytes
    }
}
