extension Store {
    /// Makes a smaller store of some runs, with everything that belongs to them and under their numbers.
    ///
    /// The file is complete or not there: it gets its name when it is on the disk.
    ///
    /// - Parameters:
    ///   - runs: their numbers.
    ///   - place: the path of the file.
    ///   - isReplacing: whether a file that is there already gives way.
    /// - Returns: how large it is, in bytes.
    /// - Throws: ``StoreError`` when nothing can be made there, or this store is damaged; ``SQLiteError``.
    public func export(_ runs: [Int64], to place: String, isReplacing: Bool) throws -> Int64 {
        guard !Self.isSameFile(place, file) else {
            throw StoreError.isTheStore(path: place)
        }
        let pending = try PendingFile(at: place, as: .store, from: file, isReplacing: isReplacing)
        try pending.named { try fill($0, with: runs, for: Self.resolved(place)) }
        return try pending.complete(isReplacing: isReplacing)
    }

    private func fill(_ path: String, with runs: [Int64], for place: String) throws {
        let smaller = try Store(path: path, for: .writing, interruption: interruption)
        smaller.artifactPlace = place
        // The name stays the same, whatever datasets there are.
        _ = try smaller.merge(self, runs: runs, isKeepingNumbers: true)
        try smaller.connection.prepare(PackageResources.judgeNumbersFromHere_sql).run()
        // The experiment that every store has is made anew, and is the same one.
        let times = try connection.prepareOnly("SELECT created, updated FROM experiments WHERE id = 0")
            .first(as: { (created: Int64, updated: Int64) in (created, updated) })
        if let (created, updated) = times {
            try smaller.connection.prepareOnly("UPDATE experiments SET created = ?, updated = ? WHERE id = 0")
                .run(created, updated)
        }
        try smaller.synchronize()
    }

    /// Hands over all values of a run's metrics, one at a time, by metric and step.
    ///
    /// - Parameters:
    ///   - run: the run's number.
    ///   - body: takes the metric's key, the step, the timestamp in milliseconds since 1970 and the value.
    /// - Throws: ``SQLiteError``, and what `body` throws.
    public func forEachMetric(of run: Int64, _ body: (String, Int64, Int64, Double) throws -> Void) throws {
        let statement = try connection.prepare(PackageResources.listMetrics_sql)
        try statement.bind(run)
        while try statement.step() {
            try body(statement.column(0), statement.column(1), statement.column(2), statement.real(3))
        }
    }
}
