import ArgumentParser
import Glibc
import Questions
import Runner
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
            varve show 12 --follow
            varve show 1 --program-output
            """
    )

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
        let store = try common.openForReading()
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
        var run = try WholeRun(word, in: store)
        // A name may stand for several runs later.
        let word = run.answer.run.uuid
        var told: [String: String] = [:]
        try output.list(["key", "value"]) { rows in
            try rows.follow { rows in
                if !told.isEmpty { run = try WholeRun(word, in: store) }
                let new = run.allFacts.rows.filter { fact in
                    told.updateValue(fact[1].exact, forKey: fact[0].exact) != fact[1].exact
                }
                if output.format == .json {
                    if !new.isEmpty { try rows.append(run.record.json, []) }
                } else {
                    for fact in new { try rows.append(.null, fact) }
                }
                return run.answer.run.status == .running
            }
        }
    }

    /// Writes output to output and errors to errors, byte by byte.
    private func writeProgramOutput(_ store: Store) throws {
        for word in words {
            let run = try store.run(word)
            let kept = try ["output.txt", "error.txt"].map { name in
                try store.artifact(of: run.number, at: ProgramSweep.folder + name)
            }
            guard kept.contains(where: { $0 != nil }) else {
                throw StoreError.noArtifact(run: run.number, path: ProgramSweep.folder + "output.txt")
            }
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
