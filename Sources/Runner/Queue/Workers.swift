import Dispatch
import Glibc
import Storage

/// Threads that work on their own while the caller looks after them.
///
/// Threads of their own, and neither tasks nor queues: training never waits, so it would hold the threads that everything
/// else in the process has to share.
enum Workers {
    /// Runs `body` on several threads and calls `tick` ten times a second until they have all ended.
    ///
    /// - Parameters:
    ///   - count: how many threads.
    ///   - interruption: what every `body` heeds.
    ///   - patience: how long workers may take to notice an interruption before they are left to themselves.
    ///   - body: what each thread does.
    ///   - tick: called on the caller's thread; what it throws leaves the workers to themselves.
    /// - Throws: what `tick` throws; `TeamRefusal.noThread` when the system has none left.
    static func run(
        _ count: Int,
        until interruption: Interruption,
        patience: Duration,
        _ body: @escaping @Sendable () -> Void,
        tick: () throws -> Void
    ) throws {
        let group = DispatchGroup()
        var threads: [pthread_t] = []
        for index in 0..<count {
            group.enter()
            do {
                threads.append(
                    try startThread {
                        body()
                        group.leave()
                    }
                )
            } catch {
                group.leave()
                // Fewer do the same work.
                guard index > 0 else { throw error }
                break
            }
        }
        defer { for thread in threads { pthread_detach(thread) } }
        var limit: ContinuousClock.Instant?
        while group.wait(timeout: .now() + .milliseconds(100)) == .timedOut {
            try tick()
            guard interruption.isRequested else { continue }
            let end = limit ?? .now + patience
            if .now >= end { return }
            limit = end
        }
        // What they held has gone with them, the store among it.
        for thread in threads { pthread_join(thread, nil) }
        threads = []
    }
}
