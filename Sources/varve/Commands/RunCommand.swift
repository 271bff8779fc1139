import ArgumentParser
import Glibc
import Questions
import Runner
import Storage

/// Executes runs and records them.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        "run",
        "Execute networks and record them; without arguments the batch-normalization notebook.",
        """
        Trains residual networks on a dataset for one step or more (forward, loss, backward, update) and records the \
        variance of the hidden units at each layer, the loss, digests and weights. For the same seed the initial \
        weights and the batches are PyTorch's, to the bit.

        ARCHITECTURE is plain, batchnorm, branchnorm or layernorm; without any, plain and then batchnorm.

        --shard i/n executes a part of the grid, for one of n machines: a seed's architectures stay together, and the \
        shards 0/n to n-1/n are the grid, each run once. auto takes the number from the task of a Slurm array, of a \
        Kubernetes job, or from VARVE_SHARD. --resume --dry-run --shard all/n says, of the store that the shards were \
        merged into, which of them have to be executed again.
        """,
        examples: """
            varve run
            varve run branchnorm --seed 7
            varve run plain --steps 200 --record-every 10 --width 50
            varve run plain batchnorm --seeds 0-99 --weights none
            varve --format json run plain --seeds 1,5,9-12
            varve run --seeds 0-99 --shard 0/20 --store 'shard{shard}.db'
            """
    )

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

    @Option(name: .customLong("tag"), help: .value("key=value", "A tag for every run; may be repeated."))
    var tags: [String] = []

    @Option(help: .value("text", "A note for every run."))
    var note: String?

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
        var tags = try keyed(tags, "--tag")
        if let note { tags.append(("note", note)) }
        let measures = try parsedMeasures()
        let jobs = try threads.checked()
        guard !experiment.isEmpty else { throw UsageError("--experiment is empty: give the experiment a name") }
        if force, !resume { throw UsageError("--force belongs to --resume: it says which runs are repeated") }
        let shard = try part.choice(common: &common, isPlan: dryRun && resume)
        // Before a store is made for it.
        let imported = try importedDataset()
        let start = try startingWeights()
        let grid = Grid(configurations, seeds: seeds.ranges, unit: architectures.count, shard: shard.shard)
        if dryRun { return try plan(grid, shard.all, imported, start) }

        let store = try common.openForWriting()
        var experiment = Experiment(on: try storedDataset(imported, in: store))
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

    // MARK: What was asked for

    func parsedMeasures() throws -> Set<Measure> {
        let words = record.split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
        return Set(try chosen(words, of: "measure", in: "--record \(record): ", \.word) { Measure(word: $0) })
    }

    /// The dataset of a file that `--dataset` names, unless it names one of the store.
    private func importedDataset() throws -> ImportedDataset? {
        guard let name = dataset, name != StoredDataset.standardName else { return nil }
        var known: [String] = []
        do {
            let store = try common.openForReading()
            if try store.dataset(named: name) != nil { return nil }
            known = try store.datasets().map(\.name)
        } catch let error as StoreError where error.code == .missing {
        } catch let error as StoreError where error.code == .invalid && access(name, F_OK) != 0 {
            throw error
        } catch let error as StoreError where error.code == .invalid {}
        if access(name, F_OK) == 0 { return try ImportedDataset(file: name) }
        let hint = Suggestion.closest(to: name, among: known).map { "did you mean \($0)?" }
        throw CommandError(
            .missing,
            "there is no dataset '\(name)' in \(common.storePath) and no file of that name: "
                + (hint ?? "`varve dataset list` lists datasets")
        )
    }

    /// The weights that `--weights-from` names: a run by its number, else a file, else a run by its uuid.
    private func startingWeights() throws -> StartingWeights? {
        guard let word = weightsFrom else { return nil }
        let isNumber = !word.isEmpty && word.utf8.allSatisfy { (48...57).contains($0) }
        if !isNumber, access(word, F_OK) == 0 { return try StartingWeights(file: word) }
        guard isNumber || !word.contains(where: { $0 == "/" || $0 == "." }) else {
            throw CommandError(.missing, "--weights-from \(word): there is no such file")
        }
        let store = try common.openForReading()
        return try StartingWeights(of: store.run(word), in: store)
    }

    private func storedDataset(_ imported: ImportedDataset?, in store: Store) throws -> StoredDataset {
        if let imported { return try imported.add(to: store).dataset }
        let name = dataset ?? StoredDataset.standardName
        if let stored = try StoredDataset(named: name, in: store) { return stored }
        return try StoredDataset.generate(MNIST1D(), in: store).dataset
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
