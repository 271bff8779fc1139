import Synchronization

/// The weights that were drawn last, for runs of the same seed that draw the same: the architectures of a sweep share them.
///
/// Of one-step runs a third of the time is drawing weights and computing their digest. Who asks for what another thread is
/// drawing waits for it, never longer than drawing takes.
public final class DrawnWeights: Sendable {
    /// All that decides what is drawn; norms draw nothing, so the architecture does not.
    struct Key: Equatable {
        let seed: UInt32
        let initialization: Initialization
        let blocks: Int
        let width: Int
        let features: Int
        let classes: Int
    }

    /// What comes of drawing.
    struct Draw: Sendable {
        /// The linear layers' weights and biases in order, without padding.
        let values: [Float]
        let digest: String
        /// The stream after the last weight.
        let generator: TorchGenerator
    }

    private final class Place: Sendable {
        let key: Key
        let draw = Mutex<Draw?>(nil)

        init(_ key: Key) { self.key = key }
    }

    /// How many draws are kept, and how large they may be together, in floats.
    private static let count = 16
    private static let limit = 4 << 20

    private let places = Mutex<[Place]>([])

    /// Begins without any.
    public init() {}

    /// Sets a network's weights as they are drawn from the stream of a seed.
    ///
    /// - Returns: the stream after them, and their digest; nothing for networks too large to keep.
    func draw(_ key: Key, into network: ResidualNetwork) -> (generator: TorchGenerator, digest: String)? {
        let size = network.linearSize
        guard size <= Self.limit / 2 else { return nil }
        let place = places.withLock { places in
            if let known = places.first(where: { $0.key == key }) { return known }
            let place = Place(key)
            places.append(place)
            places.removeFirst(max(0, places.count - min(Self.count, Self.limit / size)))
            return place
        }
        return place.draw.withLock { draw in
            if let draw {
                network.setLinear(draw.values)
                return (draw.generator, draw.digest)
            }
            var generator = TorchGenerator(seed: key.seed)
            network.initialize(key.initialization, from: &generator)
            let drawn = Draw(values: network.linearValues(), digest: network.linearDigest(), generator: generator)
            draw = drawn
            return (generator, drawn.digest)
        }
    }
}

extension ResidualNetwork {
    private var linears: [Matrix] { stages.flatMap { [$0.linear.weight.value, $0.linear.bias.value] } }

    /// The number of the linear layers' weights and biases.
    fileprivate var linearSize: Int { linears.reduce(0) { $0 + $1.rows * $1.columns } }

    fileprivate func linearValues() -> [Float] {
        Array(unsafeUninitializedCapacity: linearSize) { buffer, count in
            for matrix in linears {
                for row in 0..<matrix.rows {
                    let values = UnsafeBufferPointer(start: matrix.row(row), count: matrix.columns)
                    count = buffer[count...].initialize(fromContentsOf: values)
                }
            }
        }
    }

    /// Sets what ``linearValues()`` gave, and all else as it is before the first step.
    fileprivate func setLinear(_ values: [Float]) {
        initializeNorms()
        values.withUnsafeBufferPointer { values in
            guard var next = values.baseAddress else { return }
            for matrix in linears {
                for row in 0..<matrix.rows {
                    matrix.row(row).update(from: next, count: matrix.columns)
                    next += matrix.columns
                }
            }
        }
    }
}
