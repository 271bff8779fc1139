import Crypto

/// One tensor of a network's state where it lies in memory.
enum StateTensor {
    /// A matrix, or a vector that is kept as a matrix of one row.
    case values(Matrix, shape: [Int])
    /// The number of batches that a norm has seen, an int64 without dimensions.
    case batches(Int)
}

extension ResidualNetwork {
    /// The state under the names and in the order of PyTorch's `state_dict()`.
    ///
    /// Each linear layer follows the norm before it, and both are numbered by the linear layer: `batchnorm3.weight`,
    /// `batchnorm3.bias`, `batchnorm3.running_mean`, `batchnorm3.running_var`, `batchnorm3.num_batches_tracked`,
    /// `linear3.weight`, `linear3.bias`. So it is in the notebook's classes, and the others keep to it: in `branchnorm`
    /// `batchnorm2` to `batchnorm6` exist, in `layernorm` `layernorm2` to `layernorm6` with weight and bias.
    func state(steps: Int) -> [(name: String, tensor: StateTensor)] {
        func vector(_ matrix: Matrix) -> StateTensor { .values(matrix, shape: [matrix.columns]) }
        var state: [(String, StateTensor)] = []
        for (index, stage) in stages.enumerated() {
            if let norm = stage.batchNorm {
                let name = "batchnorm\(index + 1)"
                state.append(("\(name).weight", vector(norm.weight.value)))
                state.append(("\(name).bias", vector(norm.bias.value)))
                state.append(("\(name).running_mean", vector(norm.runningMean)))
                state.append(("\(name).running_var", vector(norm.runningVariance)))
                state.append(("\(name).num_batches_tracked", .batches(steps)))
            }
            if let norm = stage.layerNorm {
                state.append(("layernorm\(index + 1).weight", vector(norm.weight.value)))
                state.append(("layernorm\(index + 1).bias", vector(norm.bias.value)))
            }
            let weight = stage.linear.weight.value
            state.append(("linear\(index + 1).weight", .values(weight, shape: [weight.rows, weight.columns])))
            state.append(("linear\(index + 1).bias", vector(stage.linear.bias.value)))
        }
        return state
    }

    /// Brings every NaN of the state to one bit pattern, so that a run that diverged has the same digest everywhere.
    func unifyNaN() {
        for case (_, .values(let matrix, _)) in state(steps: 0) {
            for row in 0..<matrix.rows {
                for column in stride(from: 0, to: matrix.columns, by: 16) {
                    matrix[row, column] = matrix[row, column].withOneNaN
                }
            }
        }
    }

    /// Copies of all tensors after a number of steps.
    func tensors(steps: Int) -> [Tensor] {
        state(steps: steps).map { name, tensor in
            switch tensor {
            case .values(let matrix, let shape):
                var bytes: [UInt8] = []
                bytes.reserveCapacity(matrix.rows * matrix.columns * 4)
                matrix.forEachRow { bytes.append(contentsOf: $0) }
                return Tensor(name: name, shape: shape, dtype: .float32, bytes: bytes)
            case .batches(let count):
                let bytes = withUnsafeBytes(of: Int64(count).littleEndian) { Array($0) }
                return Tensor(name: name, shape: [], dtype: .int64, bytes: bytes)
            }
        }
    }

    /// The digest over the linear layers' weights and biases; see ``TrainingResult/initialWeightsDigest``.
    func linearDigest() -> String {
        var hash = SHA256()
        for stage in stages {
            stage.linear.weight.value.forEachRow { hash.update(bufferPointer: $0) }
            stage.linear.bias.value.forEachRow { hash.update(bufferPointer: $0) }
        }
        return hash.finalize().hex
    }

    /// The digest over the whole state; see ``TrainingResult/finalWeightsDigest``.
    func stateDigest(steps: Int) -> String {
        var hash = SHA256()
        for (_, tensor) in state(steps: steps) {
            switch tensor {
            case .values(let matrix, _): matrix.forEachRow { hash.update(bufferPointer: $0) }
            case .batches(let count): withUnsafeBytes(of: Float(count)) { hash.update(bufferPointer: $0) }
            }
        }
        return hash.finalize().hex
    }
}

extension Matrix {
    /// Passes the bytes of every row, without its padding, as float32 little-endian, the order of all our machines.
    fileprivate func forEachRow(_ body: (UnsafeRawBufferPointer) -> Void) {
        for row in 0..<rows { body(UnsafeRawBufferPointer(UnsafeBufferPointer(start: self.row(row), count: columns))) }
    }
}

extension SHA256.Digest {
    /// Lower-case hexadecimal.
    var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
