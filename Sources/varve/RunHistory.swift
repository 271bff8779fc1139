import Analysis
import Storage

/// What earlier runs of the same configuration, dataset and layer say of each run that comes.
///
/// A run whose configuration or dataset is not known, as a logged one, is held against none.
struct RunHistory {
    /// One run beside those before it.
    struct Entry {
        let variance: RunVariance
        /// The variance itself, NaN included.
        let value: Double
        /// The value less that of the run before.
        let change: Double?
        /// Where the runs of other seeds let it be expected.
        let band: Interval?
        /// The earlier run of the same seed, where the values differ in any bit.
        let differsFrom: Int64?
        /// Whether the earlier run of the same seed differs; without one, whether the value lies outside the band; nil
        /// where there is no band either.
        let isOutside: Bool?
    }

    private struct Kind: Hashable {
        let configuration: String
        let dataset: Int64
        let layer: Int64
    }

    fileprivate struct Past {
        var last: Double?
        var band = PredictionBand()
        var seeds: [Int64: (run: Int64, value: Double)] = [:]
    }

    private var pasts: [Kind: Past] = [:]

    /// Holds a run against those before it, and takes it in.
    mutating func entry(for variance: RunVariance) -> Entry {
        let value = variance.variance
        guard let configuration = variance.configurationDigest, let dataset = variance.dataset else {
            return Entry(variance: variance, value: value, change: nil, band: nil, differsFrom: nil, isOutside: nil)
        }
        let kind = Kind(configuration: configuration, dataset: dataset, layer: variance.layer)
        return pasts[kind, default: Past()].entry(for: variance, value)
    }
}

extension RunHistory.Past {
    fileprivate mutating func entry(for variance: RunVariance, _ value: Double) -> RunHistory.Entry {
        let band = band.interval(forSeed: variance.seed)
        let twin = variance.seed.flatMap { seeds[$0] }
        // Two NaN are the same answer, whatever their bits were.
        let isSame = twin.map { $0.value == value || ($0.value.isNaN && value.isNaN) }
        let entry = RunHistory.Entry(
            variance: variance,
            value: value,
            change: last.map { value - $0 },
            band: band,
            differsFrom: isSame == false ? twin?.run : nil,
            isOutside: isSame.map { !$0 } ?? band.map { !$0.contains(value) }
        )
        last = value
        self.band.add(value, seed: variance.seed)
        if let seed = variance.seed { seeds[seed] = (variance.run, value) }
        return entry
    }
}
