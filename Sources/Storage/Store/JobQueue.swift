import Dispatch
import Glibc
import Synchronization

/// Why a job is not done.
public enum TeamRefusal: Error, Equatable, CustomStringConvertible {
    /// As many jobs wait as may.
    case full
    /// The team takes no more jobs, or ends before this one could be done.
    case closed
    /// The system gives no more threads; the value is its `errno`.
    case noThread(Int32)

    public var description: String {
        switch self {
        case .full: "too much is asked for at once: try again in a moment"
        case .closed: "this is being shut down"
        case .noThread(let code): "cannot start a thread: \(String(cString: strerror(code)))"
        }
    }
}

extension Interruption {
    /// Waits for the answer of a job, which cancelling the task ends.
    ///
    /// - Parameters:
    ///   - withdraw: ends the job where it has not begun; called when the task is cancelled and at the deadline.
    ///   - begin: adds the job; the continuation is resumed by the thread that does, refuses or withdraws it.
    /// - Returns: the answer.
    /// - Throws: what the continuation is resumed with.
    func answer<Answer: Sendable>(
        withdraw: @escaping @Sendable () -> Void,
        of begin: (CheckedContinuation<Answer, any Error>) -> Void
    ) async throws -> Answer {
        let alarm = deadline.map { deadline in
            Task {
                try await Task.sleep(until: deadline, clock: .continuous)
                withdraw()
            }
        }
        defer { alarm?.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation(begin)
        } onCancel: {
            request()
            withdraw()
        }
    }
}

/// The jobs of a ``ThreadTeam`` in the order they came.
final class JobQueue<Owned: ~Copyable>: Sendable {
    struct Job: Sendable {
        let interruption: Interruption
        let perform: @Sendable (borrowing Owned) -> Void
        /// Reports to the waiting caller that it is not done.
        let refuse: @Sendable (any Error) -> Void
    }

    private struct State {
        /// By their places in the order, which ascend; one that was withdrawn is missing.
        var waiting: [UInt64: Job] = [:]
        var first: UInt64 = 0
        var next: UInt64 = 0
        /// What ends the jobs at work, by their places.
        var running: [UInt64: Interruption] = [:]
        var isClosed = false

        mutating func take() -> (place: UInt64, job: Job)? {
            while first < next {
                let place = first
                first += 1
                guard let job = waiting.removeValue(forKey: place) else { continue }
                running[place] = job.interruption
                return (place, job)
            }
            return nil
        }
    }

    private let capacity: Int
    private let state = Mutex(State())
    /// Counts what threads have to look at: a job, or the end.
    private let signal = DispatchSemaphore(value: 0)

    init(capacity: Int) { self.capacity = capacity }

    /// Adds a job to the end, or refuses it.
    func add(_ job: Job) {
        let refusal: TeamRefusal? = state.withLock { state in
            if state.isClosed { return .closed }
            if state.waiting.count >= capacity { return .full }
            state.waiting[state.next] = job
            state.next += 1
            return nil
        }
        if let refusal { return job.refuse(refusal) }
        signal.signal()
        // It may have been requested before the job was here to be withdrawn.
        if job.interruption.isRequested { withdraw(job.interruption) }
    }

    /// Ends the jobs of an interruption that wait.
    func withdraw(_ interruption: Interruption) {
        let jobs = state.withLock { state in
            let found = state.waiting.filter { $0.value.interruption === interruption }
            for place in found.keys { state.waiting[place] = nil }
            return found.values
        }
        for job in jobs { job.refuse(SQLiteError(interruption.reason ?? .request)) }
    }

    /// Waits for a job, which the caller then does; nil when there will be none any more.
    func next() -> (place: UInt64, job: Job)? {
        while true {
            signal.wait()
            let (found, isClosed) = state.withLock { state in (state.take(), state.isClosed) }
            if let found { return found }
            // Every thread has to see the end.
            if isClosed {
                signal.signal()
                return nil
            }
        }
    }

    /// Notes that a job is done.
    func end(_ place: UInt64) {
        state.withLock { $0.running[place] = nil }
    }

    /// Takes no more jobs; threads end when none is left.
    ///
    /// - Parameter isHurried: whether those at work are interrupted and those that wait are refused.
    func close(isHurried: Bool) {
        let jobs = state.withLock { state in
            state.isClosed = true
            guard isHurried else { return [Job]() }
            for interruption in state.running.values { interruption.request() }
            defer { state.waiting = [:] }
            return [Job](state.waiting.values)
        }
        signal.signal()
        for job in jobs { job.refuse(TeamRefusal.closed) }
    }
}
