import Testing

@testable import Runner

private let generated = Result { try MNIST1D().generate() }

/// The notebook's data set, made once.
func notebookData() throws -> Dataset { try generated.get() }

extension Architecture {
    /// The architecture under the name that the vectors give it.
    init(vector name: String) {
        switch name {
        case "trunk": self = .batchnorm
        case "branch": self = .branchnorm
        default: self = .plain
        }
    }

    /// A network of the notebook's size in memory that the caller keeps.
    func network(in slab: Slab) -> ResidualNetwork? {
        slab.carve { carver in
            ResidualNetwork(
                Configuration(self),
                features: 40,
                classes: 10,
                batchSize: 200,
                instructionSet: .widest,
                from: &carver
            )
        }
    }
}

extension Matrix {
    /// All elements without padding, row by row.
    var values: [Float] {
        (0..<rows).flatMap { row in Array(UnsafeBufferPointer(start: self.row(row), count: columns)) }
    }
}

extension Tensor {
    /// The elements of a float32 tensor.
    var floats: [Float] {
        bytes.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 4).map { bytes.loadUnaligned(fromByteOffset: $0, as: Float.self) }
        }
    }
}
