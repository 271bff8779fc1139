import Questions
import Runner
import Storage

extension RunCommand {
    /// Tells what would be executed, without making or changing a store.
    func plan(_ grid: Grid, _ shards: Int?, _ imported: ImportedDataset?, _ start: StartingWeights?) throws {
        let store = try? common.openForReading()
        let stored = try store.flatMap { try plannedDataset(imported, in: $0) }
        let dataset = try stored?.content ?? imported?.content ?? MNIST1D().generate()
        var grid = grid
        if let stored, let start {
            var experiment = Experiment(on: stored)
            grid = grid.with(try experiment.start(grid.configurations, from: start))
        }
        let isThere = try finished(grid, stored, in: store, startsFromWeights: start != nil)
        let labels = ConfigurationLabels(grid.configurations).all
        if let shards {
            return try MissingShards(of: shards).write(to: common) { shard, tell in
                for point in grid.with(shard) {
                    let configuration = grid.configurations[point.configuration]
                    try tell(
                        isThere(point),
                        "\(labels[point.configuration]) seed \(point.seed)",
                        ["params": configuration.json, "seed": .integer(Int64(point.seed))]
                    )
                }
            }
        }
        var skipped = grid.configurations.map { _ in 0 }
        if resume { for point in grid where try isThere(point) { skipped[point.configuration] += 1 } }
        var table = Table(["configuration", "runs"] + (resume ? ["there"] : []) + ["steps", "parameters"])
        var list: [JSON] = []
        for (index, (configuration, runs)) in zip(grid.configurations, grid.counts).enumerated() {
            let steps = try configuration.steps(on: dataset)
            let words = configuration.parameters.dropFirst().map { "\($0.key)=\($0.value)" }
            table.rows.append(
                [.text(labels[index]), .integer(Int64(runs))] + (resume ? [.integer(Int64(skipped[index]))] : [])
                    + [.integer(Int64(steps)), .text(words.joined(separator: " "))]
            )
            list.append([
                "params": configuration.json, "runs": .integer(Int64(runs)),
                "skipped": .integer(Int64(skipped[index])), "steps": .integer(Int64(steps)),
            ])
        }
        try common.output().emit(.array(list), table)
        if resume { common.notice("\(skipped.reduce(0, +)) of \(grid.count) runs are there already") }
    }

    /// Whether the run of a point need not be executed again.
    private func finished(
        _ grid: Grid,
        _ dataset: StoredDataset?,
        in store: Store?,
        startsFromWeights: Bool
    ) throws -> (Grid.Point) throws -> Bool {
        guard let store, let dataset else { return { _ in false } }
        let known = try KnownRuns(store)
        let stages = startsFromWeights ? weights.stages.union(.initial) : weights.stages
        let measures = try parsedMeasures()
        let wanted = grid.configurations.map {
            WantedRun($0, on: dataset.record, keeping: stages, recording: measures)
        }
        return { point in
            var run = wanted[point.configuration]
            run.seed = Int64(point.seed)
            if case .finished? = try known.find(run) { return true }
            return false
        }
    }

    /// The dataset of the runs, where the store has it already.
    private func plannedDataset(_ imported: ImportedDataset?, in store: Store) throws -> StoredDataset? {
        if let imported { return try imported.stored(in: store) }
        return try StoredDataset(named: dataset ?? StoredDataset.standardName, in: store)
    }
}
