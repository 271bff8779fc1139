import Questions
import Runner
import Storage

/// What `varve run` writes when it is done.
struct RunReport {
    private let store: Store
    private let runs: RunNumbers
    private let sweep: Sweep
    private let labels: ConfigurationLabels

    init(_ outcome: SweepOutcome, of sweep: Sweep, _ labels: ConfigurationLabels, in store: Store) {
        self.store = store
        runs = outcome.runs
        self.sweep = sweep
        self.labels = labels
    }

    /// Whether it was one seed and one step, as in the notebook.
    private var isNotebook: Bool {
        sweep.grid.count == sweep.grid.configurations.count && labels.differOnlyInArchitecture
            && sweep.grid.configurations.allSatisfy { $0.duration == .steps(1) }
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
        case .table: try output.emit(summary().parts(fitting: Output.width))
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
        let dataset = sweep.experiment.dataset.content
        for (name, split) in [("Train", dataset.training), ("Validation", dataset.validation)] {
            try output.line(
                "\(name) data: \(split.examples) examples (columns), "
                    + "each of which has \(dataset.features) dimensions (rows)"
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
        let keys = ["run", "uuid", "experiment", "architecture", "seed", "status"]
        let columns = [Column](
            keys + ["step", "layer", "name", "position", "after_norm", "variance", "measure"]
        )
        try output.list(columns.titles) { rows in
            try forEachRun { run in
                let answer = try RunAnswer(run, store, with: .none).record
                for layer in try values(of: run) {
                    let members = keys.map { JSON.Member($0, answer[$0]) } + layer.record.members
                    try rows.append(Record(members), columns)
                }
            }
        }
    }

    /// What was measured at a run's end, measure by measure, the variance first.
    private func values(of run: Run) throws -> [LayerVariance] {
        let values = try store.measures(of: run)
        return Measure.allCases.flatMap { measure in values.filter { $0.measure == measure.rawValue } }
    }

    private func summary() throws -> Table {
        let indices = Dictionary(
            sweep.grid.configurations.enumerated().map { ($1.digest, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        var summary = LayerSummary(labels.all)
        try forEachRun { run in
            guard let kind = run.configurationDigest.flatMap({ indices[$0] }) else { return }
            summary.add(try values(of: run), to: kind)
        }
        return summary.table
    }
}
