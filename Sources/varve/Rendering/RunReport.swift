import Analysis
import Runner
import Storage

/// What `varve run` tells when it is done.
struct RunReport {
    private let store: Store
    private let details: RunDetails
    /// The numbers of the runs, in their order.
    private let runs: [Int64]
    private let dataset: StoredDataset
    private let isNotebook: Bool

    /// Prepares a report.
    ///
    /// - Parameters:
    ///   - runs: the numbers of the runs, in their order.
    ///   - store: where they were recorded.
    ///   - dataset: what they were executed on.
    ///   - isNotebook: whether it was one seed and one step, as in the notebook.
    /// - Throws: `SQLiteError`.
    init(_ runs: [Int64], in store: Store, on dataset: StoredDataset, isNotebook: Bool) throws {
        let details = try RunDetails(store)
        self.store = store
        self.details = details
        self.runs = runs
        self.dataset = dataset
        self.isNotebook = isNotebook
    }

    func write(to output: Output) throws {
        switch output.format {
        case .json:
            try output.list([]) { rows in
                try forEachRun { run in try rows.append(JSON(run: run, details, variances: true), []) }
            }
        case .csv: try writeRows(to: output)
        case .table where isNotebook: try writeNotebook(to: output)
        case .table, .markdown: try output.emit(summary())
        }
        try output.finish()
    }

    private func forEachRun(_ body: (Run) throws -> Void) throws {
        for number in runs {
            if let run = try store.run(number: number) { try body(run) }
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
            for layer in try details.variances(of: run) {
                try output.line("\(escaped(layer.layer)) variance=\(formatted("%f", layer.variance ?? .nan))")
            }
        }
        try output.line("Recorded in \(escaped(store.path)): \(list.joined(separator: ", "))")
    }

    /// One row for each run and layer.
    private func writeRows(to output: Output) throws {
        let columns = [
            "run", "uuid", "experiment", "architecture", "seed", "status", "step", "layer", "name", "position",
            "after_norm", "variance",
        ]
        try output.list(columns) { rows in
            try forEachRun { run in
                for layer in try details.variances(of: run) {
                    try rows.append(
                        .null,
                        [
                            Cell(run.number), .text(run.uuid), .text(run.experiment), Cell(run.architecture),
                            Cell(run.seed), .text(run.status.rawValue), Cell(layer.step), .text(layer.layer),
                            .text(layer.name), Cell(layer.position), .integer(layer.afterNorm ? 1 : 0),
                            .real(layer.variance ?? .nan),
                        ]
                    )
                }
            }
        }
    }

    /// Variance by layer, mean ± standard deviation over the seeds, a column for each architecture.
    private func summary() throws -> Table {
        var architectures: [String] = []
        var layers: [String] = []
        var values: [String: [String: [Double]]] = [:]
        var counts: [String: Int] = [:]
        try forEachRun { run in
            let architecture = run.architecture ?? "?"
            counts[architecture, default: 0] += 1
            if !architectures.contains(architecture) { architectures.append(architecture) }
            for layer in try details.variances(of: run) {
                if !layers.contains(layer.layer) { layers.append(layer.layer) }
                values[architecture, default: [:]][layer.layer, default: []].append(layer.variance ?? .nan)
            }
        }
        let columns = architectures.map { "\($0) (n = \(counts[$0] ?? 0))" }
        var table = Table(["layer"] + columns)
        for layer in layers {
            let cells = architectures.map { architecture -> Cell in
                let summary = Summary(values[architecture]?[layer] ?? [])
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
