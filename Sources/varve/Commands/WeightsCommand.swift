import ArgumentParser
import Runner
import Storage

/// Weights kept with runs.
struct WeightsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "weights",
        abstract: "List and export the weights kept with a run.",
        discussion: """
            Examples:
              varve weights list 1
              varve weights export 1 --at final --output plain.safetensors
            """,
        subcommands: [List.self, Export.self]
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
            var table = Table(["stage", "position", "name", "shape", "dtype", "bytes", "digest"])
            for tensor in tensors {
                table.append(
                    .text(tensor.stage),
                    Cell(tensor.position),
                    .text(tensor.name),
                    .text(tensor.shape),
                    .text(tensor.dtype),
                    Cell(tensor.size),
                    .digest(tensor.digest)
                )
            }
            try common.output().emit(.array(tensors.map { JSON(tensor: $0) }), table)
        }
    }

    /// When weights were taken.
    enum Stage: String, ExpressibleByArgument, CaseIterable {
        case initial, final
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a run's weights to a safetensors file, which PyTorch loads.",
            discussion: """
                Example:
                  varve weights export 1 --at final --output plain.safetensors
                and in Python:
                  model.load_state_dict(safetensors.torch.load_file('plain.safetensors'), strict=True)
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
            let kept = try store.tensors(of: run.number).filter { $0.stage == at.rawValue }
            guard !kept.isEmpty else {
                throw StoreError(
                    .missing,
                    "run \(run.number) was recorded without its \(at.rawValue) weights: `varve run --weights both` keeps them"
                )
            }
            let tensors = try kept.map { try Tensor(stored: $0, in: store) }
            let metadata = ["format": "pt", "run": run.uuid, "stage": at.rawValue]
            try WeightsFile.write(tensors, metadata: metadata, to: output)
            common.notice("wrote \(tensors.count) tensors of run \(run.number) to \(escaped(output))")
        }
    }
}

extension Tensor {
    /// A tensor read from the store.
    fileprivate init(stored summary: TensorSummary, in store: Store) throws {
        guard let dtype = DType(rawValue: summary.dtype),
            case .array(let dimensions) = try JSON(stored: summary.shape, in: store)
        else {
            throw StoreError(
                .invalid,
                "tensor \(summary.name) in \(store.path) has dtype \(summary.dtype), which is unknown"
            )
        }
        let shape = dimensions.compactMap { if case .integer(let count) = $0 { Int(exactly: count) } else { nil } }
        guard shape.count == dimensions.count, Tensor.size(shape, dtype) == Int(summary.size) else {
            throw StoreError(
                .invalid,
                "tensor \(summary.name) in \(store.path) has the shape \(summary.shape) but \(summary.size) bytes: "
                    + "the store is damaged"
            )
        }
        self.init(name: summary.name, shape: shape, dtype: dtype, bytes: try store.bytes(of: summary))
    }
}
