public import Analysis
public import ArgumentParser
import Questions
import Storage

/// Pictures of what was recorded.
struct PlotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plot",
        abstract: "Draw what was recorded: by layer, by step, through the runs, or a param against a metric.",
        discussion: """
            The pictures show what `history`, `compare` and `show` say in numbers. They are SVG, PNG or PDF by the ending \
            of the file; an SVG shows values on hover and follows the reader's light or dark scheme. PNG and PDF are made \
            by the program rsvg-convert. With --output - the SVG goes to standard output.

            Examples:
              varve plot profile --output profile.svg
              varve plot history residual5 --output history.svg
              varve plot training 1 --output training.png --theme dark
              varve plot curves val_accuracy plain batchnorm --output curves.svg
              varve plot scatter learning_rate val_loss --output scatter.pdf
            """,
        subcommands: [PlotProfile.self, PlotHistory.self, PlotTraining.self, PlotCurves.self, PlotScatter.self]
    )
}

/// Where a picture goes, and how it looks.
struct PictureOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The file to write: .svg, .png or .pdf; - for SVG on standard output.", valueName: "file"),
        completion: .file()
    )
    var output: String

    @Option(help: ArgumentHelp("How wide it is, in pixels.", valueName: "pixels"))
    var width = 800

    @Option(help: ArgumentHelp("What stands above it, in place of its own title.", valueName: "text"))
    var title: String?

    @Option(help: ArgumentHelp("light, dark, or auto: what the reader's system asks for (SVG).", valueName: "theme"))
    var theme = Theme.auto

    /// The looks, once the options are found to be right: before anything is read.
    func style() throws(UsageError) -> PictureStyle {
        if output != "-" { _ = try PictureFile.format(of: output) }
        guard PictureStyle.widths.contains(width) else {
            let widths = PictureStyle.widths
            throw UsageError("--width \(width): give a number from \(widths.lowerBound) to \(widths.upperBound)")
        }
        return PictureStyle(width: width, title: title, theme: theme)
    }

    /// Writes a picture whole, or nothing.
    func write(_ svg: String, of store: Store, _ common: CommonOptions) throws {
        guard output != "-" else {
            let standardOutput = common.output()
            try standardOutput.write(svg)
            return try standardOutput.finish()
        }
        try PictureFile.write(svg, of: store, to: output)
        common.notice("wrote \(escaped(output))")
    }
}

extension Theme: ExpressibleByArgument {}
