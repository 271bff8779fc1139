import Analysis
import ArgumentParser
import Questions
import Storage

/// Draws a param against a metric.
struct PlotScatter: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scatter",
        abstract: "Draw a param against a metric, a dot for each finished run.",
        discussion: """
            PARAM is the key of a param, or what a FILTER may name, such as seed or tags.KEY. METRIC is the key of a \
            metric, whose last value counts, or a field such as max(metrics.val_accuracy) or variance.residual5.

            Examples:
              varve plot scatter learning_rate loss --output scatter.svg
              varve plot scatter width 'max(metrics.val_accuracy)' "seed < 10" --output best.svg
              varve plot scatter width loss --group-by param.learning_rate --output scatter.svg
            """
    )

    @Argument(help: ArgumentHelp("The horizontal axis.", valueName: "param"))
    var param: String

    @Argument(help: ArgumentHelp("The vertical axis.", valueName: "metric"))
    var metric: String

    @Argument(help: ArgumentHelp("Which runs; all finished ones without it.", valueName: "filter"))
    var filter: String?

    @Option(
        help: ArgumentHelp(
            "Colour the runs by architecture, experiment, param.KEY, tag.KEY, day (UTC) or commit.",
            valueName: "what"
        ),
        completion: .list(["architecture", "experiment", "day", "commit"])
    )
    var groupBy: GroupingOption?

    @OptionGroup var picture: PictureOptions

    @OptionGroup var common: CommonOptions

    func run() throws {
        let style = try picture.style()
        let store = try common.openForReading()
        let scatter = try Scatter(
            param,
            metric,
            matching: try filter.map(Filter.init(parsing:)) ?? .all,
            groupedBy: groupBy?.grouping ?? .architecture,
            in: store
        )
        try picture.write(scatter.picture.svg(style), of: store, common)
    }
}
