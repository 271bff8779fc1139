import ArgumentParser
import Questions

/// Tells what differs between two runs.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Tell what differs between two runs, and where their metrics and variances part.",
        discussion: """
            Params, tags, digests and the environment are set side by side; then the first step is named at which each \
            metric is not the same, and the first step and layer at which the variances are not, with both values, their \
            distance in units of the last place of float32 (ulps) and relative to the first. What only one of the runs \
            recorded is not compared, and named. Times, hosts and processes are never compared. A RUN is a run's number, \
            at least 4 characters of its uuid, or its name. The status is 0 whether they differ or not.

            The table has what differs; JSON and CSV have all of it.

            Examples:
              varve diff 1 2
              varve diff 1 2 --format json
            """
    )

    @Argument(help: ArgumentHelp("A run.", valueName: "run"))
    var a: String

    @Argument(help: ArgumentHelp("Another one.", valueName: "run"))
    var b: String

    @OptionGroup var common: CommonOptions

    func run() throws {
        let difference = try Difference(a, b, in: common.openForReading())
        try DifferenceReport(difference: difference).write(to: common.output())
    }
}
