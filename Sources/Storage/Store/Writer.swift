import Synchronization

/// Writes into a store for many, with one connection on a thread of its own.
///
/// All jobs that wait are done in one transaction (group commit), in the order they came, so that a commit is paid once for
/// many. A job that fails is undone alone; where the transaction itself fails, each of its jobs is repeated in one of its own.
/// Who waits is answered after the commit. Other processes may write meanwhile.
///
///     let writer = try Writer(path: "varve.db")
///     try await writer.write { store in try store.tag([1], with: [("note", "kept")]) }
public final class Writer: Sendable {
    /// How many jobs go into one transaction at most: others have to come to their turn.
    private static let groupLimit = 256
    /// How long jobs that wait are still done when the writer is shut down.
    private static let patience = Duration.milliseconds(1000)

    private struct State {
        var waiting: [WriterJob] = []
        /// Whether the thread will look at the jobs that wait.
        var isScheduled = false
        /// When the jobs that wait are not done any more; nil until the writer is shut down.
        var end: ContinuousClock.Instant?
        /// What ends a job that has the thread for itself, and waiting for other processes.
        var running: Interruption?
        /// Whether values of metrics wait to be put in place.
        var hasWaitingMetrics = false
        /// Whether somebody will put them in place after a while.
        var isPlacing = false
    }

    private let capacity: Int
    /// How long values of metrics wait at most to be put in place; nil: until something else is written.
    private let waitingTime: Duration?
    private let state = Mutex(State())
    private let team: ThreadTeam<WriterSeat>

    /// Opens the store for writing, making it where there is none.
    ///
    /// - Parameters:
    ///   - path: the store.
    ///   - capacity: how many jobs may wait; more are refused.
    /// - Throws: what ``Store/init(path:for:interruption:)`` throws; ``TeamRefusal/noThread(_:)``.
    public convenience init(path: String, capacity: Int = 4096) throws {
        try self.init(path: path, capacity: capacity, RecordingPace())
    }

    init(path: String, capacity: Int = 4096, _ pace: RecordingPace) throws {
        self.capacity = capacity
        waitingTime = pace.waitingTime
        team = try ThreadTeam(threads: 1) { try WriterSeat(path: path, pace) }
    }

    /// Writes something small, together with what others write.
    ///
    /// - Parameters:
    ///   - interruption: what ends waiting for the turn; cancelling the task that waits requests it. What has begun is done.
    ///   - isDurable: whether the answer waits until the commit survives a loss of power; without, it survives the end of any
    ///     process.
    ///   - job: what to write, done inside a transaction and, where that one fails, again inside another.
    /// - Returns: what the job returns, once it is committed.
    /// - Throws: what the job throws, and nothing of it is written then; ``SQLiteError`` and ``StoreError`` where it could
    ///   not be committed; ``TeamRefusal``.
    public func write<Answer: Sendable>(
        _ interruption: Interruption = Interruption(),
        isDurable: Bool = false,
        _ job: @escaping @Sendable (Store) throws -> Answer
    ) async throws -> Answer {
        try await add(interruption, isDurable ? .durable : .shared, job)
    }

    /// Records values of metrics, as ``write(_:isDurable:_:)`` does.
    ///
    /// Where many come fast they are committed without being put in their tables yet: that is done for many commits at once,
    /// after a fifth of a second at most, and before anything else is written, if only nothing: `write { _ in }`.
    ///
    /// - Parameters:
    ///   - values: how many values there are.
    ///   - interruption: what ends waiting for the turn.
    ///   - job: what to record, done inside a transaction and, where that one fails, again inside another.
    /// - Returns: what the job returns, once it is committed.
    /// - Throws: as ``write(_:isDurable:_:)``.
    public func record<Answer: Sendable>(
        values: Int,
        _ interruption: Interruption = Interruption(),
        _ job: @escaping @Sendable (Store) throws -> Answer
    ) async throws -> Answer {
        try await add(interruption, .recording(values: values), job)
    }

    /// Has the values of metrics put in place that wait for it.
    private func placeMetrics() async throws {
        guard state.withLock({ $0.hasWaitingMetrics }) else { return }
        try await write { _ in }
    }

    /// Does something large, such as a merge, which has the store for itself and makes its own transactions.
    ///
    /// It waits for the disk at every commit; others wait until it is done.
    ///
    /// - Parameters:
    ///   - interruption: what ends the job, also while it is at work.
    ///   - job: what to do, outside of a transaction.
    /// - Returns: what the job returns.
    /// - Throws: what the job throws; ``TeamRefusal``.
    public func writeAlone<Answer: Sendable>(
        _ interruption: Interruption = Interruption(),
        _ job: @escaping @Sendable (Store) throws -> Answer
    ) async throws -> Answer {
        try await add(interruption, .alone, job)
    }

