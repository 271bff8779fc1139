import Storage

/// What a ``Queue`` executes: points in an order, each of which becomes a run of the store.
protocol QueueWork: Sendable {
    associatedtype Point: Sendable
    associatedtype Points: Sequence<Point> where Points.Iterator: Sendable
    /// What one worker uses for all its points, made and kept on its own thread.
    associatedtype Memory
    /// Something worth telling of a run although it has finished.
    associatedtype Remark: Sendable

    /// The points in the order of their runs' numbers, made as they are asked for.
    var points: Points { get }
    /// The number of points.
    var count: Int { get }
    /// How much work all points are together, in a unit of its own, for progress and the time that is left.
    var size: Int { get }

    /// How long a worker may take to end after an interruption before it is left to itself.
    var patience: Duration { get }

    /// How much of ``size`` one point is.
    func size(of point: Point) -> Int

    /// The run of a point as it is begun in the store.
    func beginning(of point: Point) -> RunBeginning

    func makeMemory() -> Memory

    /// Executes a point on a worker's thread and records through the run that is given.
    ///
    /// - Returns: the run's end, written as it is.
    /// - Throws: why it failed, which is reported in one line; ``Interrupted`` when it was ended from outside.
    func execute(_ run: QueueRun<Self>, in memory: Memory) throws -> (ending: RunEnding, remark: Remark?)
}

extension QueueWork {
    var patience: Duration { .milliseconds(600) }
}

/// What a point's run is begun with.
struct RunBeginning: Sendable {
    var run: NewRun
    let layers: [LayerPlace]
    /// What a run that is there already must be for a queue that goes on to pass over the point.
    var wanted: WantedRun
}

/// A point at work: its run is begun in the store, and recorded through this.
struct QueueRun<Work: QueueWork>: Sendable {
    let point: Work.Point
    let open: OpenRun
    let ledger: QueueLedger<Work>

    /// - Throws: ``Interrupted`` when the queue has to end.
    func checkInterruption() throws(Interrupted) {
        if ledger.interruption.isRequested { throw Interrupted() }
    }

    /// Writes something of the run with the recorder that all workers share, at any time until the run has ended.
    ///
    /// - Parameters:
    ///   - amount: how much of the point's size is done by it.
    ///   - write: holds up all other workers meanwhile. What it throws ends the whole queue.
    /// - Throws: what `write` throws; ``Interrupted`` when the queue has ended meanwhile.
    func record(advancing amount: Int, _ write: @Sendable (inout Recorder) throws -> Void) throws {
        try ledger.record(open.number, advancing: amount, write)
    }
}

/// A run was ended from outside before it was done.
struct Interrupted: Error {}
