import ArgumentParser
import CKeeper
import Glibc
import Runner
import Storage

/// The command `varve`.
@main
struct Varve: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "varve",
        abstract: "Runs neural-network experiments and records the variance of every layer at every step.",
        discussion: """
            Everything is kept in one SQLite file, the store: varve.db in the current folder, unless --store or the \
            environment variable VARVE_STORE names another.

            Examples:
              varve run
              varve run plain batchnorm --seeds 0-9
              varve runs
              varve show 1 --format json
              varve sql 'SELECT layer, variance FROM variances WHERE run = 1'

            --generate-completion-script bash (or zsh, or fish) writes what completes commands in that shell.
            """,
        version: Version.varve,
        groupedSubcommands: [
            CommandGroup(
                name: "Execute and record",
                subcommands: [RunCommand.self, ExecCommand.self, LogCommand.self, VerifyCommand.self]
            ),
            CommandGroup(
                name: "Ask",
                subcommands: [
                    ServeCommand.self,
                    RunsCommand.self, ShowCommand.self, HistoryCommand.self, CompareCommand.self, DiffCommand.self,
                    PlotCommand.self, SQLCommand.self,
                ]
            ),
            CommandGroup(
                name: "Datasets, weights and files",
                subcommands: [DatasetCommand.self, WeightsCommand.self, ArtifactsCommand.self]
            ),
            CommandGroup(
                name: "Life after the run",
                subcommands: [
                    EditCommand.self, TagCommand.self, NoteCommand.self, DeleteCommand.self, RestoreCommand.self,
                    PurgeCommand.self,
                    ExperimentCommand.self,
                ]
            ),
            CommandGroup(
                name: "The whole store",
                subcommands: [
                    InfoCommand.self, CheckCommand.self, BackupCommand.self, MergeCommand.self, ExportCommand.self,
                    ImportCommand.self, CompactCommand.self, MigrateCommand.self,
                ]
            ),
        ]
    )

    // Declared here too so that these options may come before the command's name.
    @OptionGroup var common: CommonOptions

    static func main() {
        if let words = Arguments.ofKeeper { Glibc.exit(varve_keep_program(words)) }
        Signals.ownProcess()
        let arguments: [String]
        do {
            arguments = try Array(Arguments.all().dropFirst())
        } catch {
            Glibc.exit(report(error))
        }
        Glibc.exit(execute(arguments))
    }

    /// Executes one command line; what it says goes to the standard streams.
    ///
    /// - Returns: the exit status.
    static func execute(_ arguments: [String]) -> Int32 {
        do {
            var command = try parseAsRoot(arguments)
            do {
                try command.run()
            } catch {
                // Damage that was seen may be no more than a change.
                try OpenStores.checkUnchanged()
                throw error
            }
            try OpenStores.checkUnchanged()
            return EXIT_SUCCESS
        } catch {
            return report(error, arguments)
        }
    }
}
