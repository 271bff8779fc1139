import ArgumentParser
import Questions
import Runner
import Storage

/// Executes runs and records them.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration("run", PackageResources.run_txt)

    @Argument(help: .value("architecture", "What to train."), completion: .list(Architecture.allCases.map(\.rawValue)))
    var names: [String] = []

    @Option(help: .value("n", "One seed, 0 to 4294967295. (default: 0)"))
    var seed: String?

    @Option(help: .value("range", "Several seeds, as 0-99 or 1,5,9-12."))
    var seeds: String?

    @Option(help: .value("name|file", "A stored dataset, or a pickle or npz file. (default: mnist1d)"))
    var dataset: String?

    @Option(help: .value("name", "The experiment to group the runs under."))
    var experiment = Store.defaultExperiment

    @Option(help: "The weights to keep: final, initial, both or none.")
    var weights = KeptWeights.final

    @Option(help: .value("measure,…", "What to measure at the layers: variance, second-moment, gradient, dead."))
    var record = "variance"

    @Option(help: .value("run|file", "Start from the final weights of a run, or from a safetensors file."))
    var weightsFrom: String?

    @OptionGroup var labels: LabelOptions

    @OptionGroup var threads: JobsOption

    @Flag(help: "Pass over runs that are there: finished, same configuration, seed, dataset, weights and measures.")
    var resume = false

    @Flag(help: "With --resume: repeat runs that another machine or container may still execute; they end as killed.")
    var force = false

    @Flag(help: "Show what would be executed, and change nothing.")
    var dryRun = false

    @OptionGroup var part: ShardOption

    @OptionGroup var training: TrainingOptions

    @OptionGroup var common: CommonOptions

    mutating func run() throws {
        try InstructionSet.checkEnvironment()
        let architectures: [Architecture] =
            try names.isEmpty ? [.plain, .batchnorm] : chosen(names, of: "architecture", \.rawValue)
        var configurations = try training.configurations(architectures)
        let seeds = try seedRange(seed, seeds) ?? SeedRange(0)
        let tags = try labels.tags()
        let words = record.split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
        let measures = try Set(
            chosen(words, of: "measure", in: "--record \(record): ", \.word, reading: Measure.init(word:))
        )
        let jobs = try threads.checked()
        try refuseEmpty(experiment, "--experiment", "give the experiment a name")
        if force, !resume { throw UsageError("--force belongs to --resume: it says which runs are repeated") }
        let shard = try part.choice(common: &common, isPlan: dryRun && resume)
        // Before a store is made for it.
        let source = try DatasetSource(dataset, in: common.storePath, common.openForReading)
        let start = try weightsFrom.map { try StartingWeights($0, common.openForReading) }
        let grid = Grid(configurations, seeds: seeds.ranges, unit: architectures.count, shard: shard.shard)
        guard !dryRun else {
            let store = try? common.openForReading()
            return try tell(
                SweepPlan(grid, on: source, from: start, keeping: weights.stages, recording: measures, in: store),
                shard.all
            )
        }
        let store = try common.openForWriting()
        var experiment = Experiment(on: try source.add(to: store))
        experiment.name = self.experiment
        experiment.weights = weights.stages
        experiment.measures = measures
        experiment.tags = tags
        if let start { configurations = try experiment.start(configurations, from: start) }
        var sweep = try Sweep(grid.with(configurations), of: experiment)
        if resume { sweep.resumption = force ? .forced : .careful }
        if let jobs { sweep.jobs = jobs }
        try execute(sweep, into: store)
    }
}

/// The weights kept with a run, by the words of `--weights`.
enum KeptWeights: String, ExpressibleByArgument, CaseIterable {
    case final, initial, both, none

    var stages: WeightStages {
        switch self {
        case .final: .final
        case .initial: .initial
        case .both: [.initial, .final]
        case .none: []
        }
    }
}
