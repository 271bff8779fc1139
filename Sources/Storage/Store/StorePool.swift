/// Reads a store on threads of its own, for a process that answers many.
///
/// Each thread has a store opened for reading, whose statements stay prepared. A question reads one snapshot, whatever is
/// written meanwhile, and has an interruption of its own. Where the file behind the path was replaced, the next question
/// reads the new one.
///
///     let pool = try StorePool(path: "varve.db", threads: 4)
///     let run = try await pool.ask(Interruption(deadline: .now + .seconds(30))) { store in try store.run("1") }
public final class StorePool: Sendable {
    private let team: ThreadTeam<Seat>

    /// Opens the store on every thread.
    ///
    /// - Parameters:
    ///   - path: the store.
    ///   - threads: how many questions are answered at the same time.
    ///   - capacity: how many more may wait.
    ///   - lockTime: how long a question waits at most for another process that has the store to itself.
    /// - Throws: what ``Store/init(path:for:interruption:)`` throws; ``TeamRefusal/noThread(_:)``.
    public init(
        path: String,
        threads: Int,
        capacity: Int = 4096,
        lockTime: Duration = .milliseconds(Int64(Store.busyTimeout))
    ) throws {
        let wait = Int32(
            clamping: lockTime.components.seconds * 1000 + lockTime.components.attoseconds / 1_000_000_000_000_000
        )
        team = try ThreadTeam(threads: threads, capacity: capacity) { try Seat(path: path, wait: wait) }
    }

    /// Asks a question.
    ///
    /// - Parameters:
    ///   - interruption: what ends the question, also by its deadline; cancelling the task that waits requests it.
    ///   - question: asked with a store opened for reading, in one snapshot of it.
    /// - Returns: what the question returns.
    /// - Throws: what the question throws; ``SQLiteError`` of the kinds ``SQLiteError/Kind/interrupted`` and
    ///   ``SQLiteError/Kind/deadline`` where it was ended; ``StoreError`` where the store cannot be opened any more, or
    ///   changed while it was read without a lock; ``TeamRefusal``.
    public func ask<Answer: Sendable>(
        _ interruption: Interruption = Interruption(),
        _ question: @escaping @Sendable (Store) throws -> Answer
    ) async throws -> Answer {
        try await team.run(interruption) { seat in try seat.answer(question, interruption) }
    }

    /// Ends the questions being answered, refuses those that wait, and returns when the threads have ended.
    public func shutDown() async { await team.shutDown(isHurried: true) }

    /// A thread's store.
    private final class Seat {
        private let path: String
        /// In milliseconds.
        private let wait: Int32
        /// Nil after trouble, so that the next question opens it again.
        private var store: Store?

        init(path: String, wait: Int32) throws {
            self.path = path
            self.wait = wait
            store = try opened(Interruption())
        }

        func answer<Answer>(_ question: (Store) throws -> Answer, _ interruption: Interruption) throws -> Answer {
            let store = try opened(interruption)
            // Where it fails for a reason that may lie in the file, the next question opens it again.
            self.store = nil
            let answer = Result {
                try store.withInterruption(interruption) { try store.snapshot { try question(store) } }
            }
            try store.checkUnchanged()
            switch answer {
            case .failure(let error as SQLiteError) where [.damaged, .inputOutput, .cannotOpen].contains(error.kind):
                break
            default: self.store = store
            }
            return try answer.get()
        }

        private func opened(_ interruption: Interruption) throws -> Store {
            if let store, !store.isReplaced { return store }
            store = nil
            let opened = try Store(path: path, for: .reading, interruption: interruption)
            opened.interruption = Interruption()
            opened.connection.patience.busyTimeout = wait
            store = opened
            return opened
        }
    }
}
