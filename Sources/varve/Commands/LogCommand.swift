import ArgumentParser
import Glibc
import Questions
import Runner
import Storage

/// Records a run that another program reports line by line.
struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Record a run from JSON Lines on standard input, while they stream in.",
        discussion: """
            One JSON object a line:
              {"step": 0, "layer": "residual1", "variance": 3.2}
              {"step": 0, "metric": "loss", "value": 2.3}
              {"param": "lr", "value": 0.1}
              {"tag": "note", "value": "first try"}
              {"layer": "residual1", "position": 2, "after_norm": false,
                "measure": "population_mean"}
              {"end": "finished"}

            Steps count from 0. Numbers that are not finite are "NaN", "Infinity", "-Infinity", or these words bare. A \
            metric may have a "timestamp" in milliseconds since 1970. A layer need not be declared: it then comes \
            behind those before it and has the measure of --measure; measures that differ are never compared. A \
            declaration comes before the layer's first variance, or in the same line, and may give the layer a short \
            "name". A variance that comes again takes the place of the earlier one; a param is given once.

            The run begins with the first line and can be looked at while it goes on. It ends with the line "end" \
            (finished, failed or killed), else as finished with the end of the input, and as killed by a signal; what \
            streamed in is kept. A line that cannot be recorded is reported with its number and passed over, which does \
            not change the status of the command unless nothing was recorded at all; with --strict it ends the run as \
            failed, with status 65.

            Examples:
              echo '{"step": 0, "metric": "loss", "value": 2.3}' |
                varve log --name 'first try'
              python3 train.py |
                varve log --architecture transformer --seed 0 --param lr=0.1
              varve log --strict --experiment imported < run.jsonl
            """
    )

    @Option(help: ArgumentHelp("The experiment to group the run under.", valueName: "name"))
    var experiment = "Default"

    @Option(help: ArgumentHelp("A name for the run.", valueName: "text"))
    var name: String?

    @Option(help: ArgumentHelp("The kind of network; compare and history group by it.", valueName: "name"))
    var architecture: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The seed the run was started with; compare pairs runs by it.", valueName: "n")
    )
    var seed: Int64?

    @Option(
        name: .customLong("param"),
        help: ArgumentHelp("A param; may be repeated.", valueName: "key=value")
    )
    var params: [String] = []

    @Option(
        name: .customLong("tag"),
        help: ArgumentHelp("A label; may be repeated.", valueName: "key=value")
    )
    var tags: [String] = []

    @Option(help: ArgumentHelp("A note.", valueName: "text"))
    var note: String?

    @Option(help: ArgumentHelp("What the variances are, where no line says it.", valueName: "word"))
    var measure = LayerPlace.unknownMeasure

    @Flag(help: "End the run as failed at the first line that cannot be recorded.")
    var strict = false

    @OptionGroup var common: CommonOptions

    /// How long a silent input is waited for before rows that are waiting go into the store, in milliseconds.
    private static let patience: Int32 = 500
    /// How much is still taken after a signal: what was written before it is in the pipe, which holds at most this.
    private static let remainder = 1 << 20

    func run() throws {
        let new = try newRun()
        var input = try StandardInput()
        if input.isTerminal { common.notice("reading lines from the terminal; Ctrl-D ends them") }
        let store = try common.openForWriting()
        Signals.catchInterruptions()
        let session = LogSession(store, new, measure: measure, isStrict: strict)
        session.begun = { run in common.notice("recording run \(run) in \(escaped(store.path))") }

        var signal: Int32?
        var budget = Self.remainder
        reading: while !session.isBroken {
            if signal == nil, let received = Signals.take() {
                signal = received
                // What is done to end in order waits for others again.
                store.interruption = Interruption()
            }
            switch try input.read(patience: signal == nil ? Self.patience : 0) {
            case .bytes(let count):
                try session.take(input.buffer.span.extracting(0..<count))
                if signal != nil { budget -= count }
            case .nothing:
                guard signal == nil else { break reading }
                try session.beat()
            case .end:
                try session.takeLast()
                break reading
            }
            if budget <= 0 { break }
        }
        try finish(session, signal, in: store)
    }

    private func finish(_ session: LogSession, _ signal: Int32?, in store: Store) throws {
        let number = try session.end(isKilled: signal != nil)
        if number != nil { try store.synchronize() }
        if let signal {
            writeLine("varve: interrupted" + (number.map { "; run \($0) is kept" } ?? ""), to: STDERR_FILENO)
            throw ExitCode(128 + signal)
        }
        guard let number else {
            throw CommandError(.badData, "standard input holds no line: nothing was recorded")
        }
        try report(number, session, RunDetails(store))
        if session.isBroken || session.recorded == 0 { throw ExitCode(65) }
    }

    private func report(_ number: Int64, _ session: LogSession, _ details: RunDetails) throws {
        guard let run = try details.run(number: number) else { return }
        var table = Table(["run", "uuid", "status", "steps", "last step", "recorded", "skipped"])
        table.append(
            Cell(run.number),
            .digest(run.uuid),
            .text(run.status.rawValue),
            Cell(run.steps),
            Cell(run.lastStep),
            .integer(Int64(session.recorded)),
            .integer(Int64(session.skipped))
        )
        try common.output().emit(RunAnswer(run, details, withVariances: true).record.json, table)
    }

    // MARK: What is known beforehand

    private func newRun() throws -> NewRun {
        guard !experiment.isEmpty else { throw UsageError("--experiment is empty: give the experiment a name") }
        guard !measure.isEmpty else { throw UsageError("--measure is empty: give a word, as unknown") }
        var run = NewRun()
        run.experiment = experiment
        run.name = name
        run.architecture = architecture
        run.seed = seed
        for (key, value) in try keyed(params, "--param") {
            let isTaken = run.params.contains { $0.key == key }
            guard !isTaken else { throw UsageError("--param \(key) is given twice") }
            run.params.append((key, SQLValue(reading: value)))
        }
        run.tags = try keyed(tags, "--tag")
        if let note { run.tags.append(("note", note)) }
        run.environment = .object(Machine.environment)
        return run
    }

    private func keyed(_ words: [String], _ option: String) throws -> [(key: String, value: String)] {
        try words.map { word in
            guard let pair = keyAndValue(word) else { throw UsageError("\(option) \(word): write it as key=value") }
            return pair
        }
    }
}
