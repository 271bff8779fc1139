/// One recorded number of a metric or a layer.
public struct RecordedPoint: Sendable {
    public let step: Int64
    /// Milliseconds since 1970; nil of a layer.
    public let timestamp: Int64?
    public let value: Double

    /// Reads step, timestamp and value, one by one: millions of rows are read where a few points are kept.
    init(_ row: borrowing Statement) throws(SQLiteError) {
        step = try row.column(0)
        timestamp = if case .integer(let moment) = row.value(at: 1) { moment } else { nil }
        value = try row.real(2)
    }
}

extension Store {
    /// The values of one metric of a run, by step, timestamp and value.
    ///
    /// - Parameters:
    ///   - key: the metric, as `loss`.
    ///   - run: the run's number.
    ///   - steps: those that count; all unless given.
    ///   - limit: at most this many points, but never fewer than two; nil for all. Where there are more values the steps are
    ///     cut into half as many stretches of equal length, and each gives its least and its greatest value as they were
    ///     recorded, or its first NaN where it has nothing else.
    /// - Returns: nothing where the run has no such metric.
    /// - Throws: ``SQLiteError``.
    public func points(
        ofMetric key: String,
        in run: Int64,
        steps: ClosedRange<Int64> = .min ... .max,
        atMost limit: Int? = nil
    ) throws -> [RecordedPoint] {
        let extent = try connection.prepare(PackageResources.metricExtent_sql)
        let points = try connection.prepare(PackageResources.metricPoints_sql)
        try extent.bind(run, key, steps.lowerBound, steps.upperBound, max(limit ?? 0, 2) &+ 1)
        try points.bind(run, key, steps.lowerBound, steps.upperBound)
        return try Self.thinned(points, extent, limit)
    }

    /// The numbers of one layer of a run, by step.
    ///
    /// - Parameters:
    ///   - layer: its key, as ``StoredLayer/id``.
    ///   - run: the run's number.
    ///   - steps: those that count; all unless given.
    ///   - limit: at most this many points, as for ``points(ofMetric:in:steps:atMost:)``.
    /// - Returns: nothing where the run has no such layer.
    /// - Throws: ``SQLiteError``.
    public func points(
        ofLayer layer: Int64,
        in run: Int64,
        steps: ClosedRange<Int64> = .min ... .max,
        atMost limit: Int? = nil
    ) throws -> [RecordedPoint] {
        let extent = try connection.prepare(PackageResources.layerExtent_sql)
        let points = try connection.prepare(PackageResources.layerPoints_sql)
        try extent.bind(run, layer, steps.lowerBound, steps.upperBound, max(limit ?? 0, 2) &+ 1)
        try points.bind(run, layer, steps.lowerBound, steps.upperBound)
        return try Self.thinned(points, extent, limit)
    }

    private static func thinned(
        _ points: borrowing Statement,
        _ extent: borrowing Statement,
        _ limit: Int?
    ) throws(SQLiteError) -> [RecordedPoint] {
        var thinned: [RecordedPoint] = []
        guard let limit,
            let (count, first, last) = try extent.first(as: { (a: Int, b: Int64?, c: Int64?) in (a, b, c) }),
            let first, let last, count > max(limit, 2)
        else {
            while try points.step() { thinned.append(try RecordedPoint(points)) }
            return thinned
        }
        // Differences of steps fit into 64 bits without a sign.
        let share = UInt64(bitPattern: last &- first) / UInt64(max(limit / 2, 1))
        let width = share == .max ? share : share + 1
        var stretch: (number: UInt64, extremes: Extremes)?
        while try points.step() {
            let point = try RecordedPoint(points)
            let number = UInt64(bitPattern: point.step &- first) / width
            if let open = stretch, open.number == number {
                stretch?.extremes.add(point)
            } else {
                if let open = stretch { thinned += open.extremes.points }
                stretch = (number, Extremes(point))
            }
        }
        if let open = stretch { thinned += open.extremes.points }
        return thinned
    }

    /// The least and the greatest of some points that come one after the other.
    private struct Extremes {
        private var least: (place: Int, point: RecordedPoint)
        private var greatest: (place: Int, point: RecordedPoint)
        private var count = 1

        init(_ point: RecordedPoint) {
            least = (0, point)
            greatest = (0, point)
        }

        mutating func add(_ point: RecordedPoint) {
            // NaN is neither, but gives way to any number.
            defer { count += 1 }
            guard !point.value.isNaN else { return }
            if !(point.value >= least.point.value) { least = (count, point) }
            if !(point.value <= greatest.point.value) { greatest = (count, point) }
        }

        /// In the order they came.
        var points: [RecordedPoint] {
            if least.place == greatest.place { return [least.point] }
            return least.place < greatest.place ? [least.point, greatest.point] : [greatest.point, least.point]
        }
    }
}
