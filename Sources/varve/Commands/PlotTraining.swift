import Analysis
import ArgumentParser
import Questions

/// Draws one run by step.
struct PlotTraining: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "training",
        abstract: "Draw one run by step: its layers as a map, its metrics below.",
        discussion: """
            RUN is a run's number, or at least 4 characters of its uuid. Metrics of one name that were measured on several \
            splits, such as loss and val_loss, share a panel. Where a value first was not finite is marked.

            Examples:
              varve plot training 1 --output training.svg
              varve plot training 1 --measure gradient --output training.png
            """
    )

    @Argument(help: ArgumentHelp("The run.", valueName: "run"))
    var word: String

    @OptionGroup var measure: MeasureOption

    @OptionGroup var picture: PictureOptions

    @OptionGroup var common: CommonOptions

    func run() throws {
        let style = try picture.style()
        let store = try common.openForReading()
        let curves = try TrainingCurves(word, measure: measure.measure, in: store)
        try picture.write(curves.picture.svg(style), of: store, common)
    }
}
