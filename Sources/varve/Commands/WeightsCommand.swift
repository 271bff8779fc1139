import ArgumentParser
import Questions
import Runner
import Storage

/// Weights kept with runs.
struct WeightsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "weights",
        abstract: "List, export and import the weights kept with runs.",
        discussion: """
            Examples:
              varve weights list 1
              varve weights export 1 --at final --output plain.safetensors
              varve weights import plain.safetensors
            """,
        subcommands: [List.self, Export.self, Import.self]
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the tensors kept with a run.",
            discussion: """
                Example:
                  varve weights list 1
                """
        )

        @Argument(help: ArgumentHelp("The run.", valueName: "run"))
        var word: String

        @OptionGroup var common: CommonOptions

        func run() throws {
            let store = try common.openForReading()
            let tensors = try store.tensors(of: store.run(word).number)
            let columns: [Column] = [
                Column("stage"), Column("position"), Column("name"), Column("shape"), Column("dtype"), Column("bytes"),
                Column("digest", as: .digest),
            ]
            try common.output().emit(tensors, columns)
        }
    }

    /// When weights were taken.
    enum Stage: String, ExpressibleByArgument, CaseIterable {
        case initial, final

        var stage: WeightStages { self == .initial ? .initial : .final }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a run's weights to a safetensors file, which PyTorch loads.",
            discussion: """
                A run that was recorded without them is executed again, to the bit, and its digest checked.

                Example:
                  varve weights export 1 --at final --output plain.safetensors
                and in Python:
                  state = safetensors.torch.load_file('plain.safetensors')
                  model.load_state_dict(state, strict=True)
                """
        )

        @Argument(help: ArgumentHelp("The run.", valueName: "run"))
        var word: String

        @Option(help: "The weights as drawn (initial) or after the last step (final).")
        var at: Stage

        @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
        var output: String

        @OptionGroup var common: CommonOptions

        func run() throws {
            let store = try common.openForReading()
            let run = try store.run(word)
            var tensors = try Tensor.stored(with: run.number, stage: at.rawValue, in: store)
            if tensors.isEmpty {
                try InstructionSet.checkEnvironment()
                tensors = try Tensor.recomputed(of: run.number, at.stage, in: store)
                common.notice(
                    "run \(run.number) was recorded without its \(at.rawValue) weights: it was executed again, and the digest "
                        + "is the one recorded"
                )
            }
            let metadata = ["format": "pt", "run": run.uuid, "stage": at.rawValue]
            try store.write(WeightsFile.content(tensors, metadata: metadata), to: output, as: .safetensors)
            common.notice("wrote \(tensors.count) tensors of run \(run.number) to \(escaped(output))")
        }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Record the tensors of a safetensors file as the final weights of a run of their own.",
            discussion: """
                Other runs then start from them: `varve run plain --weights-from RUN`.

                Example:
                  varve weights import plain.safetensors
                """
        )

        @Argument(help: ArgumentHelp("A safetensors file.", valueName: "file"))
        var file: String

        @Option(help: ArgumentHelp("The experiment to group it under.", valueName: "name"))
        var experiment = Store.defaultExperiment

        @OptionGroup var common: CommonOptions

        func run() throws {
            // Before a store is made for it.
            let weights = try ImportedWeights(file: file)
            let number = try weights.add(experiment: experiment, to: common.openForWriting(contentOf: [file]))
            let store = try common.openForReading()
            let tensors = try store.tensors(of: number)
            var table = Table(["run", "name", "tensors", "bytes"])
            let bytes = tensors.reduce(0) { $0 + $1.size }
            table.append(Cell(number), .text(weights.name), .integer(Int64(tensors.count)), .bytes(bytes))
            try common.output().emit(
                [
                    "run": .integer(number), "name": .string(weights.name),
                    "weights": JSON(tensors),
                ],
                table
            )
        }
    }
}
