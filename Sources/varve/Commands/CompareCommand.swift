import Analysis
import ArgumentParser
import Questions
import Storage

/// Compares two groups of runs, layer by layer.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare two groups of runs, layer by layer, and say what the numbers allow to say.",
        discussion: """
            A (the baseline) and B are each an architecture, a RUN, or a FILTER in quotes; they hold the finished runs \
            that were not deleted. Runs equal in configuration, seed and dataset count once, the newest. With two common \
            seeds or more the runs are paired by seed; otherwise the sides are compared as independent runs (Welch).

            Variances grow by factors, so B/A is the exponential of the mean log difference, with its 95 % t interval; p \
            is that t test's, adjusted over the layers by Holm's method; the effect is the mean log difference over its \
            standard deviation. Growth across depth is fitted to the residual sums that are measured before a norm, each \
            seed by itself; the intervals are over the seeds.

            \(FilterHelp.text)

            Examples:
              varve compare plain batchnorm
              varve compare plain branchnorm --step 0 --plot profile.svg
              varve compare 1 2
              varve compare "params.width = 100" "params.width = 200" --format json
            """
    )

    @Argument(help: ArgumentHelp("The baseline.", valueName: "a"), completion: .architectures)
    var a: String

    @Argument(help: ArgumentHelp("What is held against it.", valueName: "b"), completion: .architectures)
    var b: String

    @Option(help: ArgumentHelp("A recorded step, or final: each run's last one.", valueName: "step"))
    var step = RecordedStep.final

    @Option(help: ArgumentHelp("Write a picture too: variance by layer, a line for each side.", valueName: "file.svg"))
    var plot: String?

    @OptionGroup var common: CommonOptions

    func run() throws {
        let store = try common.openForReading()
        let comparison = try Questions.Comparison(a, b, step: step, in: store)
        try ComparisonReport(comparison: comparison).write(to: common.output()) { common.notice(escaped($0)) }
        guard let plot else { return }
        try store.write(Array(comparison.picture.svg().utf8), to: plot, as: .svg)
        common.notice("wrote the picture to \(escaped(plot))")
    }
}
