import ArgumentParser
import Glibc
import Runner
import Storage

/// Executes runs and records them.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Execute networks and record them; without arguments the batch-normalization notebook.",
        discussion: """
            Trains residual networks on a dataset for one step or more (forward, loss, backward, update) and records the \
            variance of the hidden units at each layer, the loss, digests and weights. For the same seed the initial \
            weights and the batches are PyTorch's, to the bit.

            ARCHITECTURE is plain, batchnorm, branchnorm or layernorm; without any, plain and then batchnorm.

            Examples:
              varve run
              varve run branchnorm --seed 7
              varve run plain --steps 200 --record-every 10 --width 50
              varve run plain batchnorm --seeds 0-99 --weights none
              varve --format json run plain --seeds 1,5,9-12
              varve run --seeds 0-99 --shard 0/20 --store 'shard{shard}.db'

            --shard i/n executes a part of the grid, for one of n machines: a seed's architectures stay together, and the \
            shards 0/n to n-1/n are the grid, each run once. auto takes the number from the task of a Slurm array, of a \
            Kubernetes job, or from VARVE_SHARD. --resume --dry-run --shard all/n says, of the store that the shards were \
            merged into, which of them have to be executed again.
            """
    )

    @Argument(
        help: ArgumentHelp("What to train.", valueName: "architecture"),
        completion: .list(Architecture.allCases.map(\.rawValue))
    )
    var names: [String] = []

    @Option(help: ArgumentHelp("One seed, 0 to 4294967295. (default: 0)", valueName: "n"))
    var seed: String?

    @Option(help: ArgumentHelp("Several seeds, as 0-99 or 1,5,9-12.", valueName: "range"))
    var seeds: String?

    @Option(help: ArgumentHelp("A stored dataset, or a pickle or npz file. (default: mnist1d)", valueName: "name|file"))
    var dataset: String?

    @Option(help: ArgumentHelp("The experiment to group the runs under.", valueName: "name"))
    var experiment = Store.defaultExperiment

    @Option(help: "The weights to keep: final, initial, both or none.")
    var weights = KeptWeights.final

    @Option(
        help: ArgumentHelp(
            "What to measure at the layers: variance, second-moment, gradient, dead. (default: variance)",
            valueName: "measure,…"
        )
    )
    var record = "variance"

    @Option(
        help: ArgumentHelp(
            "Start from the final weights of a run, or from a safetensors file, instead of drawing them.",
            valueName: "run|file"
        )
    )
    var weightsFrom: String?

    @Option(
        name: .customLong("tag"),
        help: ArgumentHelp("A label for every run; may be repeated.", valueName: "key=value")
    )
    var tags: [String] = []

    @Option(help: ArgumentHelp("A note for every run.", valueName: "text"))
    var note: String?

    @Option(help: ArgumentHelp("Threads. (default: one for each processor)", valueName: "n"))
    var jobs: Int?

    @Flag(
        help:
            "Pass over runs that are there already: finished, same configuration, seed, dataset, weights and measures."
    )
    var resume = false

    @Flag(
        help: "With --resume: end runs as killed that another machine or container may still execute, and repeat them."
    )
    var force = false

    @Flag(help: "Tell what would be executed, and change nothing.")
    var dryRun = false

    @OptionGroup var part: ShardOption

    @OptionGroup var training: TrainingOptions

    @OptionGroup var common: CommonOptions

    mutating func run() throws {
        try InstructionSet.checkEnvironment()
        let architectures = try architectures()
        var configurations = try training.configurations(architectures)
        let seeds = try seedRange()
        let tags = try parsedTags()
        let measures = try parsedMeasures()
        let jobs = try checkedJobs(jobs)
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

    private func architectures() throws -> [Architecture] {
        guard !names.isEmpty else { return [.plain, .batchnorm] }
        var chosen: [Architecture] = []
        for word in names {
            guard let architecture = Architecture(rawValue: word) else {
                let known = Architecture.allCases.map(\.rawValue).joined(separator: ", ")
                throw UsageError("there is no architecture '\(word)': choose from \(known)")
            }
            guard !chosen.contains(architecture) else { throw UsageError("architecture '\(word)' is given twice") }
            chosen.append(architecture)
        }
        return chosen
    }

    private func seedRange() throws -> SeedRange {
        switch (seed, seeds) {
        case (nil, nil): return SeedRange(0)
        case (nil, let range?): return try SeedRange(parsing: range)
        case (let word?, nil):
            guard let seed = UInt32(word) else {
                throw UsageError("--seed \(word): give one whole number from 0 to 4294967295, or ranges with --seeds")
            }
            return SeedRange(seed)
        case (_?, _?): throw UsageError("--seed and --seeds exclude each other: give one of them")
        }
    }

    private func parsedTags() throws -> [(key: String, value: String)] {
        var result = try tags.map { word in
            guard let tag = keyAndValue(word) else { throw UsageError("--tag \(word): write a tag as key=value") }
            return tag
        }
        if let note { result.append(("note", note)) }
        return result
    }

    func parsedMeasures() throws -> Set<Measure> {
        var measures: Set<Measure> = []
        for word in record.split(separator: ",", omittingEmptySubsequences: false) {
            guard let measure = Measure(word: String(word)) else {
                let known = Measure.allCases.map(\.word).joined(separator: ", ")
                throw UsageError("--record \(record): there is no measure '\(word)': choose from \(known)")
            }
            guard measures.insert(measure).inserted else {
                throw UsageError("--record \(record): '\(word)' is given twice")
            }
        }
        return measures
    }

    /// The dataset of a file that `--dataset` names, unless it names one of the store.
    private func importedDataset() throws -> ImportedDataset? {
        guard let name = dataset, name != StoredDataset.standardName else { return nil }
        var trouble: StoreError?
        do {
            if try common.openForReading().dataset(named: name) != nil { return nil }
        } catch let error as StoreError where [.missing, .invalid].contains(error.code) {
            trouble = error
        }
        guard access(name, F_OK) == 0 else {
            if let trouble, trouble.code == .invalid { throw trouble }
            throw CommandError(
                .missing,
                "there is no dataset '\(name)' in \(common.storePath) and no file of that name: "
                    + "`varve dataset list` lists datasets"
            )
        }
        return try ImportedDataset(file: name)
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
