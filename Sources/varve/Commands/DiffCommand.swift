import ArgumentParser
import Questions

/// Compares two runs fact by fact.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration("diff", PackageResources.diff_txt)

    @Argument(help: .value("run", "A run."))
    var a: String

    @Argument(help: .value("run", "Another one."))
    var b: String

    @OptionGroup var common: CommonOptions

    func run() throws {
        let difference = try Difference(a, b, in: common.openForQuestions())
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
