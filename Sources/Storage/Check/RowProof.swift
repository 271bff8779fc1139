/// Holds runs against the checksums under them, with statements that are prepared once for any number of runs.
public final class RowProof {
    private let sums: RowChecksums
    private let seal: RunSeal
    private let find: Statement

    /// Prepares the questions.
    public init(_ store: Store) throws(SQLiteError) {
        let sums = try RowChecksums(store)
        let seal = try RunSeal(store)
        let find = try store.connection.prepare(PackageResources.findChecksums_sql)
        self.sums = sums
        self.seal = seal
        self.find = find
    }

    /// What checksums a run has, and which it should have.
    struct Checksums {
        /// Whether it came without any, so that a missing one is no damage.
        let isUnproven: Bool
        /// Whether it has certainly ended; a killed one may have been taken for dead and go on.
        let hasEnded: Bool
        let variances: Int64?
        let metrics: Int64?
        let end: Int64?

        /// What does not hold, in words about the run, given the checksums of what there is.
        func complaints(variances: Int64, metrics: Int64, end: Int64) -> [String] {
            if isUnproven {
                let isBare = self.variances == nil && self.metrics == nil && self.end == nil
                return isBare ? [] : ["it is marked as one without checksums, but it has some"]
            }
            var complaints: [String] = []
            func hold(_ stored: Int64?, _ computed: Int64, _ what: String, _ parts: String) {
                if stored == nil {
                    complaints.append("the checksum of its \(what) is missing")
                } else if stored != computed {
                    complaints.append(
                        "its \(what) no longer have their checksum: \(parts) was changed, added or removed"
                    )
                }
            }
            hold(self.variances, variances, "variances", "a value, a step or a layer")
            hold(self.metrics, metrics, "metrics", "a value, a step or a name")
            if self.end != nil || hasEnded { hold(self.end, end, "row, params and tensors", "something of them") }
            return complaints
        }
    }

    /// What of a run does not have its checksum any more, or lacks the one it had.
    ///
    /// - Parameter run: the run's number.
    /// - Returns: one line each, about the run; nothing where all is as it was recorded, or nothing can prove it.
    /// - Throws: ``SQLiteError``, also after an ``Interruption``.
    public func complaints(of run: Int64) throws(SQLiteError) -> [String] {
        try find.bind(run)
        guard let stored = try find.first(as: Checksums.init) else { return [] }
        return try stored.complaints(
            variances: sums.variances(of: run),
            metrics: sums.metrics(of: run),
            end: seal.checksum(of: run)
        )
    }
}
