import Dispatch
import Synchronization

/// Waits on the calling thread until a task has done `work`.
///
/// Never to be called on the threads that tasks share: they could all wait for each other.
///
/// - Returns: what `work` returns.
/// - Throws: what `work` throws.
public func waitForTask<Answer: Sendable>(_ work: @escaping @Sendable () async throws -> Answer) throws -> Answer {
    let outcome = TaskOutcome<Answer>()
    let isDone = DispatchSemaphore(value: 0)
    Task {
        do {
            let answer = try await work()
            outcome.result.withLock { $0 = .success(answer) }
        } catch {
            outcome.result.withLock { $0 = .failure(error) }
        }
        isDone.signal()
    }
    isDone.wait()
    return try outcome.result.withLock { $0 }.get()
}

private final class TaskOutcome<Answer: Sendable>: Sendable {
    let result = Mutex<Result<Answer, any Error>>(.failure(CancellationError()))
}
