import Analysis
import ArgumentParser
import Questions

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
        var history = try History(layer, filter, in: store)
        history.step = step
        history.limit = limit
        try picture.write(history.picture(in: store).svg(), of: store, common)
    }
}
