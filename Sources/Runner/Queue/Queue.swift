import Storage

/// Points of work, executed on several threads and recorded by one recorder.
///
/// The numbers of the runs follow the points' order whatever the timing, and no more points are begun than there are
/// threads. Every run's row is committed before its point is executed. A point that fails is recorded as failed and the
/// others go on.
struct Queue<Work: QueueWork>: Sendable {
    let work: Work
    /// The number of threads.
    var jobs = Machine.processors
    var resumption = QueueResumption.none

    /// Executes the points.
    ///
    /// The store's ``/Storage/Store/interruption`` ends the queue: the runs at work are recorded as killed as far as they
    /// came.
    ///
    /// - Parameters:
    ///   - store: a store opened for writing, given up to the queue.
    ///   - observe: called ten times a second on the caller's thread.
    /// - Returns: what became of the points, all of it on the disk.
    /// - Throws: what kept the recorder from writing.
    func execute(
        into store: sending Store,
        observe: (QueueProgress<Work.Point>) -> Void
    ) throws -> QueueOutcome<Work.Point, Work.Remark> {
        let checkpointer = try Checkpointer(path: store.path)
        let ledger = try QueueLedger(work, resumption, store)
        try Workers.run(max(1, min(jobs, work.count)), until: ledger.interruption, patience: work.patience) {
            execute(for: ledger)
        } tick: {
            observe(ledger.progress)
            checkpointer.run()
        }
        return try ledger.close()
    }

    /// What one thread does: a point after the other in the same memory.
    private func execute(for ledger: QueueLedger<Work>) {
        let memory = work.makeMemory()
        var next = ledger.next()
        while let run = next {
            do {
                let (ending, remark) = try work.execute(run, in: memory)
                next = try ledger.finish(run, ending, remark)
            } catch {
                ledger.abandon(run, error)
                next = ledger.next()
            }
        }
    }
}

/// Whether points are passed over whose run is there already: finished as it is wanted, or being executed by another
/// process that does the same.
public enum QueueResumption: Sendable {
    /// All points are executed.
    case none
    /// Also those are passed over whose run is recorded as running while nobody knows whether its process lives.
    case careful
    /// Such a run is ended as killed and its point executed.
    case forced
}
