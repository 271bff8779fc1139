extension ResidualNetwork {
    /// Takes over a state, as PyTorch's `load_state_dict(strict=True)`.
    ///
    /// - Returns: how many batches the norms have seen.
    /// - Throws: ``DataError`` when a tensor is missing, not expected, or of another shape or type.
    func load(_ tensors: [Tensor]) throws(DataError) -> Int {
        var rest = Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var batches: Int?
        for (name, place) in state(steps: 0) {
            guard let tensor = rest.removeValue(forKey: name) else { throw DataError("there is no tensor '\(name)'") }
            switch place {
            case .values(let matrix, let shape):
                guard tensor.dtype == .float32, tensor.shape == shape else {
                    throw DataError(
                        "tensor '\(name)' is \(tensor.dtype.rawValue) \(tensor.shape), where F32 \(shape) is expected"
                    )
                }
                matrix.copyRows(from: tensor.bytes)
            case .batches:
                let count = try Self.count(tensor)
                guard batches == nil || batches == count else {
                    throw DataError("tensor '\(name)' is \(count), but other norms have seen \(batches ?? 0) batches")
                }
                batches = count
            }
        }
        if let name = rest.keys.min() { throw DataError("the network has no tensor '\(name)'") }
        return batches ?? 0
    }

    /// A `num_batches_tracked`.
    private static func count(_ tensor: Tensor) throws(DataError) -> Int {
        guard tensor.dtype == .int64, tensor.shape.isEmpty, tensor.bytes.count == 8 else {
            throw DataError(
                "tensor '\(tensor.name)' is \(tensor.dtype.rawValue) \(tensor.shape), where an I64 is expected"
            )
        }
        let count = tensor.bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard count < 1 << 53 else { throw DataError("tensor '\(tensor.name)' is no count of batches") }
        return Int(count)
    }
}

extension Matrix {
    /// Takes over rows of float32, little-endian, which are checked to be as many as the matrix has; the padding stays.
    fileprivate func copyRows(from bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            let length = columns * 4
            guard bytes.count == rows * length else { return }
            for row in 0..<rows {
                let target = UnsafeMutableRawBufferPointer(start: self.row(row), count: length)
                target.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[row * length..<(row + 1) * length]))
            }
        }
    }
}
