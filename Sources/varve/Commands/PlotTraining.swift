import Analysis
import ArgumentParser
import Questions

/// Draws one run by step.
struct PlotTraining: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "training",
        abstract: "Draw one run by step: the variance of every layer as a map, the losses below.",
        discussion: """
            RUN is a run's number, or at least 4 characters of its uuid. Where a value first was not finite is marked.

            Example:
              varve plot training 1 --output training.svg
            """
    )

    @Argument(help: ArgumentHelp("The run.", valueName: "run"))
    var word: String

    @OptionGroup var picture: PictureOptions

    @OptionGroup var common: CommonOptions

    func run() throws {
        let store = try common.openForReading()
        try picture.write(TrainingCurves(word, in: store).picture.svg(), of: store, common)
    }
}
