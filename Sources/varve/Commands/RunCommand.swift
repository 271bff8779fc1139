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
            """
    )

    @Argument(help: ArgumentHelp("What to train.", valueName: "architecture"))
    var architectures: [String] = []

    @Option(help: ArgumentHelp("One seed, 0 to 4294967295. (default: 0)", valueName: "n"))
    var seed: String?

    @Option(help: ArgumentHelp("Several seeds, as 0-99 or 1,5,9-12.", valueName: "range"))
    var seeds: String?

    @Option(help: ArgumentHelp("A stored dataset, or a pickle or npz file. (default: mnist1d)", valueName: "name|file"))
    var dataset: String?

    @Option(help: ArgumentHelp("The experiment to group the runs under.", valueName: "name"))
    var experiment = "Default"

    @Option(help: "The weights to keep: final, initial, both or none.")
    var weights = KeptWeights.final

    @Option(
        name: .customLong("tag"),
        help: ArgumentHelp("A label for every run; may be repeated.", valueName: "key=value")
    )
    var tags: [String] = []

    @Option(help: ArgumentHelp("A note for every run.", valueName: "text"))
    var note: String?

    @OptionGroup var training: TrainingOptions

    @OptionGroup var common: CommonOptions

    mutating func run() throws {
        let configurations = try configurations()
        let seeds = try seedRange()
        let tags = try parsedTags()

        guard !self.experiment.isEmpty else { throw UsageError("--experiment is empty: give the experiment a name") }
        // Before a store is made for it.
        let imported = try importedDataset()
        let store = try common.openForWriting()
        var experiment = Experiment(on: try storedDataset(imported, in: store))
        experiment.name = self.experiment
        experiment.weights = weights.stages
        experiment.tags = tags
        for configuration in configurations { try experiment.check(configuration) }

        Signals.catchInterruptions()
        let numbers: [Int64]
        do {
            numbers = try execute(configurations, seeds, experiment, in: store)
        } catch let interrupted as Interrupted {
            try? store.synchronize()
            writeLine("varve: interrupted: run \(interrupted.run) is recorded as killed", to: STDERR_FILENO)
            throw ExitCode(128 + (Signals.interruption ?? SIGINT))
        }
        // What is reported from here on also survives a loss of power.
        try store.synchronize()
        let isNotebook = seeds.count == 1 && configurations.allSatisfy { $0.duration == .steps(1) }
        try RunReport(numbers, in: store, on: experiment.dataset, isNotebook: isNotebook).write(to: common.output())
    }

    private func execute(
        _ configurations: [Configuration],
        _ seeds: SeedRange,
        _ experiment: Experiment,
        in store: Store
    ) throws -> [Int64] {
        var recorder = try Recorder(store)
        let workspace = Workspace()
        var numbers: [Int64] = []
        // Seed by seed, so that whenever a sweep ends, its runs are in pairs.
        for seed in seeds.all {
            for configuration in configurations {
                let number = try experiment.execute(
                    configuration,
                    seed: seed,
                    recorder: &recorder,
                    workspace: workspace,
                    isInterrupted: { Signals.interruption != nil }
                )
                numbers.append(number)
            }
        }
        return numbers
    }

    // MARK: What was asked for

    private func configurations() throws -> [Configuration] {
        guard !architectures.isEmpty else { return try [.plain, .batchnorm].map { try training.configuration($0) } }
        var chosen: [Architecture] = []
        for word in architectures {
            guard let architecture = Architecture(rawValue: word) else {
                let known = Architecture.allCases.map(\.rawValue).joined(separator: ", ")
                throw UsageError("there is no architecture '\(word)': choose from \(known)")
            }
            guard !chosen.contains(architecture) else { throw UsageError("architecture '\(word)' is given twice") }
            chosen.append(architecture)
        }
        return try chosen.map { try training.configuration($0) }
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
        var result: [(key: String, value: String)] = []
        for tag in tags {
            guard let mark = tag.firstIndex(of: "="), mark != tag.startIndex else {
                throw UsageError("--tag \(tag): write a tag as key=value")
            }
            result.append((String(tag[..<mark]), String(tag[tag.index(after: mark)...])))
        }
        if let note { result.append(("note", note)) }
        return result
    }

    /// The dataset of a file that `--dataset` names, unless it names one of the store.
    private func importedDataset() throws -> ImportedDataset? {
        guard let name = dataset, name != StoredDataset.standardName else { return nil }
        if let store = try? common.openForReading(), try store.dataset(named: name) != nil { return nil }
        guard access(name, F_OK) == 0 else {
            throw StoreError(
                .missing,
                "there is no dataset '\(name)' in \(common.storePath) and no file of that name: "
                    + "`varve dataset list` lists datasets"
            )
        }
        return try ImportedDataset(file: name)
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
