import ArgumentParser
import Questions
import Storage

/// Shows one run whole.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show runs whole: params, metrics, tags, variances by layer, weights, digests, environment.",
        discussion: """
            RUN is a run's number, at least 4 characters of its uuid, or the exact name of one run only. JSON of one run \
            is an object, of several an array.

            Examples:
              varve show 1
              varve show 1 2
              varve show 1 --format json
            """
    )

    @Argument(help: ArgumentHelp("The runs.", valueName: "run"))
    var words: [String]

    @OptionGroup var common: CommonOptions

    func run() throws {
        let store = try common.openForReading()
        let runs = try words.map { try WholeRun($0, in: store) }
        let output = common.output()
        if output.format == .json {
            let records = runs.map(\.record.json)
            try output.line((records.count == 1 ? records[0] : .array(records)).text)
        } else {
            for (index, run) in runs.enumerated() {
                if index > 0 { try output.line() }
                try RunTables(run: run).write(to: output)
            }
        }
        try output.finish()
    }
}