    /// Takes no more jobs, commits what waits for at most a second, ends what has the store for itself, and returns when the
    /// thread has ended.
    public func shutDown() async {
        enqueue(WriterJob(interruption: Interruption(), manner: .shared, perform: { _ in {} }, refuse: { _ in }))
        state.withLock { state in
            state.end = .now + Self.patience
            state.running?.request()
        }
        await team.shutDown(isHurried: false)
    }

    private func add<Answer: Sendable>(
        _ interruption: Interruption,
        _ manner: WriterJob.Manner,
        _ job: @escaping @Sendable (Store) throws -> Answer
    ) async throws -> Answer {
        try await interruption.answer {
            self.withdraw(interruption)
        } of: { (continuation: CheckedContinuation<Answer, any Error>) in
            enqueue(
                WriterJob(interruption: interruption, manner: manner) { store in
                    let answer = try job(store)
                    return { continuation.resume(returning: answer) }
                } refuse: {
                    continuation.resume(throwing: $0)
                }
            )
        }
    }

    private func enqueue(_ job: WriterJob) {
        let (refusal, isFirst): (TeamRefusal?, Bool) = state.withLock { state in
            if state.end != nil { return (.closed, false) }
            if state.waiting.count >= capacity { return (.full, false) }
            state.waiting.append(job)
            defer { state.isScheduled = true }
            return (nil, !state.isScheduled)
        }
        if let refusal { return job.refuse(refusal) }
        // It may have been requested before the job was here to be withdrawn.
        if job.interruption.isRequested { withdraw(job.interruption) }
        guard isFirst else { return }
        team.submit { seat in
            while let turn = self.next() { self.perform(turn, in: seat) }
        } refuse: { error in
            for job in self.take({ _ in true }) { job.refuse(error) }
        }
    }

    /// What the thread does next.
    private enum Turn {
        case alone(WriterJob)
        /// As many jobs as come before the next one that has the store for itself.
        case together(isDurable: Bool, Interruption)
    }

    private func next() -> Turn? {
        state.withLock { state in
            guard let first = state.waiting.first else {
                state.isScheduled = false
                state.running = nil
                return nil
            }
            guard first.manner != .alone else {
                state.waiting.removeFirst()
                state.running = first.interruption
                if state.end != nil { first.interruption.request() }
                return .alone(first)
            }
            let interruption = Interruption(deadline: state.end)
            state.running = interruption
            let isDurable = state.waiting.prefix { $0.manner != .alone }.contains { $0.manner == .durable }
            return .together(isDurable: isDurable, interruption)
        }
    }

    private func perform(_ turn: Turn, in seat: WriterSeat) {
        switch turn {
        case .alone(let job): seat.execute(job)
        case .together(let isDurable, let interruption):
            guard !interruption.isRequested else {
                for job in take({ _ in true }) { job.refuse(TeamRefusal.closed) }
                return
            }
            // Until the transaction has begun they wait here, where they can be withdrawn and others join them.
            let take = { self.take { $0.manner != .alone && (isDurable || $0.manner != .durable) } }
            do {
                try seat.commit(isDurable: isDurable, interruption, take, note)
            } catch {
                let isEnd = interruption.isRequested
                for job in take() { job.refuse(isEnd ? TeamRefusal.closed : error) }
            }
        }
    }

    /// Notes whether values of metrics wait, and has them put in place soon.
    private func note(_ isWaiting: Bool) {
        let isFirst = state.withLock { state in
            state.hasWaitingMetrics = isWaiting
            guard isWaiting, !state.isPlacing, waitingTime != nil else { return false }
            state.isPlacing = true
            return true
        }
        guard isFirst, let waitingTime else { return }
        Task {
            repeat {
                try? await Task.sleep(for: waitingTime)
                try? await placeMetrics()
            } while goesOnPlacing()
        }
    }

    /// Whether values wait still, or again: others may have come in the transaction that put them in place.
    private func goesOnPlacing() -> Bool {
        state.withLock { state in
            state.isPlacing = state.hasWaitingMetrics && state.end == nil
            return state.isPlacing
        }
    }

    /// Takes jobs from the front for as long as they are such, and not too many.
    private func take(_ isTaken: (WriterJob) -> Bool) -> [WriterJob] {
        state.withLock { state in
            let jobs = Array(state.waiting.prefix(Self.groupLimit).prefix(while: isTaken))
            state.waiting.removeFirst(jobs.count)
            return jobs
        }
    }

    /// How many jobs wait.
    var waiting: Int { state.withLock { $0.waiting.count } }

    /// Ends the jobs of an interruption that wait.
    private func withdraw(_ interruption: Interruption) {
        let jobs = state.withLock { state in
            let found = state.waiting.filter { $0.interruption === interruption }
            state.waiting.removeAll { $0.interruption === interruption }
            return found
        }
        for job in jobs { job.refuse(SQLiteError(interruption.reason ?? .request)) }
    }
}
