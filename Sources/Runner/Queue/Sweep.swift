public import Storage

/// The runs of a grid, executed on several threads and recorded by one recorder.
///
/// What is recorded does not depend on the number of threads: every run is a pure function of its configuration, seed
/// and dataset, and the numbers of the runs follow the grid.
public struct Sweep: Sendable {
    public let experiment: Experiment
    public let grid: Grid
    /// How many steps a run takes, by configuration.
    let steps: [Int]
    /// How many steps all runs take together.
    let totalSteps: Int
    /// Whether runs are passed over that are there already: finished, of the same configuration, seed and dataset, and
    /// with the weights asked for.
    public var isResuming = false
    /// The number of threads.
    public var jobs = Machine.processors

    /// How long workers may take to notice a signal before the sweep ends without them, in milliseconds.
    private static let patience: Int64 = 600

    /// Prepares a sweep.
    ///
    /// - Throws: ``ConfigurationError`` for a configuration that cannot be trained on the dataset.
    public init(_ grid: Grid, of experiment: Experiment) throws(ConfigurationError) {
        var steps: [Int] = []
        for configuration in grid.configurations {
            steps.append(try configuration.steps(on: experiment.dataset.content))
        }
        let seeds = grid.count / max(1, grid.configurations.count)
        let (total, overflow) = steps.reduce(0, +).multipliedReportingOverflow(by: seeds)
        guard !overflow else {
            throw ConfigurationError("steps", "of all runs together are more than \(Int.max): ask for fewer runs")
        }
        totalSteps = total
        self.steps = steps
        self.experiment = experiment
        self.grid = grid
    }

    /// Executes the runs and records them.
    ///
    /// Each run's row is committed before its first step. A run that fails is recorded as failed and the others go on. The
    /// store's ``/Storage/Store/interruption`` ends the sweep: the runs at work are recorded as killed with the steps they came to.
    ///
    /// - Parameters:
    ///   - store: a store opened for writing, given up to the sweep.
    ///   - observe: called ten times a second on the caller's thread.
    /// - Returns: what became of the runs, all of it on the disk.
    /// - Throws: what kept the recorder from writing.
    public func execute(into store: sending Store, observe: (SweepProgress) -> Void = { _ in }) throws -> SweepOutcome {
        let checkpointer = try Checkpointer(path: store.path)
        let ledger = try SweepLedger(self, store)
        var signalled: Int64?
        Workers.run(
            max(1, min(jobs, grid.count)),
            { _ in work(for: ledger) },
            tick: {
                observe(ledger.progress)
                checkpointer.run()
                guard ledger.interruption.isRequested else { return true }
                let start = signalled ?? Moment.now
                signalled = start
                return Moment.now - start < Self.patience
            }
        )
        return try ledger.close()
    }

    /// What one thread does: a run after the other in the same memory.
    private func work(for ledger: SweepLedger) {
        let workspace = Workspace()
        var next = ledger.next()
        while let job = next {
            do {
                next = try train(job, for: ledger, in: workspace)
            } catch {
                ledger.abandon(job, error)
                next = ledger.next()
            }
        }
    }

    /// Executes one run.
    ///
    /// - Returns: the run to go on with.
    private func train(
        _ job: SweepLedger.Job,
        for ledger: SweepLedger,
        in workspace: Workspace
    ) throws -> SweepLedger.Job? {
        var training = try Training(
            grid.configurations[job.point.configuration],
            seed: job.point.seed,
            on: experiment.dataset.content,
            in: workspace,
            keeping: experiment.weights
        )
        if let start = experiment.start { try training.start(from: start.tensors) }
        while !training.isFinished {
            guard !ledger.interruption.isRequested else { throw Interrupted() }
            let record = training.step()
            try ledger.log(job, record, training.validation)
        }
        // Weights are copied and hashed here, beside the other threads.
        return try ledger.finish(job, RunEnding(training.result()), training.firstNonFinite)
    }
}

/// A run was ended from outside before it was done.
struct Interrupted: Error {}

/// How far a sweep has come.
public struct SweepProgress: Sendable {
    /// Runs of the grid.
    public let total: Int
    /// Runs that were executed to their end, whatever it was.
    public let done: Int
    /// Runs passed over because they are there already.
    public let skipped: Int
    /// Updates done in all runs of this sweep.
    public let steps: Int
    /// Updates that the whole grid takes, without those of the runs passed over.
    public let totalSteps: Int
    /// The oldest run at work.
    public let current: Grid.Point?
}

/// What became of a sweep.
public struct SweepOutcome: Sendable {
    /// A run that ended before it was done.
    public struct Failure: Sendable {
        /// Its number in the store.
        public let run: Int64
        public let point: Grid.Point
        /// One line.
        public let reason: String
    }

    /// The runs in the grid's order, however they ended, also those that were there already.
    public internal(set) var runs = RunNumbers()
    /// How many of them were there already.
    public internal(set) var skipped = 0
    /// A run that has numbers which are not finite; it is finished all the same.
    public struct Diverged: Sendable {
        /// Its number in the store.
        public let run: Int64
        public let point: Grid.Point
        public let place: Divergence
    }

    /// How many failures and divergences are kept.
    static let limit = 10

    /// The first of the runs that an error ended.
    public internal(set) var failures: [Failure] = []
    /// How many runs an error ended.
    public internal(set) var failed = 0
    /// The first of the runs that lost finiteness.
    public internal(set) var divergences: [Diverged] = []
    /// How many runs lost finiteness.
    public internal(set) var diverged = 0
    /// The runs that a signal ended.
    public internal(set) var killed: [Int64] = []
}
