/// Something to be written, and who hears of it.
struct WriterJob: Sendable {
    /// How it is committed.
    enum Manner { case shared, durable, alone }

    let interruption: Interruption
    let manner: Manner
    /// Writes, and returns what reports to the caller once that is committed.
    let perform: @Sendable (Store) throws -> @Sendable () -> Void
    /// Reports to the caller that nothing was written.
    let refuse: @Sendable (any Error) -> Void
}

/// The store of a ``Writer``, on its thread.
final class WriterSeat {
    private let path: String
    /// Nil after trouble, so that the next jobs open it again.
    private var store: Store?

    init(path: String) throws {
        self.path = path
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
    private func note(_ error: any Error) {
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
            let tell = try store.withInterruption(job.interruption) {
                try store.connection.with("synchronous", Self.full) { try job.perform(store) }
            }
            tell()
        } catch {
            job.refuse(error)
        }
    }

    /// Does jobs in one transaction, and reports to everybody what became of theirs.
    ///
    /// - Parameters:
    ///   - isDurable: whether the commit waits for the disk.
    ///   - interruption: what ends waiting for other processes.
    ///   - take: gives the jobs, once the transaction has begun.
    /// - Throws: what kept the transaction from being begun; no job was taken then.
    func commit(isDurable: Bool, _ interruption: Interruption, _ take: () -> [WriterJob]) throws {
        var jobs: [WriterJob]?
        var outcomes: [() -> Void] = []
        do {
            let store = try opened()
            try store.withInterruption(interruption) {
                try store.connection.with("synchronous", isDurable ? Self.full : Self.normal) {
                    try store.connection.transaction {
                        let taken = take()
                        jobs = taken
                        for job in taken { outcomes.append(try outcome(of: job, in: store)) }
                    }
                }
            }
            try store.checkPresence()
        } catch {
            note(error)
            guard let jobs else { throw error }
            guard jobs.count > 1 else { return jobs.forEach { $0.refuse(error) } }
            // One of them may be the reason: each for itself.
            for job in jobs {
                do {
                    try commit(isDurable: isDurable, interruption) { [job] }
                } catch {
                    job.refuse(error)
                }
            }
            return
        }
        for tell in outcomes { tell() }
    }

    /// Does one job of a transaction, or undoes it.
    ///
    /// - Returns: what reports to the caller, to be called after the commit.
    /// - Throws: what the job throws, where the whole transaction was undone.
    private func outcome(of job: WriterJob, in store: Store) throws -> () -> Void {
        do {
            try job.interruption.check()
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
