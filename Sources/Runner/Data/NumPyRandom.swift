import Glibc

/// NumPy's legacy stream, `numpy.random.RandomState`: the one behind `numpy.random.seed`.
struct NumPyRandom: Sendable {
    private var engine: MersenneTwister
    /// Normals come in pairs; the second is kept across calls of the other functions.
    private var keptNormal: Double?

    init(seed: UInt32) {
        engine = MersenneTwister(seed: seed)
    }

    /// A value in [0, 1) with 53 random bits (`rand`, `random_sample`).
    mutating func double() -> Double {
        let high = engine.next() >> 5
        let low = engine.next() >> 6
        return (Double(high) * 67_108_864 + Double(low)) / 9_007_199_254_740_992
    }

    /// A standard normal value (`randn`) by Marsaglia's polar method.
    ///
    /// The logarithm is the C library's, as in NumPy; another one may differ in the last place. The values that the
    /// MNIST-1D generator makes of these lie at least 2.8e-14 away from where float32 rounding would notice.
    mutating func normal() -> Double {
        if let kept = keptNormal {
            keptNormal = nil
            return kept
        }
        while true {
            let x1 = 2 * double() - 1
            let x2 = 2 * double() - 1
            let r = x1 * x1 + x2 * x2
            guard r < 1, r != 0 else { continue }
            let factor = (-2 * log(r) / r).squareRoot()
            keptNormal = factor * x1
            return factor * x2
        }
    }

    /// An integer in 0…`maximum` by masked rejection; `choice(n)` and `randint(n)` are those up to n − 1.
    mutating func integer(through maximum: UInt64) -> UInt64 {
        guard maximum > 0 else { return 0 }
        let mask = UInt64.max >> maximum.leadingZeroBitCount
        while true {
            var word = UInt64(engine.next())
            if maximum > UInt64(UInt32.max) { word = word << 32 | UInt64(engine.next()) }
            if word & mask <= maximum { return word & mask }
        }
    }

    /// The numbers 0 ..< `count` in random order (`permutation`): swaps run from the end, unlike PyTorch's `randperm`.
    mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        for i in order.indices.dropFirst().reversed() {
            order.swapAt(i, Int(integer(through: UInt64(i))))
        }
        return order
    }
}
