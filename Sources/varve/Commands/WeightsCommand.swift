import ArgumentParser
import Questions
import Runner
import Storage

/// Weights kept with runs.
struct WeightsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        "weights",
        PackageResources.weights_txt,
        subcommands: [List.self, Export.self, Import.self]
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration("list", PackageResources.weights_list_txt)

        @Argument(help: .value("run", "The run."))
        var word: String

        @OptionGroup var common: CommonOptions

        func run() throws {
            let store = try common.openForReading()
            let tensors = try store.tensors(of: store.run(word).number)
            let columns: [Column] = [
                "stage", "position", "name", "shape", "dtype", "bytes", Column("digest", as: .digest),
            ]
            try common.output().emit(tensors, columns)
        }
    }

    /// When weights were taken.
    enum Stage: String, ExpressibleByArgument, CaseIterable {
        case initial, final
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration("export", PackageResources.weights_export_txt)

        @Argument(help: .value("run", "The run."))
        var word: String

        @Option(help: "The weights as drawn (initial) or after the last step (final).")
        var at: Stage

        @Option(help: .value("file", "The file to write."))
        var output: String

        @OptionGroup var common: CommonOptions

        func run() throws {
            let store = try common.openForReading()
            let run = try store.run(word)
            var tensors = try Tensor.stored(with: run.number, stage: at.rawValue, in: store)
            if tensors.isEmpty {
                try InstructionSet.checkEnvironment()
                tensors = try Tensor.recomputed(of: run.number, at == .initial ? .initial : .final, in: store)
                common.notice(
                    """
                    run \(run.number) was recorded without its \(at.rawValue) weights: it was executed again, and the \
                    digest is the recorded one
                    """
                )
            }
            let metadata = ["format": "pt", "run": run.uuid, "stage": at.rawValue]
            try store.write(WeightsFile.content(tensors, metadata: metadata), to: output, as: .safetensors)
            common.notice("wrote \(tensors.count) tensors of run \(run.number) to \(output)")
        }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration("import", PackageResources.weights_import_txt)

        @Argument(help: .value("file", "A safetensors file."))
        var file: String

        @Option(help: .value("name", "The experiment to group it under."))
        var experiment = Store.defaultExperiment

        @OptionGroup var common: CommonOptions

        func run() throws {
            // Before a store is made for it.
            let weights = try ImportedWeights(file: file)
            let number = try weights.add(experiment: experiment, to: common.openForWriting(contentOf: [file]))
            let store = try common.openForReading()
            let tensors = try store.tensors(of: number)
            let bytes = tensors.reduce(0) { $0 + $1.size }
            try common.output().emit(
                ["run": .integer(number), "name": .string(weights.name), "weights": JSON(tensors)],
                Table(
                    ["run", "name", "tensors", "bytes"],
                    rows: [[Cell(number), .text(weights.name), .integer(Int64(tensors.count)), .bytes(bytes)]]
                )
            )
        }
    }
}
