import Glibc

/// How a quantity grows from block to block: by how much, and along which curve.
///
/// The places of one network are not independent, the seeds are: every figure is computed for each seed by itself, and
/// intervals are over the seeds. The slope of a seed is that of the least-squares line through log v over the block; the
/// mean of the slopes, exponentiated at the end, is the factor, and the mean slope of v itself is the increment.
public struct Growth: Sendable, Equatable {
    /// The curve that the quantity follows, read towards the side on which it is greater.
    public enum Model: String, Sendable {
        /// Each block multiplies by a constant: the interval of the shape lies within −0.5 … 0.5.
        case exponential
        /// Each block adds a constant: 0.5 … 1.5.
        case linear
        /// Slower than linear: above 1.5.
        case slower
        /// Faster than exponential: below −0.5.
        case faster
        /// The factor's interval lies within 0.97 … 1.03, over all blocks the quantity moves no more than that would
        /// allow over five, and no curvature shows.
        case flat
        /// No growth shown: the slope's interval holds 0, and no curvature shows.
        case none
        /// No curve of the family: a bump, or growth that ends.
        case other
        /// The interval of the shape crosses a border, or there is too much noise for a shape.
        case undecided
    }

    /// Why nothing can be told.
    public enum Obstacle: Error, Sendable, Equatable {
        /// There are fewer than 3 residual sums; how many there are.
        case fewSums(Int)
        /// A block is there twice, measured in two ways.
        case repeatedBlock(Int)
        /// Fewer than 2 seeds have all sums finite and positive: how many do, and how many are left out.
        case fewSeeds(Int, leftOut: Int)
    }

    /// The number of seeds of all figures.
    public let count: Int
    /// The number of seeds left out: a value was missing, not finite or not positive.
    public let leftOut: Int
    /// Each seed's factor, to compare the growth of two groups by.
    public let factors: [Seeded<Double>]
    /// The factor a block multiplies by.
    public let factor: Double
    /// Its 95 % t interval.
    public let factorInterval: Interval
    /// What a block adds.
    public let increment: Double
    /// Its 95 % t interval.
    public let incrementInterval: Interval
    /// The factor a block of the first step, in the geometric mean over seeds.
    public let firstFactor: Double
    /// The factor a block of the last step, likewise.
    public let lastFactor: Double
    /// The mean over blocks and seeds.
    public let level: Double
    /// The Box–Cox exponent λ; nil for fewer than 4 sums or 3 seeds, and where none makes the profile straight.
    public let shape: Double?
    /// Its 95 % jackknife interval.
    public let shapeInterval: Interval?
    /// Nil where the slope is clear but 3 sums or 2 seeds do not show its shape.
    public let model: Model?

    /// Whether the quantity grows towards the input: the model is read from the last block to the first.
    public var isFalling: Bool { factor < 1 }

    /// The figures as they are read from the last block to the first.
    public var reversed: Growth {
        Growth(
            count: count,
            leftOut: leftOut,
            factors: factors.map { Seeded(seed: $0.seed, value: 1 / $0.value) },
            factor: 1 / factor,
            factorInterval: Interval(low: 1 / factorInterval.high, high: 1 / factorInterval.low),
            increment: -increment,
            incrementInterval: Interval(low: -incrementInterval.high, high: -incrementInterval.low),
            firstFactor: 1 / lastFactor,
            lastFactor: 1 / firstFactor,
            level: level,
            shape: shape,
            shapeInterval: shapeInterval,
            model: model
        )
    }
}

