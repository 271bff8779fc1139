/// The work of one merge, inside its transaction: another store is attached as `source`.
///
/// What its keys become here is in temporary tables, so that SQLite copies the rows by itself.
struct Merge {
    let store: Store
    let source: Store
    /// What errors call the source.
    let name: String
    /// The runs to be merged; nil for all.
    let runs: Set<Int64>?
    let isKeepingNumbers: Bool
    /// What of the runs is copied, where it is not everything.
    let extent: MergeExtent
    let notes = MergeNotes()

    /// The tables that map keys of the source to keys of the store, but that of the runs.
    private static let maps = ["experiments", "datasets", "environments", "layers", "keys"]

    /// Makes the tables that map keys of the source to keys of the store.
    static func makeMaps(on connection: borrowing Connection) throws(SQLiteError) {
        try connection.execute(
            """
            CREATE TEMP TABLE merged_runs (
                source_id INTEGER PRIMARY KEY, id INTEGER NOT NULL, outcome TEXT NOT NULL, difference TEXT,
                architecture TEXT, seed INTEGER, was_deleted INTEGER, after_step INTEGER, grows_metrics INTEGER NOT NULL DEFAULT 0,
                through_step INTEGER NOT NULL DEFAULT 9223372036854775807
            ) STRICT
            """
        )
        for name in maps {
            try connection.execute(
                "CREATE TEMP TABLE merged_\(name) (source_id INTEGER PRIMARY KEY, id INTEGER NOT NULL) STRICT"
            )
        }
    }

    /// Takes the tables away that ``makeMaps(on:)`` has made.
    static func dropMaps(on connection: borrowing Connection) {
        for name in maps + ["runs"] { try? connection.execute("DROP TABLE IF EXISTS temp.merged_\(name)") }
    }

    /// Merges.
    ///
    /// - Returns: the datasets that got another name.
    /// - Throws: ``StoreError``, ``SQLiteError``.
    func execute() throws -> [RenamedDataset] {
        let findLost = try store.connection.prepare(PackageResources.findLostReference_sql)
        try findLost.bind(numbers.lowerBound, numbers.upperBound)
        if let run = try findLost.first(as: { (run: Int64) in run }) {
            throw StoreError.damagedSource(name: name, what: "the dataset or the environment of run \(run) is missing")
        }
        try refuseImpossibleMoments()
        try mapLayers()
        try mapKeys()
        try chooseRuns()
        try mapExperiments()
        let renamed = try mapDatasets()
        try mapEnvironments()
        let restored = notes.hasKnown ? try runs(PackageResources.mergeLifecycles_sql) : []
        try copyRows()
        try proveCopies()
        try mergeLabels(restored: restored)
        return renamed
    }

    /// Between which numbers the runs to be merged are.
    var numbers: ClosedRange<Int64> {
        guard let runs, let first = runs.min(), let last = runs.max() else { return .min ... .max }
        return first...last
    }

    /// Refuses times that no clock shows; those of metrics are looked at with their rows.
    ///
    /// A copy of some runs of a store is as the store is.
    private func refuseImpossibleMoments() throws {
        guard !isKeepingNumbers else { return }
        let list = try source.connection.prepare(PackageResources.listImpossibleMoments_sql)
        try list.bind(Moment.range.lowerBound, Moment.range.upperBound)
        while try list.step() {
            let run: Int64? = try list.column(1)
            if let run, let runs, !runs.contains(run) { continue }
            throw StoreError.impossibleMoment(name: name, run: run, what: try list.column(0))
        }
    }

    // MARK: Rows

    private func copyRows() throws {
        try copyBlobs()
        if extent.hasFiles { try copyFiles() }
        let whenKnown = [
            PackageResources.clearMergedParams_sql, PackageResources.clearMergedVariances_sql,
            PackageResources.clearMergedMetrics_sql, PackageResources.growVariances_sql,
            PackageResources.growMetrics_sql, PackageResources.clearMergedLayers_sql,
            PackageResources.clearMergedMetricKeys_sql, PackageResources.clearMergedTensors_sql,
            PackageResources.replaceRuns_sql,
        ]
        let always = [
            PackageResources.mergeRuns_sql, PackageResources.mergeParams_sql, PackageResources.mergeTags_sql,
            PackageResources.mergeVariances_sql, PackageResources.mergeMetrics_sql, PackageResources.mergeLayers_sql,
            PackageResources.mergeMetricKeys_sql, PackageResources.mergeTensors_sql,
        ]
        // To compile a statement takes longer than to copy the rows of a short run.
        for statement in notes.hasKnown || !extent.parts.isEmpty ? whenKnown + always : always {
            try store.interruption.check()
            try store.connection.prepare(statement).run()
        }
        try notes.writeCuts(into: store)
        guard runs == nil else { return }
        try store.connection.prepare(PackageResources.mergeLooseModels_sql).run()
        try store.connection.prepare(PackageResources.mergeLooseArtifacts_sql).run()
    }

    /// Holds what was copied against the checksums that came with it.
    private func proveCopies() throws {
        let rows = try RowChecksums(store)
        let seal = try RunSeal(store)
        let list = try store.connection.prepare(PackageResources.listCopiedRuns_sql)
        while try list.step() {
            let (source, run): (Int64, Int64) = (try list.column(0), try list.column(1))
            let (variances, metrics): (Int64?, Int64?) = (try list.column(2), try list.column(3))
            let end: Int64? = try list.column(4)
            let (growsVariances, growsMetrics): (Bool, Bool) = (try list.column(5), try list.column(6))
            func prove(_ what: String, _ checksum: Int64?, _ computed: Int64) throws {
                guard let checksum, checksum != computed else { return }
                throw StoreError.damagedSource(
                    name: name,
                    what: "\(what) of run \(source) no longer have their checksum"
                )
            }
            // What only grew was chosen by the same sums.
            if variances != nil, !growsVariances { try prove("the variances", variances, rows.variances(of: run)) }
            if !growsMetrics {
                var isPossible = true
                let sum = try rows.metrics(of: run) { if !Moment.isPossible($1.timestamp) { isPossible = false } }
                try prove("the metrics", metrics, sum)
                guard isPossible || isKeepingNumbers else {
                    let what = "the time of a value of its metrics"
                    throw StoreError.impossibleMoment(name: name, run: source, what: what)
                }
            }
            if end != nil { try prove("row, params and tensors", end, seal.checksum(of: run)) }
        }
    }

    /// Copies the bytes of tensors and artifacts, compared with their digests: under a wrong one they would be in the way of the
    /// right ones for ever.
    private func copyBlobs() throws {
        let list = try store.connection.prepare(PackageResources.listMergeBlobs_sql)
        try list.bind(runs == nil)
        let insert = try store.connection.prepare(PackageResources.insertBlob_sql)
        while try list.step() {
            try store.interruption.check()
            let digest: String = try list.column(0)
            if extent.omitted.contains(ExactText(digest)) { continue }
            let isWhole = try list.withBlob(at: 1) { bytes in
                guard Digest.sha256(bytes) == digest else { return false }
                insert.reset()
                try insert.bind(.text(digest), at: 0)
                try insert.bind(bytes.bytes, at: 1)
                try insert.run()
                return true
            }
            guard isWhole else {
                throw StoreError.damagedSource(
                    name: name,
                    what: "the bytes of a tensor or an artifact are missing or changed (\(digest))"
                )
            }
        }
    }
}
