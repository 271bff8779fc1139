extension TorchGenerator {
    /// Draws the elements of a contiguous tensor as `Tensor.normal_(0, deviation)` does, and passes them on in runs.
    ///
    /// `body` receives the place of a run's first element, and the run. From 16 elements on the last run may lie over
    /// the one before it: PyTorch draws the last 16 anew where their number is no multiple of 16.
    mutating func normal(
        deviation: Double,
        count: Int,
        kernel: Kernel,
        _ body: (Int, UnsafeBufferPointer<Float>) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 16) { run in
            guard let start = run.baseAddress else { return }
            if count < 16 {
                for i in 0..<count { start[i] = Float(normal() * deviation) }
                return body(0, UnsafeBufferPointer(start: start, count: count))
            }
            for place in stride(from: 0, through: count - 16, by: 16) {
                drawSixteen(deviation: Float(deviation), into: start, kernel)
                body(place, UnsafeBufferPointer(run))
            }
            guard !count.isMultiple(of: 16) else { return }
            // PyTorch draws all uniform numbers first, these too.
            skip(words: count % 16)
            drawSixteen(deviation: Float(deviation), into: start, kernel)
            body(count - 16, UnsafeBufferPointer(run))
        }
    }

    private mutating func drawSixteen(deviation: Float, into run: UnsafeMutablePointer<Float>, _ kernel: Kernel) {
        engine.forEach(16) { run[$0] = Float(Int32(bitPattern: $1 & 0xFF_FFFF)) * 0x1p-24 }
        kernel.normals(deviation: deviation, run)
    }

    /// A normal number in double, as PyTorch draws them for fewer than 16 elements: two at a time, the second is kept.
    ///
    /// G. Box and M. Muller, Ann. Math. Statist. 29 (1958). PyTorch takes logarithm, sine and cosine from the C library;
    /// ours differ in the last place, which shows in one of 10⁸ values after rounding to float32.
    private mutating func normal() -> Double {
        if let kept = keptNormal {
            keptNormal = nil
            return kept
        }
        let angle = 2 * Double.pi * uniform()
        let radius = (-2 * (1 - uniform()).logarithm).squareRoot()
        let (sine, cosine) = angle.sineAndCosine
        keptNormal = radius * sine
        return radius * cosine
    }

    /// A number of 0 ..< 1 with 53 random bits, as float64 `Tensor.uniform_()`; takes two words, the high one first.
    private mutating func uniform() -> Double {
        let high = UInt64(word())
        return Double((high << 32 | UInt64(word())) & (1 << 53 - 1)) * 0x1p-53
    }
}

extension Double {
    /// The natural logarithm of a positive normal number, within 2 ulp.
    ///
    /// Where x = m 2ᵉ and s = (m − 1) / (m + 1), ln x = e ln 2 + 2 (s + s³/3 + s⁵/5 + …).
    var logarithm: Double {
        var (exponent, mantissa) = (Double(exponent), significand)
        if mantissa > 1.414 {
            mantissa /= 2
            exponent += 1
        }
        let s = (mantissa - 1) / (mantissa + 1)
        var series = 0.0
        for k in stride(from: 23.0, to: 1, by: -2) { series = (series + 1 / k) * (s * s) }
        return exponent * 0.693_147_180_559_945_3 + 2 * (s + s * series)
    }

    /// Sine and cosine of 0 ≤ x < 7, within 2 ulp, by their power series about the nearest multiple of π/2.
    var sineAndCosine: (sine: Double, cosine: Double) {
        let quarters = (self * (2 / Double.pi)).rounded()
        // π/2 in two parts: the first has 33 bits, so that its multiples are exact.
        let r = (self - quarters * 1.570_796_326_734_125_6) - quarters * 6.077_100_506_506_192e-11
        var (sine, cosine) = (1.0, 1.0)
        for k in stride(from: 18.0, to: 0, by: -2) {
            sine = 1 - r * r / (k * (k + 1)) * sine
            cosine = 1 - r * r / (k * (k - 1)) * cosine
        }
        sine *= r
        return switch Int(quarters) & 3 {
        case 0: (sine, cosine)
        case 1: (cosine, -sine)
        case 2: (-sine, -cosine)
        default: (-cosine, sine)
        }
    }
}
