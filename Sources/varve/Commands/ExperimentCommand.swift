import ArgumentParser
import Questions
import Storage

/// Experiments, the named groups of runs.
struct ExperimentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        "experiment",
        "List, create, rename, delete and restore experiments.",
        "The first run that names an experiment makes it, too.",
        examples: """
            varve experiment list
            varve experiment create depth
            varve run plain --experiment depth
            varve experiment rename depth 'depth study'
            varve experiment delete 'depth study'
            varve experiment restore 'depth study'
            """,
        subcommands: [List.self, Create.self, Rename.self, Delete.self, Restore.self]
    )

    fileprivate static let columns: [Column] = [
        "experiment", "runs", "lifecycle", Column("created", as: .moment), Column("updated", as: .moment),
    ]

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            "list",
            "List the experiments, oldest first.",
            examples: """
                varve experiment list
                varve experiment list --deleted
                """
        )

        @Flag(help: "Those that were deleted instead.")
        var deleted = false

        @OptionGroup var common: CommonOptions

        func run() throws {
            let records = try common.openForReading().experiments(deleted ? .deleted : .active)
            try common.output().emit(records, ExperimentCommand.columns)
        }
    }

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            "create",
            "Make an experiment without runs.",
            examples: "varve experiment create depth"
        )

        @Argument(help: "Its name.")
        var name: String

        @OptionGroup var common: CommonOptions

        func run() throws {
            let store = try common.openForWriting()
            try store.createExperiment(named: name)
            try common.show(experiment: name, .active, store)
        }
    }

    struct Rename: ParsableCommand {
        static let configuration = CommandConfiguration(
            "rename",
            "Give an experiment another name.",
            examples: "varve experiment rename depth 'depth study'"
        )

        @Argument(help: "Its name.", completion: .experiments(.active))
        var name: String

        @Argument(help: "Its new name.")
        var newName: String

        @OptionGroup var common: CommonOptions

        func run() throws {
            let store = try common.openForChanging()
            try store.renameExperiment(name, to: newName)
            try common.show(experiment: newName, .active, store)
        }
    }

    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(
            "delete",
            "Delete an experiment and its runs; both can be restored until they are purged.",
            """
            A running run cannot be deleted. One of which nobody can tell here whether its process lives is deleted with \
            --force, which ends it as killed.
            """,
            examples: "varve experiment delete depth"
        )

        @Argument(help: "Its name.", completion: .experiments(.active))
        var name: String

        @Flag(help: "Also runs that another machine or container may still record; they end as killed.")
        var force = false

        @OptionGroup var common: CommonOptions

        func run() throws {
            let store = try common.openForChanging()
            let count = try store.deleteExperiment(name, isForced: force)
            common.notice("\(counted(count, "run")) deleted with it; `varve experiment restore` brings all of it back")
            try common.show(experiment: name, .deleted, store)
        }
    }

    struct Restore: ParsableCommand {
        static let configuration = CommandConfiguration(
            "restore",
            "Bring a deleted experiment back, with the runs that were deleted with it.",
            "Runs that had been deleted before stay so.",
            examples: "varve experiment restore depth"
        )

        @Argument(help: "Its name.", completion: .experiments(.deleted))
        var name: String

        @OptionGroup var common: CommonOptions

        func run() throws {
            let store = try common.openForChanging()
            let count = try store.restoreExperiment(name)
            common.notice("\(counted(count, "run")) restored with it")
            try common.show(experiment: name, .active, store)
        }
    }
}

extension CommonOptions {
    /// Shows one experiment as it is after a change.
    fileprivate func show(experiment name: String, _ lifecycle: Lifecycle, _ store: Store) throws {
        guard let record = try store.experiments(lifecycle).first(where: { $0.name.isExactly(name) }) else { return }
        try output().emit(record.record, ExperimentCommand.columns)
    }
}
