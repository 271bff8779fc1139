import Testing

@testable import Runner

private let generated = Result { try MNIST1D().generate() }

/// The notebook's dataset, made once.
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

/// `networks.json`: what PyTorch makes of longer runs, of evaluation, of `layernorm` and of divergence.
struct NetworkVectors: Decodable {
    struct Summary: Decodable {
        let mean: Double
        let l2: Double
        let rms: Double
    }
    struct Step: Decodable {
        let seed: UInt32
        let variances: [Float]
        let loss: Float
        let after_step: [String: Summary]
        let vector_tolerance: Double
    }
    struct Trajectory: Decodable {
        let seed: UInt32
        let loss: [Float]
        let variances: [[Float]]
        let noise: [Float]
    }
    struct Evaluation: Decodable {
        struct Epoch: Decodable {
            let step: Int
            let loss: Float
            let right: Int
            let loss_noise: Float
            let right_noise: Int
        }
        let seed: UInt32
        let architecture: String
        let batch_size: Int
        let batch_order_sha256: String
        let epochs: [Epoch]
    }
    struct Divergence: Decodable {
        let seed: UInt32
        let architecture: String
        let learning_rate: Double
        let step: Int
        let layer: Int?
    }
    let steps: [Step]
    let trajectories: [Trajectory]
    let evaluations: [Evaluation]
    let divergences: [Divergence]

    static func load() throws -> NetworkVectors { try fixture("networks") }
}
