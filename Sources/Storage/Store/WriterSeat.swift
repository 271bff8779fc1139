/// Something to be written, and who hears of it.
struct WriterJob: Sendable {
    /// How it is committed.
    enum Manner: Equatable {
        case shared, durable, alone
        /// As shared, and so many values of metrics that come fast may wait to be put in place.
        case recording(values: Int)
    }

    let interruption: Interruption
    let manner: Manner
    /// Writes, and returns what reports to the caller once that is committed.
    let perform: @Sendable (Store) throws -> @Sendable () -> Void
    /// Reports to the caller that nothing was written.
    let refuse: @Sendable (any Error) -> Void
}

/// When values of metrics come so fast that they wait to be put in place.
struct RecordingPace: Sendable {
    /// How many values a second are put in place at once.
    var usual = 20_000.0
    /// How long others wait at most; nil: until something else is written.
    var waitingTime: Duration? = .milliseconds(200)
    /// How many may come at once in spite of that.
    var most = 30_000.0
    /// How many came more than usual.
    private var excess = 0.0
    private var last = ContinuousClock.now

    init() {}

    /// Takes further values into account.
    ///
    /// - Returns: whether they come too fast.
    mutating func isHigh(adding values: Int) -> Bool {
        let now = ContinuousClock.now
        excess = max(0, excess - (now - last) / .seconds(1) * usual) + Double(values)
        last = now
        return excess > most
    }
}

/// The store of a ``Writer``, on its thread.
final class WriterSeat {
    private let path: String
    /// Nil after trouble, so that the next jobs open it again.
    private var store: Store?
    private var pace: RecordingPace
    /// How many values wait to be put in place.
    private var waitingValues = 0
    /// When something of what waits could not be put in place: it is tried again after a while, and no more is left waiting.
    private var blocked: ContinuousClock.Instant?
    /// How many may: putting them in place takes a tenth of a second.
    private static let mostWaitingValues = 65_536

    init(path: String, _ pace: RecordingPace) throws {
        self.path = path
        self.pace = pace
        store = try Self.open(path, for: .writing)
    }

    private static func open(_ path: String, for access: Store.Access) throws -> Store {
        let store = try Store(path: path, for: access)
        // Who needs it waits for the disk: see `Writer.write`.
        // Values of many metrics lie on as many pages, again in every transaction: they are kept at hand, and written into
        // the database once for many transactions.
        try store.connection.execute(
            "PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 8192; PRAGMA cache_size = -32768"
        )
        return store
    }

    private func opened() throws -> Store {
        let store = try store ?? Self.open(path, for: .migrating)
        self.store = store
        return store
    }

    /// Has the next jobs open the store again where the reason may lie in the file that is open.
    private func noteTrouble(_ error: any Error) {
        guard let error = error as? SQLiteError else { return store = nil }
        if [.damaged, .inputOutput, .cannotOpen, .readOnly].contains(error.kind) { store = nil }
    }

    /// The values of `PRAGMA synchronous`.
    private static let (normal, full) = (1, 2)

    /// Does a job that has the store for itself.
    func execute(_ job: WriterJob) {
        do {
            try job.interruption.check()
            let store = try opened()
            store.gathersMetrics = false
            let tell = try store.withInterruption(job.interruption) {
                try store.connection.with("synchronous", Self.full) {
                    _ = try? store.placeWaitingMetrics()
                    return try job.perform(store)
                }
            }
            tell()
        } catch {
            job.refuse(error)
        }
    }

    /// Decides whether what a job records may wait to be put in place; all other jobs find everything there.
    ///
    /// - Parameters:
    ///   - store: the store.
    ///   - job: what is done next.
    ///   - isAlone: whether the transaction is the job's own: then what cannot be put in place does not hold it up.
    /// - Throws: what kept values from being put in place, and the transaction has to be undone.
    private func prepare(_ store: Store, for job: WriterJob, isAlone: Bool) throws {
        store.gathersMetrics = false
        if case .recording(let values) = job.manner {
            let isHigh = pace.isHigh(adding: values)
            if blocked == nil {
                guard isHigh else { return }
                store.gathersMetrics = true
                waitingValues += values
                guard waitingValues > Self.mostWaitingValues else { return }
            }
        }
        waitingValues = 0
        guard isAlone || blocked != nil else {
            if try !store.placeWaitingMetricsInTransaction() { blocked = .now }
            return
        }
        if let blocked, .now - blocked < .seconds(1) { return }
        do {
            blocked = try store.placeWaitingMetrics() ? nil : .now
        } catch {
            blocked = .now
            guard store.connection.isInTransaction else { throw error }
        }
    }

    /// Does jobs in one transaction, and reports to everybody what became of theirs.
    ///
    /// - Parameters:
    ///   - isDurable: whether the commit waits for the disk.
    ///   - interruption: what ends waiting for other processes.
    ///   - isAgain: whether they were in a transaction that failed.
    ///   - take: gives the jobs, once the transaction has begun.
    ///   - note: learns whether values of metrics wait to be put in place, before anybody hears of the commit.
    /// - Throws: what kept the transaction from being begun; no job was taken then.
    func commit(
        isDurable: Bool,
        _ interruption: Interruption,
        isAgain: Bool = false,
        _ take: () -> [WriterJob],
        _ note: (Bool) -> Void
    ) throws {
        var jobs: [WriterJob]?
        var isWaiting = false
        var outcomes: [() -> Void] = []
        do {
            let store = try opened()
            try store.withInterruption(interruption) {
                try store.connection.with("synchronous", isDurable ? Self.full : Self.normal) {
                    try store.connection.transaction {
                        let taken = take()
                        jobs = taken
                        for job in taken { outcomes.append(try outcome(of: job, in: store, isAgain)) }
                        // Damage there does not hold up what is recorded.
                        isWaiting = blocked == nil && (try? store.hasWaitingMetrics) == true
                    }
                }
            }
            try store.checkPresence()
        } catch {
            noteTrouble(error)
            guard let jobs else { throw error }
            guard !isAgain else { return jobs.forEach { $0.refuse(error) } }
            // One of them may be the reason: each for itself.
            for job in jobs {
                do {
                    try commit(isDurable: isDurable, interruption, isAgain: true, { [job] }, note)
                } catch {
                    job.refuse(error)
                }
            }
            return
        }
        note(isWaiting)
        for tell in outcomes { tell() }
    }

    /// Does one job of a transaction, or undoes it.
    ///
    /// - Returns: what reports to the caller, to be called after the commit.
    /// - Throws: what the job throws, where the whole transaction was undone, or has to be.
    private func outcome(of job: WriterJob, in store: Store, _ isAlone: Bool) throws -> () -> Void {
        guard !job.interruption.isRequested else {
            return { job.refuse(SQLiteError(job.interruption.reason ?? .request)) }
        }
        try prepare(store, for: job, isAlone: isAlone)
        do {
            let tell = try store.withInterruption(job.interruption) {
                try store.connection.transaction { try job.perform(store) }
            }
            return tell
        } catch {
            // SQLite undoes everything where the disk is full or fails.
            guard store.connection.isInTransaction else { throw error }
            return { job.refuse(error) }
        }
    }
}
