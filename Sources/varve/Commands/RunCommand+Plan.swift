import Runner
import Storage

extension RunCommand {
    /// Tells what would be executed, without making or changing a store.
    func plan(_ grid: Grid, _ imported: ImportedDataset?, _ start: StartingWeights?) throws {
        let store = try? common.openForReading()
        let stored = try store.flatMap { try plannedDataset(imported, in: $0) }
        let dataset = try stored?.content ?? imported?.content ?? MNIST1D().generate()
        var grid = grid
        if let stored, let start {
            var experiment = Experiment(on: stored)
            grid = Grid(try experiment.start(grid.configurations, from: start), seeds: grid.seeds)
        }
        let there = try resume ? finished(grid, stored, in: store, startsFromWeights: start != nil) : []
        let labels = ConfigurationLabels(grid.configurations)
        var table = Table(["configuration", "runs"] + (resume ? ["there"] : []) + ["steps", "parameters"])
        var list: [JSON] = []
        let runs = grid.count / grid.configurations.count
        for (index, (configuration, label)) in zip(grid.configurations, labels.all).enumerated() {
            let steps = try configuration.steps(on: dataset)
            let words = configuration.parameters.dropFirst().map { "\($0.key)=\($0.value)" }
            let skipped = resume ? there[index] : 0
            table.rows.append(
                [.text(label), .integer(Int64(runs))] + (resume ? [.integer(Int64(skipped))] : [])
                    + [.integer(Int64(steps)), .text(words.joined(separator: " "))]
            )
            list.append([
                "params": configuration.json, "runs": .integer(Int64(runs)), "skipped": .integer(Int64(skipped)),
                "steps": .integer(Int64(steps)),
            ])
        }
        try common.output().emit(.array(list), table)
        if resume { common.notice("\(there.reduce(0, +)) of \(grid.count) runs are there already") }
    }

    /// How many runs of each configuration need not be executed again.
    private func finished(
        _ grid: Grid,
        _ dataset: StoredDataset?,
        in store: Store?,
        startsFromWeights: Bool
    ) throws -> [Int] {
        var counts = grid.configurations.map { _ in 0 }
        guard let store, let dataset else { return counts }
        let known = try KnownRuns(store)
        let stages = startsFromWeights ? weights.stages.union(.initial) : weights.stages
        let measures = try parsedMeasures()
        let wanted = grid.configurations.map {
            WantedRun($0, on: dataset.record, keeping: stages, recording: measures)
        }
        for point in grid {
            var run = wanted[point.configuration]
            run.seed = Int64(point.seed)
            if case .finished? = try known.find(run) { counts[point.configuration] += 1 }
        }
        return counts
    }

    /// The dataset of the runs, where the store has it already.
    private func plannedDataset(_ imported: ImportedDataset?, in store: Store) throws -> StoredDataset? {
        if let imported { return try imported.stored(in: store) }
        return try StoredDataset(named: dataset ?? StoredDataset.standardName, in: store)
    }
}
