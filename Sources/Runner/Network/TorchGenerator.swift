/// The stream of random numbers of PyTorch's CPU generator, bit for bit.
///
/// `torch.manual_seed` keeps only the low 32 bits of a seed, so there are 2³² streams.
struct TorchGenerator {
    var engine: MersenneTwister
    /// Normal numbers in double come in pairs; the second waits here for the next tensor that is small.
    var keptNormal: Double?

    /// Starts the stream as `torch.manual_seed` does.
    init(seed: UInt32) {
        engine = MersenneTwister(seed: seed)
    }

    /// The next 32 random bits.
    mutating func word() -> UInt32 { engine.next() }

    /// A number below 2⁶³, as `torch.empty((), dtype=torch.int64).random_()`; takes two words, the high one first.
    mutating func int64() -> Int64 {
        let high = UInt64(engine.next())
        return Int64(bitPattern: (high << 32 | UInt64(engine.next())) & 0x7FFF_FFFF_FFFF_FFFF)
    }

    /// A float32 between two bounds, as `Tensor.uniform_(low, high)`; takes one word.
    ///
    /// One fused multiply-add, as PyTorch on any x86 with AVX2. Rounding can reach the upper bound, which gives the lower.
    mutating func uniform(_ low: Double, _ high: Double) -> Float {
        let fraction = Float(engine.next() & 0xFF_FFFF) * 0x1p-24
        let (low, high) = (Float(low), Float(high))
        let value = low.addingProduct(fraction, high - low)
        return value == high ? low : value
    }

    /// Fills a row with `uniform(-bound, bound)`.
    ///
    /// For such an interval the fused operation is a product of exact factors, and the upper bound is out of reach.
    mutating func uniform(bound: Double, into row: UnsafeMutablePointer<Float>, count: Int) {
        let bound = Float(bound)
        engine.forEach(count) { i, word in
            row[i] = Float(Int32(bitPattern: word & 0xFF_FFFF) &- 0x80_0000) * 0x1p-23 * bound
        }
    }

    /// Passes over values of which nothing remains.
    mutating func skip(words: Int) { engine.skip(words) }
}

/// The batches of PyTorch's `DataLoader(shuffle=True)` without workers: a new order every epoch.
struct ShuffledLoader {
    let batchSize: Int
    private var sampler = MersenneTwister(seed: 0)
    /// This epoch's permutation of the examples, final up to the end of the current batch.
    private(set) var order: [Int64]
    private var position: Int

    /// Makes a loader; draws nothing.
    ///
    /// - Parameters:
    ///   - examples: How many; fewer than 214 748 364, where `torch.randperm` changes its algorithm.
    ///   - batchSize: The size of all batches but the last of an epoch, which takes what is left.
    init(examples: Int, batchSize: Int) {
        self.batchSize = batchSize
        order = [Int64](repeating: 0, count: examples)
        position = examples
    }

    /// Whether the next batch starts a new epoch.
    var isAtEpochEnd: Bool { position == order.count }

    /// The greatest number of examples.
    static let limit = 214_748_363

    /// Draws the next batch and returns where it lies in `order`; starts a new epoch when the last has ended.
    ///
    /// `torch.randperm` shuffles from the front, so a batch is final before the rest of the epoch is drawn.
    mutating func next(_ generator: inout TorchGenerator) -> Range<Int> {
        if isAtEpochEnd { startEpoch(&generator) }
        let batch = position..<min(position + batchSize, order.count)
        Self.shuffle(&order, batch, &sampler)
        position = batch.upperBound
        return batch
    }

    /// Does a part of `torch.randperm`: fills some places, from the first on, from those after.
    static func shuffle(_ order: inout [Int64], _ places: Range<Int>, _ engine: inout MersenneTwister) {
        // The last element has no partner left and takes no word.
        for i in places where i < order.count - 1 {
            order.swapAt(i, i + Int(engine.next()) % (order.count - i))
        }
    }

    private mutating func startEpoch(_ generator: inout TorchGenerator) {
        _ = generator.int64()  // The iterator's seed for workers, of which there are none.
        sampler.reseed(UInt32(truncatingIfNeeded: generator.int64()))
        for i in order.indices { order[i] = Int64(i) }
        position = 0
    }
}
