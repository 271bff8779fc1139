import ArgumentParser
import CKeeper
import Glibc
import Runner
import Storage

/// The command `varve`.
@main
struct Varve: ParsableCommand {
    static let configuration = CommandConfiguration(
        "varve",
        PackageResources.varve_txt,
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
                    InfoCommand.self, CheckCommand.self, BackupCommand.self, MergeCommand.self, PushCommand.self,
                    ExportCommand.self,
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
