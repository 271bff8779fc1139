import ArgumentParser
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

    /// The stored dataset of a name.
    static func record(named name: String, in store: Store) throws -> DatasetRecord {
        guard let record = try store.dataset(named: name) else {
            throw StoreError.noDataset(name: name, path: store.path)
        }
        return record
    }

    static func table(_ records: [DatasetRecord], in store: Store) throws -> Table {
        var table = Table(["name", "train", "validation", "features", "classes", "runs", "created", "digest"])
        for record in records {
            table.append(
                .text(record.name),
                Cell(record.trainingExamples),
                Cell(record.validationExamples),
                Cell(record.features),
                Cell(record.classes),
                Cell(try store.runCount(of: record)),
                .moment(record.created),
                .digest(record.digest)
            )
        }
        return table
    }

    /// Tells what became of a dataset that was to be stored.
    static func report(_ added: (dataset: StoredDataset, isNew: Bool), _ common: CommonOptions) throws {
        let record = added.dataset.record
        if !added.isNew {
            common.notice("this content is already stored as '\(escaped(record.name))'; nothing was added")
        }
        let store = try common.openForReading()
        try common.output().emit(JSON(dataset: record, in: store), table([record], in: store))
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
            let records = try store.datasets()
            try common.output().emit(
                .array(records.map { try JSON(dataset: $0, in: store) }),
                DatasetCommand.table(records, in: store)
            )
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
            let store = try common.openForReading()
            let record = try DatasetCommand.record(named: name, in: store)
            var table = Table(["key", "value"])
            table.append(.text("name"), .text(record.name))
            table.append(.text("digest"), .text(record.digest))
            table.append(.text("train"), .integer(record.trainingExamples))
            table.append(.text("validation"), .integer(record.validationExamples))
            table.append(.text("features"), .integer(record.features))
            table.append(.text("classes"), .integer(record.classes))
            table.append(.text("runs"), .integer(try store.runCount(of: record)))
            table.append(.text("created"), .moment(record.created))
            table.append(.text("source"), .text(record.source))
            try common.output().emit(JSON(dataset: record, in: store), table)
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
            let store = try common.openForWriting()
            try DatasetCommand.report(imported.add(name: name, to: store), common)
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
            _ = try DatasetCommand.record(named: name, in: store)
            guard let dataset = try StoredDataset(named: name, in: store) else { return }
            try DatasetFile.write(dataset.content, npz: output)
            common.notice("wrote dataset '\(escaped(name))' to \(escaped(output))")
        }
    }
}

extension JSON {
    init(dataset record: DatasetRecord, in store: Store) throws {
        self = [
            "name": .string(record.name),
            "digest": .string(record.digest),
            "source": try JSON(stored: record.source, in: store),
            "features": .integer(record.features),
            "classes": .integer(record.classes),
            "train": .integer(record.trainingExamples),
            "validation": .integer(record.validationExamples),
            "runs": .integer(try store.runCount(of: record)),
            "created": .integer(record.created),
        ]
    }
}
