/// The 32-bit Mersenne Twister MT19937, the engine under PyTorch's CPU generator and NumPy's legacy `RandomState`.
///
/// M. Matsumoto and T. Nishimura, "Mersenne Twister", ACM TOMACS 8 (1998). Seeding is the one-integer form that
/// `torch.manual_seed` and `numpy.random.seed` use. The streams on top of it differ: ``TorchGenerator`` and
/// ``NumPyRandom`` turn the same words into different numbers.
struct MersenneTwister: Sendable {
    private static let size = 624
    private static let offset = 397

    private var state: [UInt32]
    private var position = Self.size

    /// Seeds the engine; PyTorch passes the low 32 bits of a longer seed.
    init(seed: UInt32) {
        state = [UInt32](repeating: seed, count: Self.size)
        for j in 1..<Self.size {
            let previous = state[j - 1]
            state[j] = 1_812_433_253 &* (previous ^ (previous >> 30)) &+ UInt32(truncatingIfNeeded: j)
        }
    }

    /// The next 32-bit output, called a word in the streams built on it.
    mutating func next() -> UInt32 {
        if position == Self.size { twist() }
        var word = state[position]
        position += 1
        word ^= word >> 11
        word ^= (word << 7) & 0x9D2C_5680
        word ^= (word << 15) & 0xEFC6_0000
        return word ^ (word >> 18)
    }

    private mutating func twist() {
        var words = state.mutableSpan
        for i in 0..<Self.size {
            let next = i + 1 < Self.size ? i + 1 : 0
            let far = i + Self.offset < Self.size ? i + Self.offset : i + Self.offset - Self.size
            let mixed = (words[i] & 0x8000_0000) | (words[next] & 0x7FFF_FFFF)
            words[i] = words[far] ^ (mixed >> 1) ^ (mixed & 1 == 0 ? 0 : 0x9908_B0DF)
        }
        position = 0
    }
}
