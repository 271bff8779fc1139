import Runner
import Storage

extension RunCommand {
    /// Tells what would be executed, without making or changing a store.
    func plan(_ grid: Grid, _ imported: ImportedDataset?) throws {
        let dataset = try imported?.content ?? plannedDataset()
        let labels = ConfigurationLabels(grid.configurations)
        var table = Table(["configuration", "runs", "steps", "parameters"])
        var list: [JSON] = []
        let runs = grid.count / grid.configurations.count
        for (configuration, label) in zip(grid.configurations, labels.all) {
            let steps = try configuration.steps(on: dataset)
            let words = configuration.parameters.dropFirst().map { "\($0.key)=\($0.value)" }
            table.append(
                .text(label),
                .integer(Int64(runs)),
                .integer(Int64(steps)),
                .text(words.joined(separator: " "))
            )
            list.append([
                "params": configuration.json, "runs": .integer(Int64(runs)), "steps": .integer(Int64(steps)),
            ])
        }
        try common.output().emit(.array(list), table)
    }

    private func plannedDataset() throws -> Dataset {
        let name = dataset ?? StoredDataset.standardName
        if let store = try? common.openForReading(), let stored = try StoredDataset(named: name, in: store) {
            return stored.content
        }
        return try MNIST1D().generate()
    }
}
