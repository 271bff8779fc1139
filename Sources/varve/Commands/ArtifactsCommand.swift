import ArgumentParser
import Questions
import Storage

/// Files that belong to runs.
struct ArtifactsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        "artifacts",
        PackageResources.artifacts_txt,
        subcommands: [List.self, Export.self]
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration("list", PackageResources.artifacts_list_txt)

        @Argument(help: .value("run", "The run."))
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
        static let configuration = CommandConfiguration("export", PackageResources.artifacts_export_txt)

        @Argument(help: .value("run", "The run."))
        var word: String

        @Argument(help: "The file's path in the run.")
        var path: String

        @Option(help: .value("file", "The file to write."))
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
