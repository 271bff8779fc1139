/// What a purge removed.
public struct PurgeSummary: Sendable, Equatable {
    public var runs = 0
    public var experiments = 0
    /// Rows of variances and metrics.
    public var rows = 0
    /// Bytes of weights and artifacts that no other run has.
    public var bytes: Int64 = 0
}

extension Store {
    /// How many rows of one table, or runs with what little else they have, one transaction removes.
    private static let purgedRows = 20_000
    private static let purgedRuns = 200
    private static let purgedBlobs = 10_000

    /// The deleted runs that can be purged: those that no process works on.
    ///
    /// - Parameters:
    ///   - runs: the numbers of those that are meant; nil for all.
    ///   - isForced: whether also those of which nobody knows whether their process lives.
    /// - Returns: their numbers.
    /// - Throws: ``StoreError`` when one of them is not there, not deleted, or may still be recorded; ``SQLiteError``.
    public func purgeableRuns(_ runs: [Int64]? = nil, isForced: Bool = false) throws -> [Int64] {
        let lives = try lives()
        guard let runs else {
            let deleted = try connection.prepare(PackageResources.listDeleted_sql).rows { (number: Int64) in number }
            return deleted.filter { Self.mayBePurged(lives[$0], isForced) }
        }
        for number in runs {
            switch try lifecycle(of: number) {
            case nil: throw StoreError.runGone(number: number, path: path)
            case .active?: throw StoreError.runIsActive(number: number)
            case .deleted?: break
            }
            if lives[number] == .alive { throw StoreError.runIsRunning(number: number, experiment: nil) }
            try checkTakeover(of: number, isForced: isForced)
        }
        return runs
    }

    private static func mayBePurged(_ life: Owner.Life?, _ isForced: Bool) -> Bool {
        switch life {
        case nil, .dead?, .remote?: true
        case .unknown?: isForced
        case .alive?: false
        }
    }

    /// Removes deleted runs for good, with everything that only they have, and deleted experiments left without runs.
    ///
    /// What was removed is noted in `purges`. Many short transactions, so that others may write in between. A run's own row
    /// goes first: from then on nobody sees any of it, and what an interrupted purge leaves is removed by the next one.
    ///
    /// - Parameters:
    ///   - runs: the numbers of those to remove; nil for all that no process works on.
    ///   - isForced: see ``purgeableRuns(_:isForced:)``.
    /// - Returns: what was removed, also of what an earlier purge had left.
    /// - Throws: ``StoreError`` when a run is not there, not deleted, or may still be recorded, and nothing is removed;
    ///   ``SQLiteError``.
    public func purge(_ runs: [Int64]? = nil, isForced: Bool = false) throws -> PurgeSummary {
        var summary = PurgeSummary()
        var files: [String] = []
        summary.runs = try purgeRuns(try purgeableRuns(runs, isForced: isForced), &files)
        summary.rows = try purgeOrphans()
        summary.experiments = try connection.transaction {
            try connection.prepare(PackageResources.purgeExperimentModels_sql).run()
            files += try purgeArtifacts(PackageResources.purgeModelArtifacts_sql)
            try connection.prepare(PackageResources.purgeExperiments_sql).run()
            return connection.changes
        }
        summary.bytes = try purgeBlobs() + removeUnusedFiles(files) + removeAbandonedFiles()
        return summary
    }

