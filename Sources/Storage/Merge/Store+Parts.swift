/// What a run refers to by its digest.
public struct RunContent: Sendable, Equatable {
    public let digest: String
    /// Whether it is an artifact that lies in a file of its own.
    public let isFile: Bool
    /// In bytes; 0 of a dataset.
    public let size: Int64
}

/// What another store has of a run when it has taken a part.
public struct ExportedRun: Sendable {
    /// With the latest values.
    public let state: RunState
    /// Whether more is to come.
    public let isCut: Bool
}

/// Small stores of what another store lacks of runs.
extension Store {
    /// What a run refers to by its digest: its dataset, its tensors, its artifacts.
    ///
    /// - Returns: each once.
    /// - Throws: ``SQLiteError``.
    public func content(ofRun run: Int64) throws(SQLiteError) -> [RunContent] {
        let list = try connection.prepare(PackageResources.listContent_sql)
        try list.bind(run)
        return try list.rows(as: RunContent.init)
    }

    /// The file of an artifact, by its digest; nil where it is not there or has another size.
    public func artifactFile(of content: RunContent) -> String? {
        let folder = artifactFolder
        return folder.size(of: content.digest) == content.size ? folder.place(of: content.digest) : nil
    }

    /// Makes a store of parts of runs, under their numbers, for another store that has the rest.
    ///
    /// It holds the rows that are new to that store and everything else of the runs but the content that is there. A merge
    /// takes it where it has what the parts go on from, and nowhere else.
    ///
    /// - Parameters:
    ///   - parts: the parts, one a run.
    ///   - digests: the content that is there.
    ///   - place: the path of the store, which must not be there.
    /// - Returns: what that store has of the runs when it has taken them, with the latest values.
    /// - Throws: ``StoreError`` when this store is damaged or nothing can be written there; ``SQLiteError``.
    public func export(_ parts: [RunPart], omitting digests: Set<ExactText>, to place: String) throws -> [ExportedRun] {
        let smaller = try Store(path: place, for: .writing, interruption: interruption)
        // It is gone with the process that makes it.
        try smaller.connection.execute("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY")
        let extent = MergeExtent(
            parts: Dictionary(parts.map { ($0.run, $0) }) { first, _ in first },
            omitted: digests,
            hasFiles: false
        )
        var isCut: Set<Int64> = []
        _ = try smaller.merge(
            self,
            named: path,
            runs: parts.map(\.run),
            isKeepingNumbers: true,
            extent: extent
        ) { merge in isCut = merge.notes.cutRuns }
        return try smaller.states(ofRunsAfter: .min, count: parts.count).map { state in
            let isCut = isCut.contains(state.number)
            // Only who sends the rest has to know more.
            let latest = isCut ? try smaller.state(ofRun: state.uuid, hasLatest: true) : nil
            return ExportedRun(state: latest ?? state, isCut: isCut)
        }
    }

    // MARK: How much is new

    /// How many rows of a run stand behind what another store has of it.
    ///
    /// - Parameters:
    ///   - run: the run's number.
    ///   - known: what the other store has, with its latest values; nil for nothing.
    ///   - last: the last step that counts.
    ///   - limit: how far to count.
    /// - Returns: at most a little more than the limit.
    /// - Throws: ``SQLiteError``.
    public func newRows(
        of run: Int64,
        behind known: RunState?,
        through last: Int64 = .max,
        limit: Int
    ) throws(SQLiteError) -> Int {
        let variances = try connection.prepare(PackageResources.countVariances_sql)
        try variances.bind(run, known?.lastVariance ?? .min, last, limit)
        var count: Int = try variances.only()
        let metrics = try connection.prepare(PackageResources.countMetricValues_sql)
        for (id, key, _) in try extents(of: run) where count < limit {
            try metrics.bind(run, id, known?.lastValue(of: key) ?? .min, last, limit - count)
            count += try metrics.only() as Int
        }
        return count
    }

