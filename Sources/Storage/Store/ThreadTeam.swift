import Dispatch
package import Glibc
import Synchronization

/// Threads of our own, each with a value that it makes and that never leaves it: a store, as a rule.
///
/// For work that waits for a disk or takes long: there is one thread of Swift's tasks for each processor, and everything
/// else in the process shares them. Jobs are taken in the order they come. A team that is given up ends its threads.
public final class ThreadTeam<Owned: ~Copyable>: Sendable {
    private let queue: JobQueue<Owned>
    private let threads: Mutex<[pthread_t]>

    /// Starts the threads, and waits until each has made its value.
    ///
    /// - Parameters:
    ///   - threads: how many.
    ///   - capacity: how many jobs may wait; more are refused.
    ///   - make: makes the value of a thread, on that thread.
    /// - Throws: what `make` throws; ``TeamRefusal/noThread(_:)``.
    public init(threads: Int, capacity: Int = 4096, making make: @escaping @Sendable () throws -> Owned) throws {
        queue = JobQueue(capacity: capacity)
        self.threads = Mutex([])
        do {
            for _ in 0..<threads { try start(make) }
        } catch {
            queue.close(isHurried: true)
            self.threads.withLock { threads in
                for thread in threads { pthread_join(thread, nil) }
                threads = []
            }
            throw error
        }
    }

    /// Starts one thread, and waits until it has made its value.
    private func start(_ make: @escaping @Sendable () throws -> Owned) throws {
        let isReady = DispatchSemaphore(value: 0)
        let failure = Failure()
        let thread = try startThread { [queue] in
            do {
                try Self.work(queue, make) { isReady.signal() }
            } catch {
                failure.error.withLock { $0 = error }
                isReady.signal()
            }
        }
        threads.withLock { $0.append(thread) }
        isReady.wait()
        if let error = failure.error.withLock({ $0 }) { throw error }
    }

    deinit {
        queue.close(isHurried: true)
        threads.withLock { for thread in $0 { pthread_detach(thread) } }
    }

    private static func work(
        _ queue: JobQueue<Owned>,
        _ make: () throws -> Owned,
        begun: () -> Void
    ) throws {
        let owned = try make()
        begun()
        while let (place, job) = queue.next() {
            job.perform(owned)
            queue.end(place)
        }
    }

    /// Has one of the threads do a job, and waits for its answer without holding a thread.
    ///
    /// Cancelling the task that waits requests the interruption. A job that still waits for a thread then ends at once, as it
    /// does at its deadline; one that is at work ends when it asks its interruption, as every statement of a reading store
    /// does.
    ///
    /// - Parameters:
    ///   - interruption: what ends the job.
    ///   - job: what to do with the thread's value.
    /// - Returns: what the job returns.
    /// - Throws: what the job throws; ``SQLiteError`` where the job is interrupted before it begins; ``TeamRefusal``.
    public func run<Answer: Sendable>(
        _ interruption: Interruption = Interruption(),
        _ job: @escaping @Sendable (borrowing Owned) throws -> Answer
    ) async throws -> Answer {
        try await interruption.answer { [queue] in
            queue.withdraw(interruption)
        } of: { continuation in
            let work: @Sendable (borrowing Owned) -> Void = { owned in
                do {
                    try interruption.check()
                    continuation.resume(returning: try job(owned))
                } catch {
                    continuation.resume(throwing: error)
                }
            }
            queue.add(.init(interruption: interruption, perform: work) { continuation.resume(throwing: $0) })
        }
    }

    /// Has one of the threads do a job for which nobody waits.
    ///
    /// - Parameters:
    ///   - job: what to do with the thread's value.
    ///   - refuse: told where it is not done.
    func submit(
        _ job: @escaping @Sendable (borrowing Owned) -> Void,
        refuse: @escaping @Sendable (any Error) -> Void
    ) {
        queue.add(.init(interruption: Interruption(), perform: job, refuse: refuse))
    }

    /// Takes no more jobs, and returns when the threads have ended.
    ///
    /// - Parameter isHurried: whether jobs at work are interrupted and those that wait are refused; otherwise all are done.
    public func shutDown(isHurried: Bool) async {
        queue.close(isHurried: isHurried)
        let ending = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        await withCheckedContinuation { continuation in
            let join: @Sendable () -> Void = {
                for thread in ending { pthread_join(thread, nil) }
                continuation.resume()
            }
            // Waiting here would hold a thread that tasks share.
            do {
                pthread_detach(try startThread(join))
            } catch {
                join()
            }
        }
    }
}

/// What kept a thread from making its value.
private final class Failure: Sendable {
    let error = Mutex<(any Error)?>(nil)
}

/// Starts a thread of the system, `pthread_create`; somebody has to join or to detach it.
package func startThread(_ body: @escaping @Sendable () -> Void) throws(TeamRefusal) -> pthread_t {
    let context = Unmanaged.passRetained(ThreadBody(body))
    var thread = pthread_t()
    let code = pthread_create(
        &thread,
        nil,
        { context in
            guard let context else { return nil }
            Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().body()
            return nil
        },
        context.toOpaque()
    )
    guard code == 0 else {
        context.release()
        throw .noThread(code)
    }
    return thread
}

private final class ThreadBody: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