extension Growth {
    /// Measures the growth of one group.
    ///
    /// A seed with a value that has no logarithm is left out whole: with another set of blocks it would answer another
    /// question.
    ///
    /// - Parameters:
    ///   - seeds: for each seed the residual sums that were measured before a norm, in the order of the blocks.
    ///   - blocks: the numbers of these blocks, rising, which may have gaps.
    /// - Returns: the growth, or why nothing can be told.
    public static func measure(_ seeds: [Seeded<[Double]>], blocks: [Int]) -> Result<Growth, Obstacle> {
        guard blocks.count >= 3 else { return .failure(.fewSums(blocks.count)) }
        if let twice = zip(blocks, blocks.dropFirst()).first(where: { $0 == $1 }) {
            return .failure(.repeatedBlock(twice.0))
        }
        let kept = seeds.filter { seed in
            seed.value.count == blocks.count && seed.value.allSatisfy { logRatio(of: $0, to: 1) != nil }
        }
        let contrasts = BlockContrasts(blocks)
        let logs = kept.map { $0.value.map { log($0) } }
        let rates = logs.map(contrasts.slope)
        guard let rate = mean(rates), let increment = mean(kept.map { contrasts.slope($0.value) }) else {
            return .failure(.fewSeeds(kept.count, leftOut: seeds.count - kept.count))
        }
        let profile = blocks.indices.map { place in logs.reduce(0) { $0 + $1[place] } / Double(logs.count) }
        func step(_ place: Int) -> Double {
            exp((profile[place + 1] - profile[place]) / Double(blocks[place + 1] - blocks[place]))
        }
        let isShapeKnown = blocks.count >= 4 && kept.count >= 3
        let shape = isShapeKnown ? Shape(logs, contrast: contrasts.quadratic) : nil
        let isCurved = isCurved(logs, contrasts)
        let model =
            isFlat(rate, blocks) && !isCurved
            ? Model.flat : model(rate, shape, isCurved: isCurved, isShapeKnown: isShapeKnown)
        return .success(
            Growth(
                count: kept.count,
                leftOut: seeds.count - kept.count,
                factors: zip(kept, rates).map { Seeded(seed: $0.seed, value: exp($1)) },
                factor: exp(rate.value),
                factorInterval: rate.interval().exponentiated(),
                increment: increment.value,
                incrementInterval: increment.interval(),
                firstFactor: step(0),
                lastFactor: step(blocks.count - 2),
                level: kept.reduce(0) { $0 + $1.value.reduce(0, +) / Double(blocks.count) } / Double(kept.count),
                shape: shape?.exponent,
                shapeInterval: shape?.interval,
                model: model
            )
        )
    }

    private static func model(_ rate: Estimate, _ shape: Shape?, isCurved: Bool, isShapeKnown: Bool) -> Model? {
        if rate.interval().contains(0), !isCurved { return Model.none }
        guard isShapeKnown else { return nil }
        if rate.interval().contains(0) { return .other }
        guard let interval = shape?.interval else { return isCurved ? .other : .undecided }
        if interval.low >= -0.5, interval.high <= 0.5 { return .exponential }
        if interval.low >= 0.5, interval.high <= 1.5 { return .linear }
        if interval.low > 1.5 { return .slower }
        return interval.high < -0.5 ? .faster : .undecided
    }

    /// Whether a line so flat could lie within 3 % over five blocks, and lies within 3 % over all there are.
    private static func isFlat(_ rate: Estimate, _ blocks: [Int]) -> Bool {
        // A line through many blocks has a factor near 1 at each of them, however far it climbs.
        let depth = max(1, Double(blocks[blocks.count - 1] - blocks[0]) / 4)
        let interval = rate.interval().exponentiated()
        return pow(interval.low, depth) >= 0.97 && pow(interval.high, depth) <= 1.03
    }

    /// Whether the quadratic contrast of log v differs from 0: by t over the seeds at 5 %, and by more than rounding.
    private static func isCurved(_ logs: [[Double]], _ contrasts: BlockContrasts) -> Bool {
        guard let curvature = mean(logs.map(contrasts.curvature)) else { return false }
        let rounding = 0x1p-22 * contrasts.quadratic.reduce(0) { $0 + abs($1) }
        return abs(curvature.value) > rounding && !curvature.interval().contains(0)
    }

    private static func mean(_ values: [Double]) -> Estimate? {
        Moments(values).flatMap(Estimate.init(meanOf:))
    }
}
