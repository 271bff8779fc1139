import Analysis
import Questions
import Runner
import Storage

/// What `varve run` tells when it is done.
struct RunReport {
    private let store: Store
    private let runs: RunNumbers
    private let dataset: StoredDataset
    /// Whether it was one seed and one step, as in the notebook.
    private let isNotebook: Bool
    /// The names of the configurations, and which one a digest belongs to.
    private let labels: [String]
    private let configurations: [String: Int]

    /// Prepares a report.
    ///
    /// - Parameters:
    ///   - outcome: what became of the sweep.
    ///   - sweep: what was executed.
    ///   - labels: the names of its configurations.
    ///   - store: where the runs were recorded.
    /// - Throws: `SQLiteError`.
    init(_ outcome: SweepOutcome, of sweep: Sweep, _ labels: ConfigurationLabels, in store: Store) throws {
        self.store = store
        runs = outcome.runs
        dataset = sweep.experiment.dataset
        isNotebook =
            sweep.grid.count == sweep.grid.configurations.count && labels.differOnlyInArchitecture
            && sweep.grid.configurations.allSatisfy { $0.duration == .steps(1) }
        self.labels = labels.all
        configurations = Dictionary(
            zip(sweep.grid.configurations.map(\.digest), sweep.grid.configurations.indices),
            uniquingKeysWith: { first, _ in first }
        )
    }

    func write(to output: Output) throws {
        switch output.format {
        case .json:
            try output.list([]) { rows in
                try forEachRun { run in try rows.append(RunAnswer(run, store, with: .measures).record, []) }
            }
        case .csv: try writeRows(to: output)
        case .table where isNotebook: try writeNotebook(to: output)
        case .markdown: try output.emit(summary())
        case .table:
            for (index, part) in try summary().parts(fitting: Output.width).enumerated() {
                if index > 0 { try output.line() }
                try output.emit(part)
            }
        }
        try output.finish()
    }

    /// The runs that came to their end, in the grid's order.
    private func forEachRun(_ body: (Run) throws -> Void) throws {
        for number in runs {
            if let run = try store.run(number: number), run.status == .finished { try body(run) }
        }
    }

    /// The lines that the notebook prints, in its wording; the first data dimension is the number of columns there.
    private func writeNotebook(to output: Output) throws {
        let splits = [("Train", dataset.content.training), ("Validation", dataset.content.validation)]
        for (name, split) in splits {
            try output.line(
                "\(name) data: \(split.examples) examples (columns), "
                    + "each of which has \(dataset.content.features) dimensions (rows)"
            )
        }
        var list: [String] = []
        try forEachRun { run in
            list.append("run \(run.number) (\(run.architecture ?? "?"))")
            for layer in try values(of: run) {
                try output.line("\(escaped(layer.layer)) \(layer.quantity)=\(formatted("%f", layer.variance))")
            }
        }
        try output.line("Recorded in \(escaped(store.path)): \(list.joined(separator: ", "))")
    }

    /// One row for each run and layer.
    private func writeRows(to output: Output) throws {
        let columns = [
            "run", "uuid", "experiment", "architecture", "seed", "status", "step", "layer", "name", "position",
            "after_norm", "variance", "measure",
        ]
        try output.list(columns) { rows in
            try forEachRun { run in
                for layer in try values(of: run) {
                    let place: [Cell] = [
                        .integer(layer.step), .text(layer.layer), .text(layer.name), Cell(layer.position),
                        .truth(layer.afterNorm), .real(layer.variance), .text(layer.measure),
                    ]
                    try rows.append(
                        .null,
                        [
                            Cell(run.number), .text(run.uuid), .text(run.experiment), Cell(run.architecture),
                            Cell(run.seed), .text(run.status.rawValue),
                        ] + place
                    )
                }
            }
        }
    }

    /// What was measured at a run's end, measure by measure, the variance first.
    private func values(of run: Run) throws -> [LayerVariance] {
        let values = try store.measures(of: run)
        return Measure.allCases.flatMap { measure in values.filter { $0.measure == measure.rawValue } }
    }

    /// What was measured by layer, mean ± standard deviation over the seeds, a column for each configuration.
    private func summary() throws -> Table {
        var layers: [String] = []
        var known: Set<String> = []
        var values = labels.map { _ in [String: [Double]]() }
        var counts = labels.map { _ in 0 }
        try forEachRun { run in
            guard let index = run.configurationDigest.flatMap({ configurations[$0] }) else { return }
            counts[index] += 1
            for layer in try self.values(of: run) {
                let name = layer.quantity == "variance" ? layer.layer : "\(layer.layer), \(layer.quantity)"
                if known.insert(name).inserted { layers.append(name) }
                values[index][name, default: []].append(layer.variance)
            }
        }
        var table = Table(["layer"] + zip(labels, counts).map { "\($0) (n = \($1))" })
        for layer in layers {
            let cells = values.map { values -> Cell in
                let summary = Summary(values[layer] ?? [])
                let note = summary.nonFinite == 0 ? "" : " (\(summary.nonFinite) not finite)"
                guard let mean = summary.mean else { return note.isEmpty ? .missing : .text("–" + note) }
                guard let deviation = summary.standardDeviation else { return .text(rounded(mean) + note) }
                return .text(rounded(mean, deviation: deviation) + note)
            }
            table.rows.append([.text(layer)] + cells)
        }
        return table
    }
}

extension LayerVariance {
    /// What the value is called: variance, however it was measured, or the measure's own word.
    var quantity: String { Measure(rawValue: measure).map { $0 == .variance ? "variance" : measure } ?? "variance" }
}
