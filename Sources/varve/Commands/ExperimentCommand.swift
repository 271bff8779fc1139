import ArgumentParser
import Questions
import Storage

/// Experiments, the named groups of runs.
struct ExperimentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        "experiment",
        PackageResources.experiment_txt,
        subcommands: [List.self, Create.self, Rename.self, Delete.self, Restore.self]
    )

    fileprivate static let columns: [Column] = [
        "experiment", "runs", "lifecycle", Column("created", as: .moment), Column("updated", as: .moment),
    ]

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration("list", PackageResources.experiment_list_txt)

        @Flag(help: "Those that were deleted instead.")
        var deleted = false

        @OptionGroup var common: CommonOptions

        func run() throws {
            let records = try common.openForReading().experiments(deleted ? .deleted : .active)
            try common.output().emit(records, ExperimentCommand.columns)
        }
    }

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration("create", PackageResources.experiment_create_txt)

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
        static let configuration = CommandConfiguration("rename", PackageResources.experiment_rename_txt)

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
        static let configuration = CommandConfiguration("delete", PackageResources.experiment_delete_txt)

        @Argument(help: "Its name.", completion: .experiments(.active))
        var name: String

        @Flag(help: "Also runs that another machine or container may still record; they end as killed.")
        var force = false

        @OptionGroup var common: CommonOptions

        func run() throws {
            let store = try common.openForChanging()
            let count = try store.deleteExperiment(name, isForced: force)
            common.notice("\(counted(count, "run")) deleted with it; `varve experiment restore` restores all of it")
            try common.show(experiment: name, .deleted, store)
        }
    }

    struct Restore: ParsableCommand {
        static let configuration = CommandConfiguration("restore", PackageResources.experiment_restore_txt)

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