    /// Removes the rows of runs, their params, tags, tensors and artifacts, where they are still deleted.
    ///
    /// - Parameters:
    ///   - runs: their numbers.
    ///   - files: takes the digests of their artifacts that are files.
    /// - Returns: how many were removed.
    /// - Throws: ``SQLiteError``.
    func purgeRuns(_ runs: [Int64], _ files: inout [String]) throws -> Int {
        // Foreign keys would take a run's metrics, a million maybe, along in the same transaction.
        try connection.execute("PRAGMA foreign_keys = OFF")
        defer { try? connection.execute("PRAGMA foreign_keys = ON") }
        let notePurge = try connection.prepare(PackageResources.notePurge_sql)
        let purgeRun = try connection.prepare(PackageResources.purgeRun_sql)
        let purgeParams = try connection.prepare(PackageResources.purgeParams_sql)
        let purgeTags = try connection.prepare(PackageResources.purgeTags_sql)
        let purgeTensors = try connection.prepare(PackageResources.purgeTensors_sql)
        let purgeLayers = try connection.prepare(PackageResources.purgeLayers_sql)
        let purgeMetricKeys = try connection.prepare(PackageResources.purgeMetricKeys_sql)
        let purgeWaiting = try connection.prepare(PackageResources.purgeWaitingMetrics_sql)
        let purgeTagRemovals = try connection.prepare(PackageResources.purgeTagRemovals_sql)
        let purgeEdits = try connection.prepare(PackageResources.purgeEdits_sql)
        let purgeInputs = try connection.prepare(PackageResources.purgeRunInputs_sql)
        let purgeModels = try connection.prepare(PackageResources.purgeLoggedModels_sql)
        var count = 0
        var rest = runs[...]
        while !rest.isEmpty {
            try connection.transaction {
                for run in rest.prefix(Self.purgedRuns) {
                    try notePurge.run(run, Moment.now)
                    try purgeRun.run(run)
                    // Somebody else may have restored or purged it meanwhile.
                    guard connection.changes > 0 else { continue }
                    count += 1
                    try purgeParams.run(run)
                    try purgeTags.run(run)
                    try purgeTensors.run(run)
                    try purgeLayers.run(run)
                    try purgeMetricKeys.run(run)
                    try purgeWaiting.run(run)
                    try purgeTagRemovals.run(run)
                    try purgeEdits.run(run)
                    try purgeInputs.run(run)
                    try purgeModels.run(run)
                    files += try purgeArtifacts(PackageResources.purgeArtifacts_sql, run)
                }
            }
            rest = rest.dropFirst(Self.purgedRuns)
        }
        return count
    }

    /// Removes artifacts, and gives the digests of those that are files.
    private func purgeArtifacts(_ sql: [UInt8], _ run: Int64? = nil) throws(SQLiteError) -> [String] {
        let purge = try connection.prepare(sql)
        if let run { try purge.bind(run) }
        return try purge.rows { (digest: String?) in digest }.compactMap(\.self)
    }

    /// Removes what was left beside the store by uploads and purges that did not come to their end.
    func removeAbandonedFiles() throws -> Int64 {
        try connection.transaction {
            try artifactFolder.abandonedFiles { try isFileUsed($0) }.reduce(0) {
                $0 + artifactFolder.removeAbandoned($1)
            }
        }
    }

    /// Removes the variances and metrics whose run is gone.
    private func purgeOrphans() throws -> Int {
        let purgeVariances = try connection.prepare(PackageResources.purgeVariances_sql)
        let purgeMetrics = try connection.prepare(PackageResources.purgeMetrics_sql)
        var count = 0
        var rest = try connection.prepare(PackageResources.listOrphans_sql).rows { (number: Int64) in number }[...]
        while !rest.isEmpty {
            // Many runs are small: as many as fit go together.
            try connection.transaction {
                var room = Self.purgedRows
                while room > 0, let run = rest.first {
                    try purgeVariances.run(run, room)
                    room -= connection.changes
                    guard room > 0 else { break }
                    try purgeMetrics.run(run, room)
                    room -= connection.changes
                    if room > 0 { rest.removeFirst() }
                }
                count += Self.purgedRows - room
            }
        }
        return count
    }

    /// Removes the bytes that no tensor and no artifact has any more.
    func purgeBlobs() throws -> Int64 {
        // Foreign keys would read all tensors for each; that none has the bytes is known here.
        try connection.execute("PRAGMA foreign_keys = OFF")
        defer { try? connection.execute("PRAGMA foreign_keys = ON") }
        let purge = try connection.prepare(PackageResources.purgeBlobs_sql)
        var bytes: Int64 = 0
        var last = ""
        while true {
            // Found and removed in one statement: another run may come to need the same bytes at any moment.
            try purge.bind(last, Self.purgedBlobs)
            let found = try connection.transaction {
                try purge.rows { (digest: String, size: Int64) in (digest, size) }
            }
            guard let end = found.map(\.0).max() else { return bytes }
            last = end
            bytes += found.reduce(0) { $0 + $1.1 }
        }
    }
}
