/// The metrics of one run, read step by step as they are asked for; never more than a step of them is held.
public final class MetricRows {
    /// All values of one metric at one step.
    public struct Step: Sendable {
        /// The key of the metric in the store.
        public let metric: Int64
        public let number: Int64
        /// By time; NaN is a value like others.
        public let values: [Double]

        /// Whether this step is read before another one: by metric, then by step.
        public func comes(before other: Step) -> Bool { (metric, number) < (other.metric, other.number) }
    }

    private let statement: Statement
    /// The first row of the next step.
    private var ahead: Step?

    /// Begins at the first recorded step of a run's first metric.
    ///
    /// - Throws: ``SQLiteError``.
    public init(of run: Int64, in store: Store) throws(SQLiteError) {
        let statement = try store.connection.prepare(PackageResources.metricsOfRun_sql)
        try statement.bind(run)
        self.statement = statement
        ahead = nil
        ahead = try row()
    }

    /// The values of the next step; nil after the last one.
    public func next() throws(SQLiteError) -> Step? {
        guard let first = ahead else { return nil }
        var values = first.values
        ahead = try row()
        while let following = ahead, !first.comes(before: following) {
            values += following.values
            ahead = try row()
        }
        return Step(metric: first.metric, number: first.number, values: values)
    }

    private func row() throws(SQLiteError) -> Step? {
        guard try statement.step() else { return nil }
        return Step(metric: try statement.column(0), number: try statement.column(1), values: [try statement.real(2)])
    }
}
