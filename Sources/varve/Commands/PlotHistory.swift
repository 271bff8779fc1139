import Analysis
import ArgumentParser
import Storage

/// Draws the variance of a layer through the runs.
struct PlotHistory: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Draw the variance of a layer through the runs, with the band that earlier runs give.",
        discussion: """
            The numbers, and the runs that take part, are those of `varve history`.

            Examples:
              varve plot history residual5 --output history.svg
              varve plot history residual5 "architecture = 'plain'" --output history.svg
            """
    )

    @Argument(help: ArgumentHelp("The layer.", valueName: "layer"), completion: .layers)
    var layer: String?

    @Argument(help: ArgumentHelp("Which runs; all finished ones without it.", valueName: "filter"))
    var filter: String?

    @Option(help: ArgumentHelp("A step, or final: the last recorded one of each run.", valueName: "n"))
    var step = RecordedStep.final

    @Option(help: ArgumentHelp("The last so many runs.", valueName: "n"))
    var limit: Int?

    @OptionGroup var picture: PictureOptions

    @OptionGroup var common: CommonOptions

    func run() throws {
        if let limit, limit < 1 { throw UsageError("--limit \(limit): give a number from 1") }
        let store = try common.openForReading()
        var question = try HistoryQuestion(layer, filter, in: store)
        question.step = step
        question.limit = limit
        var entries: [RunHistory.Entry] = []
        try question.forEachEntry(in: store) { entries.append($0) }
        guard let layer = question.layer, !entries.isEmpty else {
            throw CommandError(
                .missing,
                "no finished run in \(store.path) has \(question.layer?.shortName ?? "a layer") here"
            )
        }
        let measure = try question.measure(of: entries)
        let plot = HistoryPlot(
            title: "\(layer.name) through \(entries.count) \(entries.count == 1 ? "run" : "runs")",
            subtitle: "variance at " + (step.number == nil ? "each run's last step" : step.text),
            points: entries.map { entry in
                HistoryPlot.Point(
                    run: entry.variance.run,
                    group: entry.variance.architecture ?? "unknown",
                    seed: entry.variance.seed,
                    value: entry.value,
                    bandLow: entry.band?.low,
                    bandHigh: entry.band?.high,
                    isOutside: entry.isOutside == true
                )
            },
            measure: pictureTitle(ofMeasures: [measure].compactMap(\.self))
        )
        try picture.write(plot.svg, common)
    }
}
