import Storage
import Synchronization

/// The one place where the threads of a sweep meet: it hands out the runs in the grid's order and records them.
///
/// A run is handed out and its row committed under one lock, which is what makes the numbers follow the grid.
final class SweepLedger: Sendable {
    /// A run that has begun.
    struct Job: Sendable {
        let point: Grid.Point
        let run: OpenRun
    }

    private struct State: ~Copyable {
        let store: Store
        var recorder: Recorder
        let known: FinishedRuns?
        var points: Grid.Iterator
        var outcome = SweepOutcome()
        var done = 0
        var steps = 0
        /// Updates done by the runs at work.
        var reached: [Int64: Int] = [:]
        var totalSteps: Int
        /// The runs at work.
        var open: [Job] = []
        /// What keeps the recorder from writing; nothing is executed any more.
        var trouble: (any Error)?
        var isClosed = false
    }

    /// What ends the sweep: the store's own.
    let interruption: Interruption
    private let sweep: Sweep
    /// By configuration: its digest, and what a run is begun with but for the seed.
    private let digests: [String]
    private let beginnings: [(run: NewRun, layers: [LayerPlace])]
    private let state: Mutex<State>

    init(_ sweep: Sweep, _ store: sending Store) throws {
        self.sweep = sweep
        interruption = store.interruption
        digests = sweep.grid.configurations.map(\.digest)
        beginnings = sweep.grid.configurations.map { configuration in
            (sweep.experiment.newRun(configuration, seed: 0), configuration.layers.map(LayerPlace.init))
        }
        let recorder = try Recorder(store)
        try recorder.leaveLogToCheckpointer()
        let known = sweep.isResuming ? try FinishedRuns(store) : nil
        state = Mutex(
            State(
                store: store,
                recorder: recorder,
                known: known,
                points: sweep.grid.makeIterator(),
                totalSteps: sweep.totalSteps
            )
        )
    }

    /// The first run for a thread, or the next one after a run that failed; see ``finish(_:_:_:)`` for all others.
    ///
    /// - Returns: a run that is begun in the store, or nil when there is none or the sweep has to end.
    func next() -> Job? {
        state.withLock { state in
            do {
                guard let point = try nextPoint(&state) else { return nil }
                let (run, layers) = begin(point)
                return handOut(point, try state.recorder.start(run, layers: layers), &state)
            } catch {
                state.trouble = state.trouble ?? error
                return nil
            }
        }
    }

    /// The next run of the grid that is not there already.
    private func nextPoint(_ state: inout State) throws -> Grid.Point? {
        while state.trouble == nil, !state.isClosed, !interruption.isRequested, let point = state.points.next() {
            let weights = sweep.experiment.weights
            let known = try state.known?.number(
                configurationDigest: digests[point.configuration],
                seed: Int64(point.seed),
                dataset: sweep.experiment.dataset.record.id,
                initialWeights: weights.contains(.initial),
                finalWeights: weights.contains(.final)
            )
            guard let known else { return point }
            state.outcome.runs.append(known)
            state.outcome.skipped += 1
            state.totalSteps -= sweep.steps[point.configuration]
        }
        return nil
    }

    private func begin(_ point: Grid.Point) -> (run: NewRun, layers: [LayerPlace]) {
        var beginning = beginnings[point.configuration]
        beginning.run.seed = Int64(point.seed)
        return beginning
    }

    private func handOut(_ point: Grid.Point, _ run: OpenRun, _ state: inout State) -> Job {
        let job = Job(point: point, run: run)
        state.outcome.runs.append(run.number)
        state.open.append(job)
        return job
    }

    /// Records a step; a step that is not recorded is a sign of life.
    ///
    /// - Throws: what keeps the recorder from writing; ``Interrupted`` when the sweep has ended meanwhile.
    func log(_ job: Job, _ record: StepRecord?, _ validation: Validation?) throws {
        try state.withLock { state in
            guard !state.isClosed else { throw Interrupted() }
            state.steps += 1
            state.reached[job.run.number, default: 0] += 1
            do {
                if let record {
                    try state.recorder.log(job.run, step: record.step, variances: record.variances)
                    try state.recorder.log(job.run, step: record.step, metric: "loss", Double(record.loss))
                }
                if let validation {
                    let step = validation.step
                    try state.recorder.log(job.run, step: step, metric: "val_loss", Double(validation.loss))
                    try state.recorder.log(job.run, step: step, metric: "val_accuracy", validation.accuracy)
                }
                if record == nil, validation == nil { try state.recorder.beat() }
            } catch {
                state.trouble = state.trouble ?? error
                throw error
            }
        }
    }

    /// Records a run's end and begins the next one, in one transaction.
    ///
    /// - Returns: the next run, as ``next()`` does.
    /// - Throws: what keeps the recorder from writing; ``Interrupted`` when the sweep has ended meanwhile.
    func finish(_ job: Job, _ ending: RunEnding, _ divergence: Divergence?) throws -> Job? {
        try state.withLock { state in
            guard !state.isClosed else { throw Interrupted() }
            var next: Job?
            do {
                if let point = try nextPoint(&state) {
                    let (run, layers) = begin(point)
                    let open = try state.recorder.finish(job.run, ending, starting: run, layers: layers)
                    next = handOut(point, open, &state)
                }
            } catch {
                state.trouble = state.trouble ?? error
            }
            if next == nil { try state.recorder.finish(job.run, ending) }
            state.done += 1
            state.reached[job.run.number] = nil
            state.open.removeAll { $0.run.number == job.run.number }
            if let divergence {
                state.outcome.diverged += 1
                if state.outcome.divergences.count < SweepOutcome.limit {
                    state.outcome.divergences.append(.init(run: job.run.number, point: job.point, place: divergence))
                }
            }
            return next
        }
    }

    /// Records that a run ended before it was done.
    func abandon(_ job: Job, _ error: any Error) {
        state.withLock { state in
            guard !state.isClosed else { return }
            Self.abandon(job, error, &state)
        }
    }

    private static func abandon(_ job: Job, _ error: any Error, _ state: inout State) {
        // A run that could not be recorded did not fail itself.
        let isKilled = error is Interrupted || state.trouble != nil
        let steps = state.reached.removeValue(forKey: job.run.number) ?? 0
        state.open.removeAll { $0.run.number == job.run.number }
        state.done += 1
        // What went wrong may also keep the ending from being written; the run then shows as killed.
        try? state.recorder.finish(job.run, RunEnding(isKilled ? .killed : .failed, steps: steps))
        if isKilled {
            state.outcome.killed.append(job.run.number)
        } else {
            state.outcome.failed += 1
            guard state.outcome.failures.count < SweepOutcome.limit else { return }
            state.outcome.failures.append(.init(run: job.run.number, point: job.point, reason: "\(error)"))
        }
    }

    var progress: SweepProgress {
        state.withLock { state in
            SweepProgress(
                total: sweep.grid.count,
                done: state.done,
                skipped: state.outcome.skipped,
                steps: state.steps,
                totalSteps: state.totalSteps,
                current: state.open.first?.point
            )
        }
    }

    /// Ends the sweep, also for threads that are still at work, and brings everything onto the disk.
    ///
    /// - Throws: what kept the recorder from writing.
    func close() throws -> SweepOutcome {
        try state.withLock { state in
            for job in state.open { Self.abandon(job, Interrupted(), &state) }
            state.isClosed = true
            if let trouble = state.trouble { throw trouble }
            try state.store.synchronize()
            return state.outcome
        }
    }
}
