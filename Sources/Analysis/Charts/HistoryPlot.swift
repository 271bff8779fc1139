/// A measure of one layer, or a metric, through the runs, in their order, with the band in which a run was to be expected.
///
/// The vertical axis is logarithmic where the values span more than a decade and are not differences. Runs are at equal distances, whether
/// their order is that of their numbers or of their times.
public struct HistoryPlot: Sendable {
    /// One run.
    public struct Point: Sendable {
        public let run: Int64
        public let group: String
        public let seed: Int64?
        public let value: Double
        /// The ends of the prediction interval that earlier runs give; nil where there are too few.
        public let bandLow: Double?
        public let bandHigh: Double?
        /// Whether the run is not what earlier ones predict; it is ringed.
        public let isOutside: Bool
        /// Whether a lasting shift of its group began with the run; a line is there.
        public let beginsShift: Bool

        public init(
            run: Int64,
            group: String,
            seed: Int64? = nil,
            value: Double,
            bandLow: Double? = nil,
            bandHigh: Double? = nil,
            isOutside: Bool = false,
            beginsShift: Bool = false
        ) {
            self.run = run
            self.group = clipped(group)
            self.seed = seed
            self.value = value
            self.bandLow = bandLow
            self.bandHigh = bandHigh
            self.isOutside = isOutside
            self.beginsShift = beginsShift
        }
    }

    public let title: String
    public let subtitle: String
    public let points: [Point]
    /// What was measured, the title of the vertical axis.
    public let measure: String
    /// Whether the vertical axis is linear whatever the values, for what is compared by differences.
    public let isLinear: Bool

    public init(
        title: String,
        subtitle: String,
        points: [Point],
        measure: String,
        isLinear: Bool = false
    ) {
        self.title = title
        self.subtitle = subtitle
        self.points = points
        self.measure = clipped(measure)
        self.isLinear = isLinear
    }

    /// The points of a group by their places, the groups in the order in which they first appear.
    var groups: [(name: String, indices: [Int])] {
        var groups: [(name: String, indices: [Int])] = []
        // Names are told apart by their bytes, as the store does.
        var numbers: [[UInt8]: Int] = [:]
        for (index, point) in points.enumerated() {
            let key = Array(point.group.utf8)
            if let number = numbers[key] {
                groups[number].indices.append(index)
            } else {
                numbers[key] = groups.count
                groups.append((point.group, [index]))
            }
        }
        return groups
    }
}
