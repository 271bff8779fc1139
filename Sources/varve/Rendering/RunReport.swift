import Analysis
import Runner
import Storage

/// What `varve run` tells when it is done.
struct RunReport {
    let store: Store
    let runs: [Run]
    let dataset: StoredDataset
    /// Whether all runs have one seed.
    let isSingle: Bool

    func write(to output: Output) throws {
        switch output.format {
        case .json: try output.line(JSON.array(runs.map { try JSON(run: $0, in: store, variances: true) }).text)
        case .csv: try output.emit(rows())
        case .table where isSingle && runs.allSatisfy({ $0.steps == 1 }): try writeNotebook(to: output)
        case .table, .markdown: try output.emit(summary())
        }
        try output.finish()
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
        for run in runs {
            for layer in try store.variances(of: run) {
                try output.line("\(escaped(layer.layer)) variance=\(formatted("%f", layer.variance ?? .nan))")
            }
        }
        try output.line(recorded)
    }

    private var recorded: String {
        let list = runs.map { "run \($0.number) (\($0.architecture ?? "?"))" }.joined(separator: ", ")
        return "Recorded in \(escaped(store.path)): \(list)"
    }

    /// One row for each run and layer.
    private func rows() throws -> Table {
        var table = Table([
            "run", "uuid", "experiment", "architecture", "seed", "status", "step", "layer", "name", "position",
            "after_norm", "variance",
        ])
        for run in runs {
            for layer in try store.variances(of: run) {
                table.append(
                    Cell(run.number),
                    .text(run.uuid),
                    .text(run.experiment),
                    Cell(run.architecture),
                    Cell(run.seed),
                    .text(run.status.rawValue),
                    Cell(layer.step),
                    .text(layer.layer),
                    .text(layer.name),
                    Cell(layer.position),
                    .integer(layer.afterNorm ? 1 : 0),
                    .real(layer.variance ?? .nan)
                )
            }
        }
        return table
    }

    /// Variance by layer, mean ± standard deviation over the seeds, a column for each architecture.
    private func summary() throws -> Table {
        var architectures: [String] = []
        var layers: [String] = []
        var values: [String: [String: [Double]]] = [:]
        for run in runs {
            let architecture = run.architecture ?? "?"
            if !architectures.contains(architecture) { architectures.append(architecture) }
            for layer in try store.variances(of: run) {
                if !layers.contains(layer.layer) { layers.append(layer.layer) }
                values[architecture, default: [:]][layer.layer, default: []].append(layer.variance ?? .nan)
            }
        }
        let columns = architectures.map { name in
            let count = runs.count { ($0.architecture ?? "?") == name }
            return "\(name) (n = \(count))"
        }
        var table = Table(["layer"] + columns)
        for layer in layers {
            let cells = architectures.map { architecture -> Cell in
                guard let summary = Summary(values[architecture]?[layer] ?? []) else { return .missing }
                guard let deviation = summary.standardDeviation else { return .text(rounded(summary.mean)) }
                return .text(rounded(summary.mean, deviation: deviation))
            }
            table.rows.append([.text(layer)] + cells)
        }
        return table
    }
}
