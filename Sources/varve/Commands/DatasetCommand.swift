import ArgumentParser
import Questions
import Runner
import Storage

/// Datasets of the store.
struct DatasetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        "dataset",
        "List, show, import, generate and export datasets.",
        examples: """
            varve dataset list
            varve dataset import mnist1d_data.pkl --name official
            varve dataset generate --name sheared --shear-scale 1.5
            varve dataset export mnist1d --output mnist1d.npz
            """,
        subcommands: [List.self, Show.self, Import.self, Generate.self, Export.self]
    )

    fileprivate static let columns: [Column] = [
        "name", "train", "validation", "features", "classes", "runs", Column("created", as: .moment),
        Column("digest", as: .digest),
    ]

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            "list",
            "List the datasets, oldest first.",
            examples: "varve dataset list"
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
            "show",
            "Show one dataset: sizes, digest, where it came from.",
            examples: "varve dataset show mnist1d"
        )

        @Argument(help: "The dataset's name.")
        var name: String

        @OptionGroup var common: CommonOptions

        func run() throws {
            let record = try DatasetAnswer(named: name, in: common.openForReading()).record
            let columns: [Column] = [
                "name", "digest", "train", "validation", "features", "classes", "runs", Column("created", as: .moment),
                "source",
            ]
            try common.output().emit(record.json, Table(facts: columns, of: record))
        }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            "import",
            "Store a dataset from a pickle or npz file.",
            """
            The file must hold the arrays x, y, x_test and y_test, as the MNIST-1D package writes them or \
            numpy.savez does. Nothing in it is executed.
            """,
            examples: "varve dataset import mnist1d_data.pkl --name official"
        )

        @Argument(help: "The file.")
        var file: String

        @Option(help: .value("name", "The dataset's name. (default: the file's, without its ending)"))
        var name: String?

        @OptionGroup var common: CommonOptions

        func run() throws {
            // The file first: a store is not made for nothing.
            let imported = try ImportedDataset(file: file)
            let store = try common.openForWriting(contentOf: [file])
            try common.show(imported.add(name: name, to: store), in: store)
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            "export",
            "Write a dataset to an npz file, which numpy.load reads.",
            examples: "varve dataset export mnist1d --output mnist1d.npz"
        )

        @Argument(help: "The dataset's name.")
        var name: String

        @Option(help: .value("file", "The file to write."))
        var output: String

        @OptionGroup var common: CommonOptions

        func run() throws {
            let store = try common.openForReading()
            guard let dataset = try StoredDataset(named: name, in: store) else {
                throw StoreError.noDataset(name: name, path: store.path)
            }
            try store.write(dataset.content.npz(), to: output, as: .npz)
            common.notice("wrote dataset '\(name)' to \(output)")
        }
    }
}

extension CommonOptions {
    /// Shows what became of a dataset that was to be stored.
    func show(_ added: (dataset: StoredDataset, isNew: Bool), in store: Store) throws {
        let record = added.dataset.record
        if !added.isNew { notice("this content is already stored as '\(record.name)'; nothing was added") }
        try output().emit(DatasetAnswer(record, in: store).record, DatasetCommand.columns)
    }
}
