import ArgumentParser
import Storage

/// Pictures of what was recorded.
struct PlotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plot",
        abstract: "Draw the variances as SVG: by layer, through the runs, or through one run's training.",
        discussion: """
            The pictures show what `history`, `compare` and `show` tell in numbers. Values stand on hover; the picture \
            follows the reader's light or dark scheme. With --output - it goes to standard output.

            Examples:
              varve plot profile --output profile.svg
              varve plot history residual5 --output history.svg
              varve plot training 1 --output training.svg
            """,
        subcommands: [PlotProfile.self, PlotHistory.self, PlotTraining.self]
    )
}

/// Where a picture goes.
struct PictureOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The SVG file to write; - for standard output.", valueName: "file"))
    var output: String

    /// Writes a picture whole, or nothing.
    func write(_ picture: String, of store: Store, _ common: CommonOptions) throws {
        guard output != "-" else {
            let standardOutput = common.output()
            try standardOutput.write(picture)
            return try standardOutput.finish()
        }
        try store.write(Array(picture.utf8), to: output, as: .svg)
        common.notice("wrote \(escaped(output))")
    }
}
