/// A metric, or a measure of one layer, over the steps: a line for each run, or mean and band for each group of runs.
///
/// The vertical axis is logarithmic where all values are positive and span more than a decade. A line has a gap where a
/// value is not finite; where that began is marked. However many steps there are, every column of pixels keeps its
/// lowest and its highest value.
public struct CurvesPlot: Sendable {
    /// One line.
    public struct Curve: Sendable {
        /// What it is called: a run, or a group of runs.
        public let name: String
        /// The points, x ascending.
        public let points: [Point]

        public init(name: String, points: [Point]) {
            self.name = clipped(name)
            self.points = points
        }
    }

    /// A value at a step.
    public struct Point: Sendable, Equatable {
        /// The step.
        public let x: Int
        /// The value of the run, or the mean of the group's; it may be NaN and infinite.
        public let y: Double
        /// The ends of the 95 % interval of the mean; nil where there is none.
        public let low: Double?
        public let high: Double?
        /// How many runs it shows.
        public let n: Int

        public init(x: Int, y: Double, low: Double? = nil, high: Double? = nil, n: Int = 1) {
            self.x = x
            self.y = y
            self.low = low
            self.high = high
            self.n = n
        }
    }

    /// How the vertical axis is divided.
    public enum Axis: String, Sendable {
        case linear
        case logarithmic = "log"
    }

    public let title: String
    public let subtitle: String
    public let curves: [Curve]
    /// What was measured, the title of the vertical axis.
    public let measure: String
    /// Nil for what suits the values.
    public var axis: Axis?
    /// Whether the lines bear their names; without, what stands around the picture says whose it is.
    public var isNamed = true
    /// What was smoothed to give the curves, each drawn thin behind the one of its place; nothing where nothing was.
    public var raw: [Curve] = []

    public init(title: String, subtitle: String, curves: [Curve], measure: String) {
        self.title = title
        self.subtitle = subtitle
        self.curves = curves
        self.measure = clipped(measure)
    }
}

extension CurvesPlot.Curve {
    var series: Series { Series(name: name, points: points.map { Series.Point(x: $0.x, y: $0.y) }) }

    /// The name, and of how many runs it is: `plain (n = 20)`.
    var label: String {
        let (least, most) = (points.lazy.map(\.n).min() ?? 1, points.lazy.map(\.n).max() ?? 1)
        guard most > 1 else { return name }
        return "\(name) (n = \(least == most ? "" : "\(least) to ")\(most))"
    }

    /// The stretches in which the points have an interval.
    var bands: [[CurvesPlot.Point]] {
        points.split { $0.low == nil || $0.high == nil || !$0.y.isFinite }.map(Array.init)
    }
}
