/// A run as it is wanted: what a run must have been made of, and what it must hold, to count as it.
public struct WantedRun: Sendable {
    /// Of the configuration's canonical JSON, as ``Run/configurationDigest``.
    public var configurationDigest: String
    public var seed: Int64?
    /// The key of the dataset.
    public var dataset: Int64?
    /// Whether the run must hold its initial weights.
    public var initialWeights = false
    /// Whether the run must hold its final weights.
    public var finalWeights = false
    /// What must have been measured, as ``LayerPlace/measure``.
    public var measures: [String] = []

    public init(configurationDigest: String, seed: Int64?, dataset: Int64?) {
        self.configurationDigest = configurationDigest
        self.seed = seed
        self.dataset = dataset
    }
}

/// A run of the store that makes it unnecessary to execute another one.
public enum KnownRun: Sendable, Equatable {
    /// The number of the newest finished run that is as wanted.
    case finished(Int64)
    /// The number of a run of the same configuration, seed and dataset that a living process is executing.
    case running(Int64)
    /// The number of such a run of whose process nobody knows whether it lives.
    case unknown(Int64)
}

/// Which runs are there already, asked with statements that are prepared once for any number of them.
public final class KnownRuns {
    private let store: Store
    private let isForced: Bool
    private let findFinished: Statement
    private let findRunning: Statement

    /// Prepares the question.
    ///
    /// - Parameters:
    ///   - store: where the runs are.
    ///   - isForced: whether a run of whose process nobody knows whether it lives is as good as none.
    /// - Throws: ``SQLiteError``.
    public init(_ store: Store, isForced: Bool = false) throws(SQLiteError) {
        let findFinished = try store.connection.prepare(PackageResources.findFinishedRun_sql)
        let findRunning = try store.connection.prepare(PackageResources.findRunningRuns_sql)
        self.store = store
        self.isForced = isForced
        self.findFinished = findFinished
        self.findRunning = findRunning
    }

    /// The run because of which this one need not be executed.
    ///
    /// - Returns: nil where it has to be executed.
    /// - Throws: ``SQLiteError``.
    public func find(_ wanted: WantedRun) throws(SQLiteError) -> KnownRun? {
        try findFinished.bind(
            wanted.configurationDigest,
            wanted.seed,
            wanted.dataset,
            wanted.initialWeights,
            wanted.finalWeights,
            JSON.array(wanted.measures.map { .string($0) }).text
        )
        if let number = try findFinished.first(as: { (number: Int64) in number }) { return .finished(number) }
        let lives = try openRuns(wanted)
        let running = lives.first { $0.life == .alive || $0.life == .remote }
        if let running { return .running(running.run) }
        return isForced ? nil : lives.first { $0.life == .unknown }.map { .unknown($0.run) }
    }

    /// Whether a run need not be begun, in the transaction that would begin it.
    ///
    /// Runs of the same that are recorded as running, but which nobody waits for any more, are ended as killed.
    ///
    /// - Throws: ``SQLiteError``.
    public func settle(_ wanted: WantedRun) throws(SQLiteError) -> Bool {
        guard try find(wanted) == nil else { return true }
        // Whoever has one of them after all learns it at its next commit.
        for open in try openRuns(wanted) { try store.markKilled(open.run) }
        return false
    }

    private func openRuns(_ wanted: WantedRun) throws(SQLiteError) -> [(run: Int64, life: Owner.Life?)] {
        try findRunning.bind(wanted.configurationDigest, wanted.seed, wanted.dataset)
        let running = try findRunning.rows { (number: Int64) in number }
        guard !running.isEmpty else { return [] }
        let lives = try store.lives()
        return running.map { ($0, lives[$0]) }
    }
}
