import ArgumentParser
import Questions
import Storage

/// Files that belong to runs.
struct ArtifactsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "artifacts",
        abstract: "List and write the files that belong to runs.",
        discussion: """
            A file of up to 1 MiB lies in the store, a larger one in the folder beside it that is named like the store \
            with .artifacts behind it.

            Examples:
              varve artifacts list 1
              varve artifacts export 1 plots/loss.png --output loss.png
            """,
        subcommands: [List.self, Export.self]
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the files of a run.",
            discussion: """
                Example:
                  varve artifacts list 1
                """
        )

        @Argument(help: ArgumentHelp("The run.", valueName: "run"))
        var word: String

        @OptionGroup var common: CommonOptions

        func run() throws {
            let store = try common.openForReading()
            let artifacts = try store.artifacts(of: store.run(word).number)
            let columns: [Column] = [
                Column("path"), Column("bytes", title: "size", as: .bytes), Column("mime"),
                Column("digest", as: .digest), Column("updated", as: .moment),
            ]
            try common.output().emit(artifacts, columns)
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a file of a run.",
            discussion: """
                The file is complete and has its digest, or it is not there. One that is there already is only replaced \
                with --force, and a database never.

                Examples:
                  varve artifacts export 1 plots/loss.png --output loss.png
                  varve artifacts export 1 output.txt --output /dev/stdout
                """
        )

        @Argument(help: ArgumentHelp("The run.", valueName: "run"))
        var word: String

        @Argument(help: "The file's path in the run.")
        var path: String

        @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
        var output: String

        @Flag(help: "Replace a file that is there already.")
        var force = false

        @OptionGroup var common: CommonOptions

        func run() throws {
            let store = try common.openForReading()
            let run = try store.run(word)
            let artifact = try store.existingArtifact(of: run.number, at: path)
            Signals.catchInterruptions()
            try store.export(artifact, to: output, isReplacing: force)
            common.notice("wrote \(byteCount(artifact.size)) of run \(run.number) to \(escaped(output))")
        }
    }
}
