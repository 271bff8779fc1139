/// As much of a run as another store is to get.
public struct RunPart: Sendable {
    /// Its number.
    public let run: Int64
    /// What the other store has of it, with its latest values; nil where it has nothing.
    public let known: RunState?
    /// The last step that it is to get; nil for all.
    ///
    /// It counts only where what is new comes after what is there.
    public let through: Int64?
    /// Whether what is there came from here as an earlier part, so that nothing is compared with it.
    public let isContinued: Bool

    public init(run: Int64, known: RunState?, through: Int64? = nil, isContinued: Bool = false) {
        self.run = run
        self.known = known
        self.through = through
        self.isContinued = isContinued
    }
}

/// What of some runs is merged, where it is not everything.
struct MergeExtent {
    /// By the numbers of their runs.
    var parts: [Int64: RunPart] = [:]
    /// The digests of content that whoever gets it has.
    var omitted: Set<ExactText> = []
    /// Whether the files of artifacts are copied.
    var hasFiles = true
}

/// What is kept of a run besides its rows, by the keys of a store: the last steps of its layers and the latest values of its
/// metrics.
struct StateSummaries {
    private let run: Int64
    private var layers: [Int64: Int64] = [:]
    private var metrics: [Int64: MetricSummary] = [:]

    /// Finds what another store has of a run, by the keys that layers and metrics have here.
    init(_ state: RunState?, of run: Int64, in store: Store) throws {
        self.run = run
        guard let state else { return }
        let starter = try RunStarter(store)
        for layer in state.layers { layers[try starter.layerID(layer.place)] = layer.lastStep }
        for metric in state.metrics { metrics[try store.metricKey(metric.key)] = metric.summary }
    }

    /// The last step of its variances.
    var lastStep: Int64 { layers.values.max() ?? .min }

    /// The greatest step of all.
    var greatestStep: Int64? { (Array(layers.values) + metrics.values.map(\.step)).max() }

    mutating func add(_ layer: Int64, _ step: Int64) { layers[layer] = max(layers[layer] ?? step, step) }

    mutating func add(_ key: Int64, _ value: MetricSummary) {
        if metrics[key] == nil { metrics[key] = value } else { metrics[key]?.add(value) }
    }

    /// Puts it into a store, for a run of which nothing is noted there.
    func write(into store: Store) throws(SQLiteError) {
        let noteLayer = try store.connection.prepare(PackageResources.noteLayer_sql)
        for (layer, step) in layers { try noteLayer.run(run, layer, step) }
        let noteMetric = try store.connection.prepare(PackageResources.noteMetric_sql)
        for (key, value) in metrics {
            try noteMetric.run(
                run,
                key,
                value.step,
                value.timestamp,
                value.value,
                value.isNaN,
                value.least,
                value.leastStep,
                value.greatest,
                value.greatestStep
            )
        }
    }
}

/// What is to be written of a run that is copied no further than a step.
struct RunCut {
    let run: Int64
    let through: Int64
    var summaries: StateSummaries
    var variancesChecksum: Int64 = 0
    var metricsChecksum: Int64 = 0
}

/// What a merge has found out of its runs.
final class MergeNotes {
    /// Whether any of them is here already.
    var hasKnown = false
    private var cuts: [RunCut] = []

    func add(_ cut: RunCut) { cuts.append(cut) }

    /// The numbers of those that are cut off.
    var cutRuns: Set<Int64> { Set(cuts.map(\.run)) }

    /// Has those that are cut off be as they were at their last step here.
    func writeCuts(into store: Store) throws(SQLiteError) {
        let cutRun = try store.connection.prepare(PackageResources.cutMergedRun_sql)
        for cut in cuts {
            try cut.summaries.write(into: store)
            try cutRun.run(
                cut.run,
                cut.summaries.greatestStep ?? cut.through,
                cut.variancesChecksum,
                cut.metricsChecksum
            )
        }
    }
}
