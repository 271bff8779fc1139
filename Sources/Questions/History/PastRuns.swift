import Analysis
import Storage

/// What earlier runs of the same configuration, dataset and layer say of each run that comes.
///
/// A run whose configuration or dataset is not known, as a logged one, is held against none.
struct PastRuns {
    private struct Kind: Hashable {
        let configuration: String
        let dataset: Int64
        let layer: Int64
    }

    private struct Past {
        var last: Double?
        var chart = ControlChart(scale: .ratio)
        var seeds: [Int64: (run: Int64, value: Double)] = [:]
    }

    private var pasts: [Kind: Past] = [:]

    /// Holds a run against those before it, and takes it in.
    mutating func entry(for measured: RunVariance, at place: LayerPlace?) -> History.Entry {
        guard let configuration = measured.configurationDigest, let dataset = measured.dataset else {
            return History.Entry(measured, at: place)
        }
        let kind = Kind(configuration: configuration, dataset: dataset, layer: measured.layer)
        return Self.entry(for: measured, at: place, after: &pasts[kind, default: Past()])
    }

    private static func entry(
        for measured: RunVariance,
        at place: LayerPlace?,
        after past: inout Past
    ) -> History.Entry {
        let value = measured.variance
        let band = past.chart.add(value, seed: measured.seed, run: measured.run).band
        let twin = measured.seed.flatMap { past.seeds[$0] }
        // Two NaN are the same answer, whatever their bits were.
        let isSame = twin.map { $0.value == value || ($0.value.isNaN && value.isNaN) }
        let entry = History.Entry(
            measured,
            at: place,
            change: past.last.map { value - $0 },
            band: band,
            differsFrom: isSame == false ? twin?.run : nil,
            isOutside: isSame.map { !$0 } ?? band.map { !$0.contains(value) }
        )
        past.last = value
        if let seed = measured.seed { past.seeds[seed] = (measured.run, value) }
        return entry
    }
}
