/// The variances of one run, read step by step as they are asked for; never more than a step of them is held.
public final class VarianceRows {
    /// All variances of one step.
    public struct Step: Sendable {
        public let number: Int64
        /// By the key of the layer, ascending.
        public let values: [Value]
    }

    /// One variance, by the key of its layer.
    public struct Value: Sendable {
        public let layer: Int64
        public let variance: Double

        /// Whether another value is the same answer; two NaN are.
        public func isSame(as other: Value) -> Bool {
            layer == other.layer && (variance == other.variance || variance.isNaN && other.variance.isNaN)
        }
    }

    private let statement: Statement
    /// The first row of the next step.
    private var ahead: (step: Int64, value: Value)?

    /// Begins at the first recorded step of a run.
    ///
    /// - Throws: ``SQLiteError``.
    public init(of run: Int64, in store: Store) throws(SQLiteError) {
        let statement = try store.connection.prepare(PackageResources.variancesOfRun_sql)
        try statement.bind(run)
        self.statement = statement
        ahead = nil
        ahead = try row()
    }

    /// The variances of the next step; nil after the last one.
    public func next() throws(SQLiteError) -> Step? {
        guard let first = ahead else { return nil }
        var values = [first.value]
        ahead = try row()
        while let following = ahead, following.step == first.step {
            values.append(following.value)
            ahead = try row()
        }
        return Step(number: first.step, values: values)
    }

    private func row() throws(SQLiteError) -> (step: Int64, value: Value)? {
        guard try statement.step() else { return nil }
        return (
            try statement.column(0), Value(layer: try statement.column(1), variance: try statement.real(2))
        )
    }
}
