public import Storage

/// The runs of a grid, executed on several threads and recorded by one recorder.
///
/// What is recorded does not depend on the number of threads: every run is a pure function of its configuration, seed
/// and dataset, and the numbers of the runs follow the grid.
public struct Sweep: Sendable {
    public let experiment: Experiment
    public let grid: Grid
    /// By configuration: how many steps a run takes, and what it is begun with but for the seed.
    private let kinds: [(steps: Int, beginning: RunBeginning)]
    /// How many steps all runs take together.
    let size: Int
    /// For the architectures of a seed; nil where no two runs have a seed in common.
    private let drawn: DrawnWeights?
    /// Whether runs are passed over that are there already: finished, of the same configuration, seed and dataset, and
    /// with the weights and measures asked for.
    public var resumption = QueueResumption.none
    /// The number of threads.
    public var jobs = Machine.processors

    /// Prepares a sweep.
    ///
    /// - Throws: ``ConfigurationError`` for a configuration that cannot be trained on the dataset.
    public init(_ grid: Grid, of experiment: Experiment) throws(ConfigurationError) {
        let dataset = experiment.dataset
        var kinds: [(steps: Int, beginning: RunBeginning)] = []
        for configuration in grid.configurations {
            let steps = try configuration.steps(on: dataset.content)
            let layers = experiment.places(configuration)
            let run = experiment.newRun(configuration, seed: 0)
            let wanted = WantedRun(
                configuration,
                on: dataset.record,
                keeping: experiment.weights,
                recording: experiment.measures
            )
            kinds.append((steps, RunBeginning(run: run, layers: layers, wanted: wanted)))
        }
        var size = 0
        for (kind, count) in zip(kinds, grid.counts) {
            let (steps, overflow) = kind.steps.multipliedReportingOverflow(by: count)
            let (sum, isTooLarge) = size.addingReportingOverflow(steps)
            guard !overflow, !isTooLarge else {
                throw ConfigurationError("steps", "of all runs together are more than \(Int.max): ask for fewer runs")
            }
            size = sum
        }
        self.size = size
        drawn = grid.configurations.count > 1 ? DrawnWeights() : nil
        self.kinds = kinds
        self.experiment = experiment
        self.grid = grid
    }

    /// Executes the runs and records them.
    ///
    /// Each run's row is committed before its first step. A run that fails is recorded as failed and the others go on. The
    /// store's ``/Storage/Store/interruption`` ends the sweep: the runs at work are recorded as killed with the steps they
    /// came to.
    ///
    /// - Parameters:
    ///   - store: a store opened for writing, given up to the sweep.
    ///   - observe: called ten times a second on the caller's thread.
    /// - Returns: what became of the runs, all of it on the disk.
    /// - Throws: what kept the recorder from writing.
    public func execute(into store: sending Store, observe: (SweepProgress) -> Void = { _ in }) throws -> SweepOutcome {
        try Queue(work: self, jobs: jobs, resumption: resumption).execute(into: store, observe: observe)
    }
}

/// How far a sweep has come.
public typealias SweepProgress = QueueProgress<Grid.Point>

/// What became of a sweep; its remarks are the runs that lost finiteness, which are finished all the same.
public typealias SweepOutcome = QueueOutcome<Grid.Point, Divergence>

extension Sweep: QueueWork {
    var points: Grid { grid }
    var count: Int { grid.count }

    func size(of point: Grid.Point) -> Int { kinds[point.configuration].steps }

    func beginning(of point: Grid.Point) -> RunBeginning {
        var beginning = kinds[point.configuration].beginning
        beginning.run.seed = Int64(point.seed)
        beginning.wanted.seed = Int64(point.seed)
        return beginning
    }

    func makeMemory() -> Workspace { Workspace(sharing: drawn) }

    /// Trains one network and records its steps.
    func execute(
        _ run: QueueRun<Sweep>,
        in memory: Workspace
    ) throws -> (ending: RunEnding, remark: Divergence?) {
        var training = try Training(
            grid.configurations[run.point.configuration],
            seed: run.point.seed,
            on: experiment.dataset.content,
            in: memory,
            keeping: experiment.weights,
            recording: experiment.measures
        )
        if let start = experiment.start { try training.start(from: start.tensors) }
        let open = run.open
        while !training.isFinished {
            try run.checkInterruption()
            let record = training.step()
            let validation = training.validation
            try run.record(advancing: 1) { recorder in
                if let record {
                    try recorder.log(open, step: record.step, variances: record.values)
                    try recorder.log(open, step: record.step, metric: "loss", Double(record.loss))
                }
                if let validation {
                    try recorder.log(open, step: validation.step, metric: "val_loss", Double(validation.loss))
                    try recorder.log(open, step: validation.step, metric: "val_accuracy", validation.accuracy)
                }
                if record == nil, validation == nil { try recorder.beat() }
            }
        }
        // Weights are copied and hashed here, beside the other threads.
        return (RunEnding(training.result()), training.firstNonFinite)
    }
}

extension WantedRun {
    /// A run of seed 0 as a sweep wants it, with the weights and measures asked for; other seeds are set afterwards.
    public init(
        _ configuration: Configuration,
        on dataset: DatasetRecord,
        keeping weights: WeightStages,
        recording measures: Set<Measure>
    ) {
        self.init(configurationDigest: configuration.digest, seed: 0, dataset: dataset.id)
        initialWeights = weights.contains(.initial)
        finalWeights = weights.contains(.final)
        self.measures = measures.map(\.rawValue)
    }
}