    /// The last step of a part of a run that has no more rows than wanted, unless a single step has more.
    ///
    /// - Parameters:
    ///   - run: the run's number.
    ///   - known: what the other store has, with its latest values; nil for nothing.
    ///   - limit: how many rows the part may have.
    ///   - width: how many steps the part before had, from which the search begins.
    /// - Returns: nil where all that is new fits.
    /// - Throws: ``SQLiteError``.
    public func cut(of run: Int64, behind known: RunState?, limit: Int, width: Int64?) throws(SQLiteError) -> Int64? {
        guard limit < .max, try newRows(of: run, behind: known, limit: limit + 1) > limit else { return nil }
        guard let first = try firstNewStep(of: run, behind: known) else { return nil }
        func fits(_ step: Int64) throws(SQLiteError) -> Bool {
            try newRows(of: run, behind: known, through: step, limit: limit + 1) <= limit
        }
        // The whole does not fit: the last step that does is before the greatest.
        var (low, high) = (first, Int64.max)
        if let width, width > 0 {
            let guess = first.addingReportingOverflow(width - 1)
            if !guess.overflow, try fits(guess.partialValue) {
                if try newRows(of: run, behind: known, through: guess.partialValue, limit: limit) > limit / 2 {
                    return guess.partialValue
                }
                low = guess.partialValue
            }
        }
        // Steps mostly are small: the search goes up before it halves.
        var stride: Int64 = 1024
        while true {
            let (next, overflow) = low.addingReportingOverflow(stride)
            guard !overflow, next < high else { break }
            if try fits(next) { low = next } else { high = next }
            stride = stride.multipliedReportingOverflow(by: 2).overflow ? .max : stride * 2
            if high != .max { break }
        }
        while low < high - 1 {
            let middle = low + (high - low) / 2
            if try fits(middle) { low = middle } else { high = middle }
        }
        return low
    }

    private func firstNewStep(of run: Int64, behind known: RunState?) throws(SQLiteError) -> Int64? {
        let variance = try connection.prepare(PackageResources.firstVariance_sql)
        try variance.bind(run, known?.lastVariance ?? .min)
        var first = try variance.first { (step: Int64) in step }
        let value = try connection.prepare(PackageResources.firstMetricValue_sql)
        for (id, key, _) in try extents(of: run) {
            try value.bind(run, id, known?.lastValue(of: key) ?? .min)
            guard let step = try value.first(as: { (step: Int64) in step }) else { continue }
            first = min(first ?? step, step)
        }
        return first
    }

    private func extents(of run: Int64) throws(SQLiteError) -> [(id: Int64, key: String, step: Int64)] {
        let list = try connection.prepare(PackageResources.listExtents_sql)
        try list.bind(run)
        return try list.rows { (id: Int64, key: String, step: Int64) in (id, key, step) }
    }

    /// Holds the rows of a run against its checksums.
    ///
    /// - Parameter uuid: the run's uuid.
    /// - Throws: ``StoreError`` where they do not have them; ``SQLiteError``.
    public func proveRows(ofRun uuid: String) throws {
        try snapshot {
            guard let state = try state(ofRun: uuid, hasLatest: false) else { return }
            let (run, rows) = (state.number, try RowChecksums(self))
            func refuse(_ what: String) -> StoreError {
                .damagedSource(name: path, what: "the \(what) of run \(run) no longer have their checksum")
            }
            if let sum = state.variancesChecksum, try rows.variances(of: run) != sum { throw refuse("variances") }
            if let sum = state.metricsChecksum, try rows.metrics(of: run) != sum { throw refuse("metrics") }
        }
    }
}

extension RunState {
    /// The last step of its variances.
    fileprivate var lastVariance: Int64? { layers.map(\.lastStep).max() }

    fileprivate func lastValue(of key: String) -> Int64? { metrics.first { $0.key.isExactly(key) }?.step }
}
