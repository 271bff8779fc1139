import Analysis
import ArgumentParser
import Questions
import Storage

/// Draws the variance, or another measure, by layer.
struct PlotProfile: PictureCommand {
    static let configuration = CommandConfiguration(
        "profile",
        "Draw the variance of every layer from the input to the output, a line for each group of runs.",
        GroupsArgument.help + " Groups of other layers get panels of their own.",
        examples: """
            varve plot profile --output profile.svg
            varve plot profile plain batchnorm --step 0 --output profile.svg
            varve plot profile --measure gradient --output gradient.svg
            varve plot profile 1 "architecture = 'plain' AND seed >= 10" \\
              --output profile.svg
            """
    )

    @OptionGroup var groups: GroupsArgument

    @Option(help: .value("n", "A step, or final: the last recorded one of each run."))
    var step = RecordedStep.final

    @OptionGroup var measure: MeasureOption

    @OptionGroup var ignore: IgnoreOption

    @OptionGroup var picture: PictureOptions

    @OptionGroup var common: CommonOptions

    func markup(of store: Store, _ style: PictureStyle) throws -> String {
        let ignored = try ignore.keys()
        return try Profile(groups.words, step: step, measure: measure.measure, ignoring: ignored, in: store).picture
            .svg(style)
    }
}

/// Draws a layer or a metric through the runs.
struct PlotHistory: PictureCommand {
    static let configuration = CommandConfiguration(
        "history",
        "Draw a layer or a metric through the runs, with the band that earlier runs give.",
        "The numbers, and the runs that take part, are those of `varve history`.",
        examples: """
            varve plot history residual5 --output history.svg
            varve plot history residual5 "architecture = 'plain'" --output history.svg
            varve plot history --metric val_loss --output history.png
            """
    )

    @OptionGroup var question: HistoryQuestion

    @Option(help: .value("n", "At most the last n runs."))
    var limit: Int?

    @OptionGroup var picture: PictureOptions

    @OptionGroup var common: CommonOptions

    func check() throws {
        if let limit, limit < 1 { throw UsageError("--limit \(limit): give a number from 1") }
        try question.check()
    }

    func markup(of store: Store, _ style: PictureStyle) throws -> String {
        try question.history(limit: limit, in: store).picture(in: store).svg(style)
    }
}

/// Draws one run by step.
struct PlotTraining: PictureCommand {
    static let configuration = CommandConfiguration(
        "training",
        "Draw one run by step: its layers as a map, its metrics below.",
        """
        Metrics of one name that were measured on several splits, such as loss and val_loss, share a panel. The first \
        value that is not finite is marked.
        """,
        examples: """
            varve plot training 1 --output training.svg
            varve plot training 1 --measure gradient --output training.png
            """
    )

    @Argument(help: .value("run", "The run."))
    var word: String

    @OptionGroup var measure: MeasureOption

    @OptionGroup var picture: PictureOptions

    @OptionGroup var common: CommonOptions

    func markup(of store: Store, _ style: PictureStyle) throws -> String {
        try TrainingCurves(word, measure: measure.measure, in: store).picture.svg(style)
    }
}

/// Draws a metric or a layer over the steps.
struct PlotCurves: PictureCommand {
    static let configuration = CommandConfiguration(
        "curves",
        "Draw a metric or a layer over the steps: a line for each run, or mean and band for each group of runs.",
        GroupsArgument.help + " The band is the 95 % t interval of the mean.",
        examples: """
            varve plot curves loss --output loss.svg
            varve plot curves val_accuracy plain batchnorm --output curves.svg
            varve plot curves residual5 1 2 3 --output runs.svg
            varve plot curves residual5 --measure gradient --output gradient.png
            """
    )

    @Argument(help: .value("key", "A metric, or a layer."), completion: .layers)
    var name: String

    @OptionGroup var groups: GroupsArgument

    @OptionGroup var measure: MeasureOption

    @OptionGroup var ignore: IgnoreOption

    @OptionGroup var picture: PictureOptions

    @OptionGroup var common: CommonOptions

    func markup(of store: Store, _ style: PictureStyle) throws -> String {
        try Curves(name, groups.words, measure: measure.measure, ignoring: ignore.keys(), in: store).picture.svg(style)
    }
}

/// Draws a param against a metric.
struct PlotScatter: PictureCommand {
    static let configuration = CommandConfiguration(
        "scatter",
        "Draw a param against a metric, a dot for each finished run.",
        """
        PARAM is the key of a param, or what a FILTER may name, such as seed or tags.KEY. METRIC is the key of a \
        metric, whose last value counts, or a field such as max(metrics.val_accuracy) or variance.residual5.
        """,
        examples: """
            varve plot scatter learning_rate loss --output scatter.svg
            varve plot scatter width 'max(metrics.val_accuracy)' "seed < 10" --output best.svg
            varve plot scatter width loss --group-by param.learning_rate --output scatter.svg
            """
    )

    @Argument(help: .value("param", "The horizontal axis."))
    var param: String

    @Argument(help: .value("metric", "The vertical axis."))
    var metric: String

    @Argument(help: .value("filter", "Which runs; all finished ones without it."))
    var filter: String?

    @OptionGroup var grouping: GroupByOption

    @OptionGroup var picture: PictureOptions

    @OptionGroup var common: CommonOptions

    func markup(of store: Store, _ style: PictureStyle) throws -> String {
        let chosen = try filter.map(Filter.init(parsing:)) ?? .all
        let by = grouping.groupBy ?? .architecture
        return try Scatter(param, metric, matching: chosen, groupedBy: by, in: store).picture.svg(style)
    }
}
