import Glibc

/// The parts of NumPy's and SciPy's arithmetic that MNIST-1D is made with, in their order of operations.
enum NumPy {
    /// The sum of contiguous values (`numpy.sum`): pairwise, with eight accumulators in blocks of up to 128.
    static func sum<Value: BinaryFloatingPoint>(_ values: ArraySlice<Value>) -> Value {
        if values.count > 128 {
            let half = values.startIndex + values.count / 2 / 8 * 8
            return sum(values[..<half]) + sum(values[half...])
        }
        if values.count < 8 { return values.reduce(0, +) }

        var r = Array(values.prefix(8))
        let end = values.startIndex + values.count / 8 * 8
        for start in stride(from: values.startIndex + 8, to: end, by: 8) {
            for k in 0..<8 { r[k] += values[start + k] }
        }
        let total = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
        return values[end...].reduce(total, +)
    }

    /// The mean of contiguous values (`numpy.mean`).
    static func mean<Value: BinaryFloatingPoint>(_ values: ArraySlice<Value>) -> Value {
        sum(values) / Value(values.count)
    }

    /// The population standard deviation (`numpy.std`).
    static func standardDeviation<Value: BinaryFloatingPoint>(_ values: ArraySlice<Value>) -> Value {
        let mean = mean(values)
        let squares = values.map { ($0 - mean) * ($0 - mean) }
        return (sum(squares[...]) / Value(values.count)).squareRoot()
    }

    /// `count` evenly spaced values from `start` to `stop` (`numpy.linspace`); the last is `stop` itself.
    static func linspace(_ start: Double, _ stop: Double, _ count: Int) -> [Double] {
        guard count > 1 else { return Array(repeating: start, count: count) }
        let step = (stop - start) / Double(count - 1)
        var values = (0..<count).map { Double($0) * step + start }
        values[count - 1] = stop
        return values
    }

    /// Values on `linspace(0, 1, values.count)`, interpolated at `linspace(0, 1, count)` (`numpy.interp`).
    ///
    /// SciPy's `interp1d` hands one-dimensional linear interpolation to `numpy.interp`.
    static func resample(_ values: [Double], _ count: Int) -> [Double] {
        let knots = linspace(0, 1, values.count)
        var j = 0
        return linspace(0, 1, count).map { x in
            while j + 1 < knots.count, knots[j + 1] <= x { j += 1 }
            if j + 1 == knots.count || knots[j] == x { return values[j] }
            let slope = (values[j + 1] - values[j]) / (knots[j + 1] - knots[j])
            return slope * (x - knots[j]) + values[j]
        }
    }

    /// The weights 0 … 8 of the symmetric kernel of `scipy.ndimage.gaussian_filter` with sigma 2.
    ///
    /// The exponential is the C library's. NumPy's own vector version rounds 4 of the 17 otherwise, which moves
    /// results by at most 1e-15.
    static let gaussianWeights: [Double] = {
        let kernel = (-8...8).map { exp(-0.125 * Double($0 * $0)) }
        let total = sum(kernel[...])
        return kernel[8...].map { $0 / total }
    }()

    /// `scipy.ndimage.gaussian_filter` with sigma 2 and its default ends: mirrored, the edge repeated.
    static func gaussianFilter(_ values: [Double], weights: [Double] = gaussianWeights) -> [Double] {
        let radius = weights.count - 1
        let period = 2 * values.count
        let mirrored = (-radius..<values.count + radius).map { i in
            let place = (i % period + period) % period
            return values[min(place, period - 1 - place)]
        }
        return values.indices.map { i in
            let center = i + radius
            var total = mirrored[center] * weights[0]
            // From the ends inwards, two at a time: SciPy's order for symmetric kernels.
            for j in stride(from: radius, to: 0, by: -1) {
                total += (mirrored[center - j] + mirrored[center + j]) * weights[j]
            }
            return total
        }
    }
}
