import Analysis
import Storage

/// What earlier runs of the same configuration, dataset and layer say of each run that comes.
struct PastRuns {
    private struct Kind: Hashable {
        let configuration: ExactText
        let dataset: Int64?
        let layer: Int64?
    }

    private struct Past {
        var last: Double?
        var chart: ControlChart
        var seeds: [Int64: (run: Int64, value: Double)] = [:]
    }

    private let scale: Contrast.Scale
    private let kinds: [Int64: RunKind]
    private var pasts: [Kind: Past] = [:]

    /// Nothing has come yet.
    ///
    /// - Parameters:
    ///   - kinds: the configuration and the dataset of each run that will come.
    ///   - scale: on which values are compared with each other.
    init(_ kinds: [RunKind], scale: Contrast.Scale) {
        self.kinds = Dictionary(kinds.map { ($0.run, $0) }, uniquingKeysWith: { $1 })
        self.scale = scale
    }

    /// Holds a run against those before it, and takes it in.
    mutating func entry(for measured: RunValue, of quantity: Quantity) -> History.Entry {
        guard let run = kinds[measured.run] else { return History.Entry(measured, of: quantity) }
        let kind = Kind(configuration: ExactText(run.configuration), dataset: run.dataset, layer: measured.layer)
        return Self.entry(
            for: measured,
            of: quantity,
            after: &pasts[kind, default: Past(chart: ControlChart(scale: scale))]
        )
    }

    private static func entry(
        for measured: RunValue,
        of quantity: Quantity,
        after past: inout Past
    ) -> History.Entry {
        let value = measured.value
        let reading = past.chart.add(value, seed: measured.seed, run: measured.run)
        let twin = measured.seed.flatMap { past.seeds[$0] }
        // Two NaN are the same answer, whatever their bits were.
        let isSame = twin.map { $0.value == value || ($0.value.isNaN && value.isNaN) }
        let entry = History.Entry(
            measured,
            of: quantity,
            change: past.last.map { value - $0 },
            band: reading.band,
            differsFrom: isSame == false ? twin?.run : nil,
            isOutside: isSame.map { !$0 } ?? reading.band.map { !$0.contains(value) },
            shift: reading.shift
        )
        past.last = value
        if let seed = measured.seed { past.seeds[seed] = (measured.run, value) }
        return entry
    }
}
