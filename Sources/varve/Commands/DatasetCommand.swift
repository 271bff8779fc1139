import ArgumentParser
import Questions
import Runner
import Storage

/// Datasets of the store.
struct DatasetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dataset",
        abstract: "List, show, import, generate and export datasets.",
        discussion: """
            Examples:
              varve dataset list
              varve dataset import mnist1d_data.pkl --name official
              varve dataset generate --name sheared --shear-scale 1.5
              varve dataset export mnist1d --output mnist1d.npz
            """,
        subcommands: [List.self, Show.self, Import.self, Generate.self, Export.self]
    )

    private static let columns: [Column] = [
        Column("name"), Column("train"), Column("validation"), Column("features"), Column("classes"), Column("runs"),
        Column("created", as: .moment), Column("digest", as: .digest),
    ]

    /// Tells what became of a dataset that was to be stored.
    static func report(_ added: (dataset: StoredDataset, isNew: Bool), in store: Store, _ common: CommonOptions) throws
    {
        let record = added.dataset.record
        if !added.isNew {
            common.notice("this content is already stored as '\(escaped(record.name))'; nothing was added")
        }
        try common.output().emit(DatasetAnswer(record, in: store).record, columns)
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the datasets, oldest first.",
            discussion: """
                Example:
                  varve dataset list
                """
        )

        @OptionGroup var common: CommonOptions

        func run() throws {
            let store = try common.openForReading()
            let answers = try store.snapshot { try store.datasets().map { try DatasetAnswer($0, in: store) } }
            try common.output().emit(answers, DatasetCommand.columns)
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one dataset: sizes, digest, where it came from.",
            discussion: """
                Example:
                  varve dataset show mnist1d
                """
        )

        @Argument(help: "The dataset's name.")
        var name: String

        @OptionGroup var common: CommonOptions

        func run() throws {
            let record = try DatasetAnswer(named: name, in: common.openForReading()).record
            var table = Table(["key", "value"])
            for key in ["name", "digest", "train", "validation", "features", "classes", "runs", "created", "source"] {
                table.append(.text(key), Column(key, as: key == "created" ? .moment : .plain).cell(record))
            }
            try common.output().emit(record.json, table)
        }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Store a dataset from a pickle or npz file.",
            discussion: """
                The file must hold the arrays x, y, x_test and y_test, as the MNIST-1D package writes them or \
                numpy.savez does. Nothing in it is executed.

                Example:
                  varve dataset import mnist1d_data.pkl --name official
                """
        )

        @Argument(help: "The file.")
        var file: String

        @Option(help: ArgumentHelp("The dataset's name. (default: the file's, without its ending)", valueName: "name"))
        var name: String?

        @OptionGroup var common: CommonOptions

        func run() throws {
            // The file first: a store is not made for nothing.
            let imported = try ImportedDataset(file: file)
            let store = try common.openForWriting(contentOf: [file])
            try DatasetCommand.report(imported.add(name: name, to: store), in: store, common)
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a dataset to an npz file, which numpy.load reads.",
            discussion: """
                Example:
                  varve dataset export mnist1d --output mnist1d.npz
                """
        )

        @Argument(help: "The dataset's name.")
        var name: String

        @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
        var output: String

        @OptionGroup var common: CommonOptions

        func run() throws {
            let store = try common.openForReading()
            guard let dataset = try StoredDataset(named: name, in: store) else {
                throw StoreError.noDataset(name: name, path: store.path)
            }
            try store.write(dataset.content.npz(), to: output, as: .npz)
            common.notice("wrote dataset '\(escaped(name))' to \(escaped(output))")
        }
    }
}
