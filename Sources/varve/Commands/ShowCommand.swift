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
            varve show 1 --program-output
            """
    )

    @Argument(help: .value("run", "The runs."))
    var words: [String]

    @Flag(help: "Write what the program of a run of `varve exec` printed, its last 64 KB, and nothing else.")
    var programOutput = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        let store = try common.openForReading()
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
