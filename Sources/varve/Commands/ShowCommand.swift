import ArgumentParser
import Questions
import Storage

/// Shows one run whole.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        "show",
        "Show runs whole: params, metrics, tags, variances by layer, weights, digests, environment.",
        """
        RUN is a run's number, at least 4 characters of its uuid, or the exact name of one run only. JSON of one run \
        is an object, of several an array.
        """,
        examples: """
            varve show 1
            varve show 1 2
            varve show 1 --format json
            """
    )

    @Argument(help: .value("run", "The runs."))
    var words: [String]

    @OptionGroup var common: CommonOptions

    func run() throws {
        let store = try common.openForReading()
        let runs = try words.map { try WholeRun($0, in: store) }
        let output = common.output()
        switch output.format {
        case .json: try output.line((runs.count == 1 ? runs[0].record.json : JSON(runs)).text)
        case .csv: try output.emit(runs.map(\.allFacts))
        case .table, .markdown: try output.emit(runs.flatMap { [$0.facts, $0.layers] })
        }
        try output.finish()
    }
}
