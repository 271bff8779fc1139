import Storage
import Synchronization

/// The one place where the threads of a queue meet: it hands out the points in their order and records their runs.
///
/// A point is handed out and its run's row committed under one lock, which is what makes the numbers follow the order.
final class QueueLedger<Work: QueueWork>: Sendable {
    private struct State: ~Copyable {
        let store: Store
        var recorder: Recorder
        let known: KnownRuns?
        var points: Work.Points.Iterator
        /// A point whose run was there when it was to begin, to be looked at again.
        var contested: Work.Point?
        var outcome = QueueOutcome<Work.Point, Work.Remark>()
        var done = 0
        /// How much work there is without the points passed over, and how much of it is done.
        var size: Int
        var reached = 0
        /// The points at work, each with how much of it is done.
        var open: [(point: Work.Point, run: OpenRun, reached: Int)] = []
        /// What keeps the recorder from writing; nothing is executed any more.
        var trouble: (any Error)?
        var isClosed = false
    }

    /// What ends the queue: the store's own.
    let interruption: Interruption
    private let work: Work
    private let state: Mutex<State>

    init(_ work: Work, _ resumption: QueueResumption, _ store: sending Store) throws {
        self.work = work
        interruption = store.interruption
        let recorder = try Recorder(store)
        try recorder.leaveLogToCheckpointer()
        let known = try resumption == .none ? nil : KnownRuns(store, isForced: resumption == .forced)
        state = Mutex(
            State(store: store, recorder: recorder, known: known, points: work.points.makeIterator(), size: work.size)
        )
    }

    // MARK: Handing out

    /// A run that is to end when the next one begins.
    private typealias Ended = (run: OpenRun, ending: RunEnding)

    /// The first point for a thread, or the next one after a run that failed; see ``finish(_:_:_:)`` for all others.
    ///
    /// - Returns: a point whose run is begun in the store, or nil when there is none or the queue has to end.
    func next() -> QueueRun<Work>? {
        state.withLock { state in
            do {
                var nothing: Ended?
                return try begin(after: &nothing, &state)
            } catch {
                state.trouble = state.trouble ?? error
                return nil
            }
        }
    }

    /// Begins the run of the next point that has none.
    ///
    /// - Parameters:
    ///   - ended: a run that is to end in the same transaction; nil when it has ended.
    ///   - state: the state, locked.
    /// - Returns: nil where there is none or the queue has to end; `ended` may then be as it was.
    /// - Throws: what keeps the recorder from writing.
    private func begin(
        after ended: inout Ended?,
        _ state: inout State
    ) throws -> QueueRun<Work>? {
        while let (point, beginning) = try nextPoint(&state) {
            let known = state.known
            let isThere = { try known?.settle(beginning.wanted) ?? false }
            let run: OpenRun?
            if let (last, ending) = ended {
                run = try state.recorder.finish(
                    last,
                    ending,
                    starting: beginning.run,
                    layers: beginning.layers,
                    unless: isThere
                )
                ended = nil
            } else {
                run = try state.recorder.start(beginning.run, layers: beginning.layers, unless: isThere)
            }
            guard let run else {
                state.contested = point
                continue
            }
            state.outcome.runs.append(run.number)
            state.open.append((point, run, 0))
            return QueueRun(point: point, open: run, ledger: self)
        }
        return nil
    }

    /// The next point that has no run, as far as can be told while others write.
    private func nextPoint(_ state: inout State) throws -> (Work.Point, RunBeginning)? {
        while state.trouble == nil, !state.isClosed, !interruption.isRequested,
            let point = state.contested.take() ?? state.points.next()
        {
            let beginning = work.beginning(of: point)
            switch try state.known?.find(beginning.wanted) {
            case nil: return (point, beginning)
            case .finished(let number):
                state.outcome.runs.append(number)
                state.outcome.skipped += 1
            case .running(let number): state.outcome.elsewhere.append(number)
            case .unknown(let number): state.outcome.unknown.append(number)
            }
            state.size -= work.size(of: point)
        }
        return nil
    }

