import Analysis
import ArgumentParser
import Questions
import Storage

/// Draws the variance, or another measure, by layer.
struct PlotProfile: PictureCommand {
    static let configuration = CommandConfiguration("profile", PackageResources.plot_profile_txt)

    @OptionGroup var groups: GroupsArgument

    @Option(help: .value("n", "A step, or final: the last recorded one of each run."))
    var step = RecordedStep.final

    @OptionGroup var measure: MeasureOption

    @OptionGroup var ignore: IgnoreOption

    @OptionGroup var picture: PictureOptions

    @OptionGroup var common: CommonOptions

    func markup(of store: Store, _ style: PictureStyle) throws -> String {
        let ignored = try ignore.keys()
        common.noteNumbers(groups.words, in: store)
        let profile = try Profile(groups.words, step: step, measure: measure.measure, ignoring: ignored, in: store)
        try ignore.note(in: store, common)
        if groups.words.isEmpty { common.notice(ofOwnParams: try Group.ownParams(ignoring: ignored, in: store)) }
        return profile.picture.svg(style)
    }
}

/// Draws a layer or a metric through the runs.
struct PlotHistory: PictureCommand {
    static let configuration = CommandConfiguration("history", PackageResources.plot_history_txt)

    @OptionGroup var question: HistoryQuestion

    @Option(help: .value("n", "At most the last n runs."))
    var limit: Int?

    @OptionGroup var picture: PictureOptions

    @OptionGroup var common: CommonOptions

    func check() throws {
        try refuse(limit, "--limit", under: 1)
        try question.check()
    }

    func markup(of store: Store, _ style: PictureStyle) throws -> String {
        let history = try question.history(limit: limit, in: store)
        try question.ignore.note(in: store, common)
        common.notice(ofOwnParams: try history.ownParams(in: store))
        return try history.picture(in: store).svg(style)
    }
}

/// Draws one run by step.
struct PlotTraining: PictureCommand {
    static let configuration = CommandConfiguration("training", PackageResources.plot_training_txt)

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
    static let configuration = CommandConfiguration("curves", PackageResources.plot_curves_txt)

    @Argument(help: .value("key", "A metric, or a layer."), completion: .layers)
    var name: String

    @OptionGroup var groups: GroupsArgument

    @OptionGroup var measure: MeasureOption

    @OptionGroup var ignore: IgnoreOption

    @OptionGroup var picture: PictureOptions

    @OptionGroup var common: CommonOptions

    func markup(of store: Store, _ style: PictureStyle) throws -> String {
        common.noteNumbers(groups.words, in: store)
        let ignored = try ignore.keys()
        let curves = try Curves(name, groups.words, measure: measure.measure, ignoring: ignored, in: store)
        try ignore.note(in: store, common)
        if groups.words.isEmpty { common.notice(ofOwnParams: try Group.ownParams(ignoring: ignored, in: store)) }
        return curves.picture.svg(style)
    }
}

/// Draws a param against a metric.
struct PlotScatter: PictureCommand {
    static let configuration = CommandConfiguration("scatter", PackageResources.plot_scatter_txt)

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
        let by = try grouping.grouping() ?? .architecture
        return try Scatter(param, metric, matching: chosen, groupedBy: by, in: store).picture.svg(style)
    }
}
