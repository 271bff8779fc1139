/// Which runs are there already, asked with a statement that is prepared once for any number of them.
public final class FinishedRuns {
    private let find: Statement

    /// Prepares the question.
    public init(_ store: Store) throws(SQLiteError) {
        find = try store.connection.prepare(PackageResources.findFinishedRun_sql)
    }

    /// The number of the newest finished run that need not be executed again, if there is one.
    ///
    /// - Parameters:
    ///   - configurationDigest: of the configuration's canonical JSON, as ``Run/configurationDigest``.
    ///   - seed: the run's seed.
    ///   - dataset: the key of the dataset.
    ///   - initialWeights: whether the run must hold its initial weights.
    ///   - finalWeights: likewise the final ones.
    /// - Returns: nil where it has to be executed.
    /// - Throws: ``SQLiteError``.
    public func number(
        configurationDigest: String,
        seed: Int64,
        dataset: Int64,
        initialWeights: Bool,
        finalWeights: Bool
    ) throws(SQLiteError) -> Int64? {
        try find.bind(configurationDigest, seed, dataset, initialWeights, finalWeights)
        return try find.first { (number: Int64) in number }
    }
}
