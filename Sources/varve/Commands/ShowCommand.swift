import ArgumentParser
import Glibc
import Questions
import Runner
import Storage

/// Shows one run whole.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration("show", PackageResources.show_txt)

    @Argument(help: .value("run", "The runs."))
    var words: [String]

    @Flag(
        help: "Show what comes or changes too, until the run has ended; JSON is then the whole run, a line each time."
    )
    var follow = false

    @Flag(help: "Write what the program of a run of `varve exec` printed, its last 64 KB, and nothing else.")
    var programOutput = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        guard !follow || words.count == 1 else { throw UsageError("--follow follows one run: name one") }
        let store = try common.openForQuestions()
        if follow { return try follow(words[0], in: store) }
        if programOutput { return try writeProgramOutput(store) }
        let runs = try words.map { try WholeRun($0, in: store) }
        let output = common.output()
        switch output.format {
        case .json: try output.line((runs.count == 1 ? runs[0].record.json : JSON(runs)).text)
        case .csv: try output.emit(runs.map(\.allFacts))
        case .table, .markdown: try output.emit(runs.flatMap { [$0.facts, $0.layers] })
        }
        try output.finish()
    }

    private func follow(_ word: String, in store: Store) throws {
        let output = common.output()
        var feed = try WholeRunFeed(word, in: store)
        try output.list(["key", "value"]) { rows in
            try rows.follow { rows in
                let facts = try feed.next(in: store)
                if output.format == .json {
                    if !facts.isEmpty { try rows.append(feed.run.record.json, []) }
                } else {
                    for fact in facts { try rows.append(.null, fact) }
                }
                return feed.run.answer.run.status == .running
            }
        }
    }

    /// Writes output to output and errors to errors, byte by byte.
    private func writeProgramOutput(_ store: Store) throws {
        for word in words {
            let kept = try ProgramSweep.output(of: store.run(word), in: store)
            for (artifact, stream) in zip(kept, [STDOUT_FILENO, STDERR_FILENO]) {
                guard let artifact else { continue }
                var reader = try store.source(of: artifact).open()
                while let part = try reader.next() {
                    guard writeBytes(part, to: stream) else { throw OutputError(code: errno) }
                }
            }
        }
    }
}
