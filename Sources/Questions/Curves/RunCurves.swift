public import Analysis
public import Storage

/// A metric, or a measure of one layer, over the steps of single runs, whatever their status: a line for each.
public struct RunCurves: Sendable {
    /// The runs that have any of it, in the order they were asked for.
    public let runs: [Run]
    public let quantity: Quantity
    private let lines: [[Series.Point]]
    /// The lines before they were smoothed.
    private let raw: [[Series.Point]]

    /// The most runs that a picture shows one by one.
    public static let mostRuns = 500

    /// Reads the lines, in one snapshot of the store.
    ///
    /// - Parameters:
    ///   - name: the key of a metric, or the name of a layer.
    ///   - words: the runs; those that have recorded none of it are left out.
    ///   - measure: what of a layer; nil for the variance, or the only measure that all of them have.
    ///   - steps: those that are drawn; all unless given.
    ///   - smoothing: from 0 to below 1: how much of each value is that of those before it.
    ///   - store: where they were recorded.
    /// - Throws: `StoreError` for a RUN that is not there; ``QuestionError`` where no run has recorded any of it, or there are
    ///   too many runs.
    public init(
        _ name: String,
        of words: [String],
        measure: MeasureWord? = nil,
        steps: ClosedRange<Int64> = .min ... .max,
        smoothing: Double = 0,
        in store: Store
    ) throws {
        self = try store.snapshot {
            let runs = try words.map { try store.run($0) }
            return try RunCurves(reading: name, runs, measure, steps, min(max(smoothing, 0), 0.999), store)
        }
    }

    private init(
        reading name: String,
        _ runs: [Run],
        _ asked: MeasureWord?,
        _ steps: ClosedRange<Int64>,
        _ smoothing: Double,
        _ store: Store
    ) throws {
        guard runs.count <= Self.mostRuns else {
            throw QuestionError.tooManyGroups(count: runs.count, most: Self.mostRuns, ownParams: [])
        }
        let quantity = try Self.quantity(name, of: runs, asked, store)
        var found: [(run: Run, raw: [Series.Point], line: [Series.Point])] = []
        for run in runs {
            let last = min(run.lastStep ?? .max, steps.upperBound)
            var (raw, line) = (DrawnPoints(upTo: last), DrawnPoints(upTo: last))
            var smooth = Smoothing(smoothing)
            try quantity.forEachValue(in: run.number, store, steps: steps) { step, _, value in
                raw.add(step, value)
                if smoothing > 0 { line.add(step, smooth.next(value)) }
            }
            let points = raw.points()
            if !points.isEmpty { found.append((run, points, smoothing > 0 ? line.points() : points)) }
        }
        guard !found.isEmpty else {
            throw QuestionError.groupLacks(word: runs.map { "run \($0.number)" }.joined(separator: ", "), name: name)
        }
        self.runs = found.map(\.run)
        self.quantity = quantity
        lines = found.map(\.line)
        raw = smoothing > 0 ? found.map(\.raw) : []
    }

    private static func quantity(
        _ name: String,
        of runs: [Run],
        _ asked: MeasureWord?,
        _ store: Store
    ) throws -> Quantity {
        if asked == nil, try store.names(of: .metric).holds(name) { return .metric(name) }
        let layer: NamedLayer
        do {
            layer = try NamedLayer(name, in: store)
        } catch QuestionError.noLayer(_, let path, let known) {
            throw QuestionError.noQuantity(word: name, path: path, metrics: try store.names(of: .metric), layers: known)
        }
        let measures = try runs.compactMap { run -> (word: String, measures: Set<ExactText>)? in
            let recorded = try store.layers(ofRun: run.number).filter { layer.place($0.id) != nil }
            return recorded.isEmpty ? nil : ("run \(run.number)", Set(recorded.map { ExactText($0.place.measure) }))
        }
        guard !measures.isEmpty else {
            throw QuestionError.groupLacks(word: runs.map { "run \($0.number)" }.joined(separator: ", "), name: name)
        }
        return .layer(layer, try MeasureWord.chosen(asked, among: measures))
    }

    /// The lines as a picture.
    public var picture: CurvesPlot {
        let isOne = runs.count == 1
        func curves(_ lines: [[Series.Point]]) -> [CurvesPlot.Curve] {
            zip(runs, lines).map { run, points in
                CurvesPlot.Curve(
                    name: isOne ? quantity.name : Self.name(of: run),
                    points: points.map { CurvesPlot.Point(x: $0.x, y: $0.y) }
                )
            }
        }
        var plot = CurvesPlot(
            title: "\(quantity.title) by step",
            subtitle: "",
            curves: curves(lines),
            measure: quantity.axis
        )
        plot.raw = curves(raw)
        plot.isNamed = !isOne
        return plot
    }

    /// `12 plain, seed 3`, or the name that somebody gave it.
    private static func name(of run: Run) -> String {
        let words = run.name.map { [$0] } ?? [run.architecture, run.seed.map { "seed \($0)" }].compactMap(\.self)
        return ([String(run.number)] + [words.joined(separator: ", ")]).filter { !$0.isEmpty }.joined(separator: " ")
    }
}

/// A mean of each value and those before it, which count the less the longer ago they were.
///
/// The first values are not drawn to 0, as they would be by a mean that begins there (D. Kingma and J. Ba, "Adam", ICLR 2015,
/// section 3). What is not finite stays, and is no part of the mean.
struct Smoothing {
    private let weight: Double
    private var sum = 0.0
    private var total = 0.0

    init(_ weight: Double) { self.weight = weight }

    mutating func next(_ value: Double) -> Double {
        guard value.isFinite else { return value }
        sum = weight * sum + (1 - weight) * value
        total = weight * total + (1 - weight)
        return sum / total
    }
}
