/// The factors that a number of earlier runs asks for, from simulation (`Benchmarks/factors.py`, seeded).
///
/// Textbook factors are those of mean and standard deviation, or of parameters that are known. A median absolute
/// deviation of few values is often far too small, and an average that is compared with an estimated median wanders with
/// its error: both ask for more.
extension ControlChart {
    /// How many deviations from the median 95 of 100 normal runs lie within.
    static func bandFactor(_ count: Int) -> Double {
        bandFactors.value(at: count)
    }

    /// How far from 0 the average has to be for a shift.
    static func chartLimit(_ count: Int) -> Double {
        chartLimits.value(at: count)
    }

    private static let bandFactors = Factors(
        [
            (5, 5.983), (6, 4.210), (7, 4.038), (8, 3.430), (9, 3.340), (10, 3.041), (11, 3.000), (12, 2.817),
            (13, 2.788), (14, 2.667), (15, 2.648), (16, 2.563), (17, 2.548), (18, 2.485), (19, 2.474), (20, 2.426),
            (21, 2.418), (22, 2.378), (23, 2.373), (24, 2.339), (25, 2.333), (26, 2.307), (27, 2.303), (28, 2.279),
            (29, 2.275), (30, 2.256), (40, 2.176), (60, 2.102), (100, 2.043), (200, 2.002), (500, 1.976), (1000, 1.968),
        ],
        limit: 1.960
    )

    private static let chartLimits = Factors(
        [
            (20, 1.222), (25, 1.188), (30, 1.149), (40, 1.089), (60, 1.026), (100, 0.982), (200, 0.955), (500, 0.942),
        ],
        limit: 0.936
    )
}

/// Values at some counts, in order, and the one that they tend to.
private struct Factors {
    let knots: [(count: Int, value: Double)]
    let limit: Double

    init(_ knots: [(count: Int, value: Double)], limit: Double) {
        self.knots = knots
        self.limit = limit
    }

    /// On the straight line, over the reciprocal of the count, between the neighbours; below the first its value.
    func value(at count: Int) -> Double {
        guard let next = knots.firstIndex(where: { $0.count >= count }) else {
            let last = knots[knots.count - 1]
            return limit + (last.value - limit) * Double(last.count) / Double(count)
        }
        let (low, high) = (knots[max(0, next - 1)], knots[next])
        guard low.count < count, count < high.count else { return high.value }
        let share = (1 / Double(count) - 1 / Double(low.count)) / (1 / Double(high.count) - 1 / Double(low.count))
        return low.value + share * (high.value - low.value)
    }
}
