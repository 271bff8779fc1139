import Analysis
import ArgumentParser
import Questions

/// Draws a metric or a layer over the steps.
struct PlotCurves: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "curves",
        abstract:
            "Draw a metric or a layer over the steps: a line for each run, or mean and band for each group of runs.",
        discussion: """
            A group is an architecture, a RUN, or a quoted FILTER; without any, each architecture is one, or each of its \
            configurations where it has several. It holds finished runs that were not deleted; of runs equal in \
            configuration, seed and dataset the newest counts. The band is the 95 % t interval of the mean.

            Examples:
              varve plot curves loss --output loss.svg
              varve plot curves val_accuracy plain batchnorm --output curves.svg
              varve plot curves residual5 1 2 3 --output runs.svg
              varve plot curves residual5 --measure gradient --output gradient.png
            """
    )

    @Argument(help: ArgumentHelp("A metric, or a layer.", valueName: "key"), completion: .layers)
    var name: String

    @Argument(help: ArgumentHelp("Architectures, runs or filters.", valueName: "group"), completion: .architectures)
    var groups: [String] = []

    @OptionGroup var measure: MeasureOption

    @OptionGroup var ignore: IgnoreOption

    @OptionGroup var picture: PictureOptions

    @OptionGroup var common: CommonOptions

    func run() throws {
        let style = try picture.style()
        let store = try common.openForReading()
        let curves = try Curves(name, groups, measure: measure.measure, ignoring: ignore.keys(), in: store)
        try picture.write(curves.picture.svg(style), of: store, common)
    }
}

/// What of the layers a question is about.
struct MeasureOption: ParsableArguments {
    @Option(
        name: .customLong("measure"),
        help: ArgumentHelp(
            "What of the layers: variance, second_moment, gradient, dead, or a word that runs were recorded with.",
            valueName: "measure"
        ),
        completion: .list(["variance", "second_moment", "gradient", "dead"])
    )
    var word: String?

    var measure: MeasureWord? { word.map { MeasureWord($0) } }
}

/// What makes no other configuration.
struct IgnoreOption: ParsableArguments {
    @Option(
        name: .customLong("ignore"),
        help: ArgumentHelp(
            "Params and tags that make no other configuration, such as params.out; several with commas.",
            valueName: "keys"
        )
    )
    var words: String?

    func keys() throws(UsageError) -> IgnoredKeys {
        guard let words else { return IgnoredKeys() }
        guard let keys = IgnoredKeys(parsing: words) else {
            throw UsageError("--ignore '\(words)': give params.KEY or tags.KEY, several with commas between them")
        }
        return keys
    }
}
