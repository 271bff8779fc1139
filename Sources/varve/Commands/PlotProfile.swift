import Analysis
import ArgumentParser
import Questions

/// Draws the variance, or another measure, by layer.
struct PlotProfile: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "Draw the variance of every layer from the input to the output, a line for each group of runs.",
        discussion: """
            A group is an architecture, a RUN, or a quoted FILTER; without any, each architecture is one, or each of its \
            configurations where it has several. It holds finished runs that were not deleted; of runs equal in \
            configuration, seed and dataset the newest counts. Groups of other layers get panels of their own.

            Examples:
              varve plot profile --output profile.svg
              varve plot profile plain batchnorm --step 0 --output profile.svg
              varve plot profile --measure gradient --output gradient.svg
              varve plot profile 1 "architecture = 'plain' AND seed >= 10" \\
                --output profile.svg
            """
    )

    @Argument(help: ArgumentHelp("Architectures, runs or filters.", valueName: "group"), completion: .architectures)
    var groups: [String] = []

    @Option(help: ArgumentHelp("A step, or final: the last recorded one of each run.", valueName: "n"))
    var step = RecordedStep.final

    @OptionGroup var measure: MeasureOption

    @OptionGroup var ignore: IgnoreOption

    @OptionGroup var picture: PictureOptions

    @OptionGroup var common: CommonOptions

    func run() throws {
        let style = try picture.style()
        let store = try common.openForReading()
        let profile = try Profile(groups, step: step, measure: measure.measure, ignoring: ignore.keys(), in: store)
        try picture.write(profile.picture.svg(style), of: store, common)
    }
}
