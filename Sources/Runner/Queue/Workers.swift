import Dispatch

/// Threads that work on their own while the caller looks after them.
///
/// Threads and not tasks: training never waits, so it would hold the threads that everything else in the process has to
/// share.
enum Workers {
    /// Runs `body` on so many threads and calls `tick` ten times a second until they have all ended.
    ///
    /// - Parameters:
    ///   - count: how many threads.
    ///   - body: given the worker's index.
    ///   - tick: called on the caller's thread; false gives up on workers that are still busy.
    static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void, tick: () -> Bool) {
        let group = DispatchGroup()
        let queue = DispatchQueue(label: "varve.workers", attributes: .concurrent)
        for worker in 0..<count { queue.async(group: group) { body(worker) } }
        while group.wait(timeout: .now() + .milliseconds(100)) == .timedOut {
            guard tick() else { return }
        }
    }
}
