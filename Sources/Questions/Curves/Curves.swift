public import Analysis
public import Storage

/// What `plot curves` answers: a metric, or a measure of one layer, over the steps of single runs and groups of runs.
public struct Curves: Sendable {
    public let quantity: Quantity
    let curves: [CurvesPlot.Curve]
    /// The greatest distance of steps that are drawn, where it is not each one.
    private let stride: Int64
    private let replicates: Int

    /// Reads the curves, in one snapshot of the store and one pass over the rows of each run.
    ///
    /// - Parameters:
    ///   - name: the key of a metric, or the name of a layer.
    ///   - words: the groups, each an architecture, a RUN or a FILTER; without any, those of ``Group/all(ignoring:in:)``.
    ///   - measure: what of a layer; nil for the variance, or the only measure that all groups have.
    ///   - ignored: keys that make no other configuration.
    ///   - steps: those that are drawn; nil for all.
    ///   - store: where they were recorded.
    /// - Throws: ``QuestionError`` where there is no such metric or layer, or a group is empty, mixed, or has recorded none
    ///   of it.
    public init(
        _ name: String,
        _ words: [String] = [],
        measure: MeasureWord? = nil,
        ignoring ignored: IgnoredKeys = IgnoredKeys(),
        steps: ClosedRange<Int64>? = nil,
        in store: Store
    ) throws {
        self = try store.snapshot {
            try Curves(reading: name, Group.named(words, ignoring: ignored, in: store), words, measure, steps, store)
        }
    }

    private init(
        reading name: String,
        _ groups: [Group],
        _ words: [String],
        _ asked: MeasureWord?,
        _ steps: ClosedRange<Int64>?,
        _ store: Store
    ) throws {
        var groups = groups
        if asked == nil, try store.names(of: .metric).holds(name) {
            quantity = .metric(name)
        } else {
            let layer: NamedLayer
            do {
                layer = try NamedLayer(name, in: store)
            } catch QuestionError.noLayer(_, let path, let known) {
                throw QuestionError.noQuantity(
                    word: name,
                    path: path,
                    metrics: try store.names(of: .metric),
                    layers: known
                )
            }
            var measures = try groups.map { group in
                let recorded = try store.layers(ofRun: group.runs[0].number).filter { layer.place($0.id) != nil }
                return (word: group.word, measures: Set(recorded.map { ExactText($0.place.measure) }))
            }
            if words.isEmpty {
                // Of the groups that nobody named only those count that have it.
                let stored = asked.map { ExactText($0.stored) }
                let kept = measures.indices.filter {
                    stored.map(measures[$0].measures.contains) ?? !measures[$0].measures.isEmpty
                }
                if !kept.isEmpty { (groups, measures) = (kept.map { groups[$0] }, kept.map { measures[$0] }) }
            }
            for group in measures where group.measures.isEmpty {
                throw QuestionError.groupLacks(word: group.word, name: name)
            }
            quantity = .layer(layer, try MeasureWord.chosen(asked, among: measures))
        }
        var stride: Int64 = 1
        var curves: [CurvesPlot.Curve] = []
        for group in groups {
            let curve = try Self.curve(of: quantity, group, steps, &stride, store)
            if curve.points.isEmpty {
                if words.isEmpty { continue }
                throw QuestionError.groupLacks(word: group.word, name: name)
            }
            curves.append(curve)
        }
        guard !curves.isEmpty else { throw QuestionError.groupLacks(word: groups[0].word, name: name) }
        self.curves = curves
        self.stride = stride
        replicates = groups.reduce(0) { $0 + $1.replicates }
    }

    private static func curve(
        of quantity: Quantity,
        _ group: Group,
        _ steps: ClosedRange<Int64>?,
        _ stride: inout Int64,
        _ store: Store
    ) throws -> CurvesPlot.Curve {
        let end = group.runs.compactMap(\.lastStep).max() ?? 0
        let last = min(end, steps?.upperBound ?? end)
        let steps = steps ?? Quantity.allSteps
        if group.runs.count == 1 {
            var line = DrawnPoints(upTo: last)
            try quantity.forEachValue(in: group.runs[0].number, store, steps: steps) { step, _, value in
                line.add(step, value)
            }
            return CurvesPlot.Curve(
                name: group.shown,
                points: line.points().map { CurvesPlot.Point(x: $0.x, y: $0.y) }
            )
        }
        // One step of each stretch, the same for all runs that recorded the same ones: a mean over different steps would
        // be none of any step.
        var values: [Int64: [Double]] = [:]
        var grid: StepGrid?
        for run in group.runs {
            var stretch: Int64?
            var latest: (step: Int64, value: Double)?
            try quantity.forEachValue(in: run.number, store, steps: steps) { step, _, value in
                let drawn = grid ?? StepGrid(from: step, to: last)
                grid = drawn
                if latest?.step == step {
                    latest?.value = value
                } else if drawn.stretch(of: step) != stretch {
                    if let latest { values[latest.step, default: []].append(latest.value) }
                    latest = (step, value)
                    stretch = drawn.stretch(of: step)
                }
            }
            if let latest { values[latest.step, default: []].append(latest.value) }
        }
        stride = max(stride, grid?.width ?? 1)
        return CurvesPlot.Curve(
            name: group.shown,
            points: values.sorted { $0.key < $1.key }.map { step, values in
                let summary = Summary(values)
                let interval = summary.intervalOfMean
                return CurvesPlot.Point(
                    x: Int(step),
                    y: summary.mean ?? .nan,
                    low: interval?.low,
                    high: interval?.high,
                    n: summary.count
                )
            }
        )
    }

    /// The curves as a picture.
    public var picture: CurvesPlot {
        let hasGroups = curves.contains { $0.points.contains { $0.n > 1 } }
        return CurvesPlot(
            title: "\(quantity.title) by step",
            subtitle: [
                hasGroups ? "mean of the finite values and its 95 % t interval" : nil,
                stride > 1 ? "one step in \(stride) is drawn" : nil,
                Replicate.note(of: replicates),
            ].compactMap(\.self).joined(separator: "; "),
            curves: curves,
            measure: quantity.axis
        )
    }
}
