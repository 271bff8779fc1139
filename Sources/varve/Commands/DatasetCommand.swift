import ArgumentParser
import Questions
import Runner
import Storage

/// Datasets of the store.
struct DatasetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        "dataset",
        PackageResources.dataset_txt,
        subcommands: [List.self, Show.self, Import.self, Generate.self, Export.self]
    )

    fileprivate static let columns: [Column] = [
        "name", "train", "validation", "features", "classes", "runs", Column("created", as: .moment),
        Column("digest", as: .digest),
    ]

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration("list", PackageResources.dataset_list_txt)

        @OptionGroup var common: CommonOptions

        func run() throws {
            let store = try common.openForReading()
            let answers = try store.snapshot { try store.datasets().map { try DatasetAnswer($0, in: store) } }
            try common.output().emit(answers, DatasetCommand.columns)
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration("show", PackageResources.dataset_show_txt)

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
        static let configuration = CommandConfiguration("import", PackageResources.dataset_import_txt)

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
        static let configuration = CommandConfiguration("export", PackageResources.dataset_export_txt)

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
