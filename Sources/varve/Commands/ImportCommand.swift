import ArgumentParser
import Glibc
import Questions
import Storage

/// Takes over runs of other programs.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration("import", PackageResources.import_txt, subcommands: [MLflow.self])

    struct MLflow: ParsableCommand {
        static let configuration = CommandConfiguration("mlflow", PackageResources.import_mlflow_txt)

        @Argument(help: "MLflow's file.", completion: .file())
        var file: String

        @Option(help: .value("pattern", "Which metrics are variances, as '{layer}.variance'."))
        var layerPattern: String?

        @Option(help: .value("word", "What these variances are."))
        var measure = LayerPlace.unknownMeasure

        @Option(help: .value("key", "The param that is the seed."))
        var seedParam: String?

        @Option(help: .value("key", "The param that is the architecture."))
        var architectureParam: String?

        @OptionGroup var common: CommonOptions

        func run() throws {
            try refuseEmpty(measure, "--measure", "give a word, such as unknown")
            var options = MLflowOptions()
            options.measure = measure
            options.seedParam = seedParam
            options.architectureParam = architectureParam
            options.pattern = try layerPattern.map { text in
                guard let pattern = LayerPattern(text) else {
                    throw UsageError("--layer-pattern \(text): write {layer} once, in place of the layer's name")
                }
                return pattern
            }
            // Before a store is made for it.
            try Store.checkMLflow(file)
            let store = try common.openForWriting(contentOf: [file])
            Signals.catchInterruptions()
            var tally = MergeTally()
            var found: MLflowFindings?
            var (count, withoutSeed, withoutArchitecture) = (0, 0, 0)
            var conflicts = Complaints()
            let columns: [Column] = ["run", "name", "experiment", "status", Column("uuid", as: .digest), "result"]
            try common.output().list(columns.titles) { rows in
                found = try store.importMLflow(file, options) { merged in
                    tally.add(merged)
                    if let line = merged.conflict(with: file, in: store) { conflicts.add(line) }
                    guard let run = try store.run(number: merged.number) else { return }
                    count += 1
                    if run.seed == nil { withoutSeed += 1 }
                    if run.architecture == nil { withoutArchitecture += 1 }
                    try rows.append(run.record(merged.outcome), columns)
                }
            }
            conflicts.finish("conflict")
            try store.synchronize()
            let (layers, leftOut) = (found?.layers ?? [], found?.leftOut ?? [])
            if options.pattern != nil {
                let names = layers.prefix(20).joined(separator: ", ") + (layers.count > 20 ? ", …" : "")
                common.notice(layers.isEmpty ? "no metric fits the pattern" : "\(layers.count) layers: \(names)")
            }
            if let seedParam, withoutSeed > 0 {
                common.notice("\(withoutSeed) of \(count) runs have no whole number as param '\(seedParam)': no seed")
            }
            if let architectureParam, withoutArchitecture > 0 {
                common.notice(
                    "\(withoutArchitecture) of \(count) runs have no param '\(architectureParam)': no architecture"
                )
            }
            let signed = found?.signed ?? []
            if !signed.isEmpty {
                common.notice("no variances but metrics, because they have negative values: \(listed(signed))")
            }
            var omissions = Complaints()
            for line in leftOut { omissions.add("\(file): \(line): it is left out") }
            omissions.finish("omission")
            if tally.hasConflicts || !leftOut.isEmpty { throw ExitCode(CommandError.Status.badData.rawValue) }
        }
    }
}
