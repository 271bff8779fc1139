import ArgumentParser
import Questions

/// Compares two runs fact by fact.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        "diff",
        "Show what differs between two runs, and where their metrics and variances part.",
        """
        Params, tags, digests and the environment are shown side by side; then the first step at which each metric \
        differs, and the first step and layer at which the variances do, with both values, their distance in units of \
        the last place of float32 (ulps) and relative to the first. What only one of the runs recorded is not compared, \
        and named. Times, hosts and processes are never compared. A RUN is a run's number, at least 4 characters of its \
        uuid, or its name. The status is 0 whether they differ or not.

        The table has what differs; JSON and CSV have all of it.
        """,
        examples: """
            varve diff 1 2
            varve diff 1 2 --format json
            """
    )

    @Argument(help: .value("run", "A run."))
    var a: String

    @Argument(help: .value("run", "Another one."))
    var b: String

    @OptionGroup var common: CommonOptions

    func run() throws {
        let difference = try Difference(a, b, in: common.openForReading())
        let output = common.output()
        guard output.isForPeople else {
            return try output.emit(difference.record.json, difference.table(showsAll: true))
        }
        let table = difference.table(showsAll: false)
        if table.rows.isEmpty {
            try output.line("no param, tag, digest or fact of the environment differs")
        } else {
            try output.emit(table)
        }
        try output.line()
        for sentence in difference.sentences { try output.sentence(sentence) }
        try output.finish()
    }
}
