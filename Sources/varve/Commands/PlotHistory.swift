import Analysis
import ArgumentParser
import Questions

/// Draws a layer or a metric through the runs.
struct PlotHistory: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Draw a layer or a metric through the runs, with the band that earlier runs give.",
        discussion: """
            The numbers, and the runs that take part, are those of `varve history`.

            Examples:
              varve plot history residual5 --output history.svg
              varve plot history residual5 "architecture = 'plain'" --output history.svg
              varve plot history --metric val_loss --output history.png
            """
    )

    @OptionGroup var question: HistoryQuestion

    @Option(help: ArgumentHelp("The last runs, at most so many.", valueName: "n"))
    var limit: Int?

    @OptionGroup var picture: PictureOptions

    @OptionGroup var common: CommonOptions

    func run() throws {
        if let limit, limit < 1 { throw UsageError("--limit \(limit): give a number from 1") }
        let style = try picture.style()
        try question.check()
        let store = try common.openForReading()
        var history = try question.history(in: store)
        history.limit = limit
        try picture.write(history.picture(in: store).svg(style), of: store, common)
    }
}
