import ArgumentParser
import Questions
import Storage

/// Shows one run whole.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one run whole: params, metrics, tags, variances by layer, weights, digests, environment.",
        discussion: """
            RUN is a run's number, or at least 4 characters of its uuid.

            Examples:
              varve show 1
              varve show 1 --format json
            """
    )

    @Argument(help: ArgumentHelp("The run.", valueName: "run"))
    var word: String

    @OptionGroup var common: CommonOptions

    func run() throws {
        let run = try WholeRun(word, in: common.openForReading())
        let output = common.output()
        if output.format == .json {
            try output.line(run.record.json.text)
        } else {
            try RunTables(run: run).write(to: output)
        }
        try output.finish()
    }
}
