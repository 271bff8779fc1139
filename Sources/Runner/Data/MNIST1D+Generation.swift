extension MNIST1D {
    /// All examples in double, shuffled and normalised, before they are split.
    ///
    /// Every random number is drawn where `mnist1d.data.make_dataset` and `mnist1d.transform` draw it. The arguments
    /// must be valid.
    func generateDoubles() -> (values: [Double], labels: [Int64]) {
        var random = NumPyRandom(seed: UInt32(seed))
        let templates = Self.normalizedTemplates
        let count = samplesPerClass * templates.count
        var samples: [[Double]] = []
        samples.reserveCapacity(count)
        for template in templates {
            for _ in 0..<samplesPerClass { samples.append(transform(template, &random)) }
        }

        let order = random.permutation(count)
        let labels = order.map { Int64($0 / samplesPerClass) }
        let columns = shuffleSeq ? random.permutation(finalSeqLength) : Array(0..<finalSeqLength)
        var values: [Double] = []
        values.reserveCapacity(count * finalSeqLength)
        for row in order {
            let sample = samples[row]
            for column in columns { values.append(sample[column]) }
        }

        // Selecting columns leaves a NumPy array column-major, and sums run in the order of memory.
        let memory = shuffleSeq ? transposed(values, rows: count) : values
        let mean = NumPy.mean(memory[...])
        let deviation = NumPy.standardDeviation(memory[...])
        for i in values.indices { values[i] = (values[i] - mean) / deviation }
        return (values, labels)
    }

    /// One example made of a digit's template.
    private func transform(_ template: [Double], _ random: inout NumPyRandom) -> [Double] {
        let length = templateLen + padding[1]
        let zeros = padding[0] + Int(random.double() * Double(padding[1] - padding[0] + 1))
        // The package adds 1e-8 so that only padding is exactly 0, which the mask below looks for.
        let padded = template.map { $0 + 1e-8 } + Array(repeating: 0, count: zeros)
        var x = NumPy.resample(padded, length)

        let scale = 1 + scaleCoeff * (random.double() - 0.5)
        for i in x.indices { x[i] *= scale }

        let shift = Int(random.integer(through: UInt64(maxTranslation - 1)))
        // Python's x[-k:] is all of x when k is 0 or reaches its length: then nothing moves.
        if shift < length { x = Array(x.suffix(shift) + x.dropLast(shift)) }

        let correlated = NumPy.gaussianFilter((0..<length).map { _ in corrNoiseScale * random.normal() })
        for i in x.indices {
            let mask: Double = x[i] != 0 ? 1 : 0
            x[i] = mask * x[i] + (1 - mask) * correlated[i]
        }
        for i in x.indices { x[i] += iidNoiseScale * random.normal() }

        let slope = shearScale * (random.double() - 0.5)
        let ramp = NumPy.linspace(-0.5, 0.5, length)
        for i in x.indices { x[i] -= slope * ramp[i] }
        return NumPy.resample(x, finalSeqLength)
    }

    private func transposed(_ values: [Double], rows: Int) -> [Double] {
        (0..<finalSeqLength).flatMap { column in (0..<rows).map { values[$0 * finalSeqLength + column] } }
    }

    /// The digits' templates, each centred, scaled to deviation 1, moved to start at 0 and divided by 6.
    static var normalizedTemplates: [[Double]] {
        templates.map { template in
            let mean = NumPy.mean(template[...])
            let centred = template.map { $0 - mean }
            let deviation = NumPy.standardDeviation(centred[...])
            let scaled = centred.map { $0 / deviation }
            return scaled.map { ($0 - scaled[0]) / 6 }
        }
    }

    /// The digits 0 to 9 as the package, under the Apache License 2.0, draws them.
    private static let templates: [[Double]] = [
        [5, 6, 6.5, 6.75, 7, 7, 7, 7, 6.75, 6.5, 6, 5],
        [5, 3, 3, 3.4, 3.8, 4.2, 4.6, 5, 5.4, 5.8, 5, 5],
        [5, 6, 6.5, 6.5, 6, 5.25, 4.75, 4, 3.5, 3.5, 4, 5],
        [5, 6, 6.5, 6.5, 6, 5, 5, 6, 6.5, 6.5, 6, 5],
        [5, 4.4, 3.8, 3.2, 2.6, 2.6, 5, 5, 5, 5, 5, 5],
        [5, 3, 3, 3, 3, 5, 6, 6.5, 6.5, 6, 4.5, 5],
        [5, 4, 3.5, 3.25, 3, 3, 3, 3, 3.25, 3.5, 4, 5],
        [5, 7, 7, 6.6, 6.2, 5.8, 5.4, 5, 4.6, 4.2, 5, 5],
        [5, 4, 3.5, 3.5, 4, 5, 5, 4, 3.5, 3.5, 4, 5],
        [5, 4, 3.5, 3.5, 4, 5, 5, 5, 5, 4.7, 4.3, 5],
    ]
}
