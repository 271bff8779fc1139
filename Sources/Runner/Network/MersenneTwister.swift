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
        reseed(seed)
    }

    /// Seeds the engine again, in its own memory.
    mutating func reseed(_ seed: UInt32) {
        state[0] = seed
        for j in 1..<Self.size {
            let previous = state[j - 1]
            state[j] = 1_812_433_253 &* (previous ^ (previous >> 30)) &+ UInt32(truncatingIfNeeded: j)
        }
        position = Self.size
    }

    /// The next 32-bit output, called a word in the streams built on it.
    mutating func next() -> UInt32 {
        if position == Self.size { twist() }
        let word = state[position]
        position += 1
        return Self.temper(word)
    }

    /// Passes the next words to a closure, together with their index from 0; much faster than one by one.
    @inline(__always)
    mutating func forEach(_ count: Int, _ body: (Int, UInt32) -> Void) {
        var done = 0
        while done < count {
            if position == Self.size { twist() }
            let run = min(count - done, Self.size - position)
            state.withUnsafeBufferPointer { state in
                guard let start = state.baseAddress?.advanced(by: position) else { return }
                for i in 0..<run { body(done &+ i, Self.temper(start[i])) }
            }
            done += run
            position += run
        }
    }

    /// Passes over words that nobody will look at.
    mutating func skip(_ count: Int) {
        var left = count
        while left > Self.size - position {
            left -= Self.size - position
            twist()
        }
        position += left
    }

    @inline(__always)
    private static func temper(_ state: UInt32) -> UInt32 {
        var word = state
        word ^= word >> 11
        word ^= (word << 7) & 0x9D2C_5680
        word ^= (word << 15) & 0xEFC6_0000
        return word ^ (word >> 18)
    }

    private mutating func twist() {
        let (size, offset) = (Self.size, Self.offset)
        state.withUnsafeMutableBufferPointer { words in
            // Three loops instead of two wrapping indices, so that the compiler can use vectors.
            for i in 0..<(size - offset) { words[i] = words[i + offset] ^ Self.mix(words[i], words[i + 1]) }
            for i in (size - offset)..<(size - 1) {
                words[i] = words[i + offset - size] ^ Self.mix(words[i], words[i + 1])
            }
            words[size - 1] = words[offset - 1] ^ Self.mix(words[size - 1], words[0])
        }
        position = 0
    }

    @inline(__always)
    private static func mix(_ high: UInt32, _ low: UInt32) -> UInt32 {
        let mixed = (high & 0x8000_0000) | (low & 0x7FFF_FFFF)
        return (mixed >> 1) ^ ((0 &- (mixed & 1)) & 0x9908_B0DF)
    }
}
