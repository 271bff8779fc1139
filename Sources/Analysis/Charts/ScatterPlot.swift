/// A param against a metric, a dot for each run, coloured by group.
///
/// An axis of numbers is logarithmic where all of them are positive and span more than a decade. Where a value of the
/// param is not a number the horizontal axis has a place for each value, numbers first.
public struct ScatterPlot: Sendable {
    /// One run.
    public struct Point: Sendable {
        public let run: Int64
        public let seed: Int64?
        public let group: String
        /// The param; nil where the run lacks it.
        public let x: Value?
        /// The metric; nil where the run lacks it.
        public let y: Double?

        public init(run: Int64, seed: Int64? = nil, group: String, x: Value?, y: Double?) {
            self.run = run
            self.seed = seed
            self.group = clipped(group)
            self.x = x
            self.y = y
        }
    }

    /// What a param is.
    public enum Value: Sendable, Hashable {
        case number(Double)
        case text(String)

        /// Texts are equal byte by byte, as the store's are.
        public static func == (first: Value, second: Value) -> Bool {
            switch (first, second) {
            case (.number(let first), .number(let second)): first == second
            case (.text(let first), .text(let second)): first.utf8.elementsEqual(second.utf8)
            default: false
            }
        }

        /// Hashes the number, or the bytes of the text.
        public func hash(into hasher: inout Hasher) {
            switch self {
            case .number(let number): hasher.combine(number)
            case .text(let text): for byte in text.utf8 { hasher.combine(byte) }
            }
        }
    }

    public let title: String
    public let subtitle: String
    /// The runs, also those that lack a value: the subtitle counts them.
    public let points: [Point]
    /// The name of the param, the title of the horizontal axis.
    public let param: String
    /// The name of the metric, the title of the vertical axis.
    public let metric: String

    public init(title: String, subtitle: String, points: [Point], param: String, metric: String) {
        self.title = title
        self.subtitle = subtitle
        self.points = points
        self.param = clipped(param)
        self.metric = clipped(metric)
    }
}

extension ScatterPlot.Value {
    var text: String {
        switch self {
        case .number(let number): Int(exactly: number).map(String.init) ?? number.exact
        case .text(let text): clipped(text)
        }
    }
}