    // MARK: Recording

    /// Writes something of a run; see ``QueueRun/record(advancing:_:)``.
    func record(
        _ run: Int64,
        advancing amount: Int,
        _ write: @Sendable (inout Recorder) throws -> Void
    ) throws {
        try state.withLock { state in
            guard !state.isClosed else { throw Interrupted() }
            state.reached += amount
            if let index = state.open.firstIndex(where: { $0.run.number == run }) {
                state.open[index].reached += amount
            }
            do {
                try write(&state.recorder)
            } catch {
                state.trouble = state.trouble ?? error
                throw error
            }
        }
    }

    /// Records a run's end and begins the next one, in one transaction.
    ///
    /// - Returns: the next point, as ``next()`` does.
    /// - Throws: what keeps the recorder from writing; ``Interrupted`` when the queue has ended meanwhile.
    func finish(_ run: QueueRun<Work>, _ ending: RunEnding, _ remark: Work.Remark?) throws -> QueueRun<Work>? {
        try state.withLock { state in
            guard !state.isClosed else { throw Interrupted() }
            var ended: Ended? = (run.open, ending)
            var next: QueueRun<Work>?
            do {
                next = try begin(after: &ended, &state)
            } catch {
                state.trouble = state.trouble ?? error
            }
            // There is no next one, or it could not begin.
            if ended != nil {
                do {
                    try state.recorder.finish(run.open, ending)
                } catch {
                    state.trouble = state.trouble ?? error
                    throw error
                }
            }
            state.done += 1
            state.open.removeAll { $0.run.number == run.open.number }
            note(ending, of: run, &state)
            if let remark {
                state.outcome.remarks.append(.init(run: run.open.number, point: run.point, fact: remark))
            }
            return next
        }
    }

    /// Tells of a run that ended in order, but not as finished.
    private func note(_ ending: RunEnding, of run: QueueRun<Work>, _ state: inout State) {
        guard ending.status != .finished else { return }
        if ending.status == .killed, interruption.isRequested { return state.outcome.killed.append(run.open.number) }
        let reason = ending.reason ?? ending.status.rawValue
        state.outcome.failures.append(.init(run: run.open.number, point: run.point, fact: reason))
    }

    /// Records that a run ended before it was done.
    func abandon(_ run: QueueRun<Work>, _ error: any Error) {
        state.withLock { state in
            guard !state.isClosed else { return }
            Self.abandon(run.open, error, &state)
        }
    }

    private static func abandon(_ run: OpenRun, _ error: any Error, _ state: inout State) {
        guard let index = state.open.firstIndex(where: { $0.run.number == run.number }) else { return }
        // A run that could not be recorded did not fail itself.
        let isKilled = error is Interrupted || state.trouble != nil
        let (point, _, reached) = state.open.remove(at: index)
        state.done += 1
        // What went wrong may also keep the ending from being written; the run then shows as killed.
        try? state.recorder.finish(run, RunEnding(isKilled ? .killed : .failed, steps: reached))
        if isKilled {
            state.outcome.killed.append(run.number)
        } else {
            state.outcome.failures.append(.init(run: run.number, point: point, fact: "\(error)"))
        }
    }

    var progress: QueueProgress<Work.Point> {
        state.withLock { state in
            QueueProgress(
                total: work.count,
                done: state.done,
                skipped: state.outcome.skipped,
                elsewhere: state.outcome.elsewhere.count + state.outcome.unknown.count,
                share: Double(state.reached) / Double(max(1, state.size)),
                current: state.open.first?.point
            )
        }
    }

    /// Ends the queue, also for threads that are still at work, and writes everything to the disk.
    ///
    /// - Throws: what kept the recorder from writing.
    func close() throws -> QueueOutcome<Work.Point, Work.Remark> {
        try state.withLock { state in
            for open in state.open { Self.abandon(open.run, Interrupted(), &state) }
            state.isClosed = true
            if let trouble = state.trouble { throw trouble }
            try state.store.synchronize()
            return state.outcome
        }
    }
}
