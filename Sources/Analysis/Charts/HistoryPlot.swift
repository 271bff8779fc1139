/// The variance of one layer through the runs, in their order, with the band in which a run was to be expected.
///
/// The vertical axis is logarithmic where the values span more than a decade. Runs stand at equal distances, whether
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

        public init(
            run: Int64,
            group: String,
            seed: Int64? = nil,
            value: Double,
            bandLow: Double? = nil,
            bandHigh: Double? = nil,
            isOutside: Bool = false
        ) {
            self.run = run
            self.group = group
            self.seed = seed
            self.value = value
            self.bandLow = bandLow
            self.bandHigh = bandHigh
            self.isOutside = isOutside
        }
    }

    public let title: String
    public let subtitle: String
    public let points: [Point]
    /// What was measured, the title of the vertical axis.
    public let measure: String

    public init(
        title: String,
        subtitle: String,
        points: [Point],
        measure: String
    ) {
        self.title = title
        self.subtitle = subtitle
        self.points = points
        self.measure = measure
    }

    /// The points of a group by their places, the groups in the order in which they first appear.
    var groups: [(name: String, indices: [Int])] {
        var groups: [(name: String, indices: [Int])] = []
        var numbers: [String: Int] = [:]
        for (index, point) in points.enumerated() {
            if let number = numbers[point.group] {
                groups[number].indices.append(index)
            } else {
                numbers[point.group] = groups.count
                groups.append((point.group, [index]))
            }
        }
        return groups
    }
}
