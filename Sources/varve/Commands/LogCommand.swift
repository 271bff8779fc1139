import ArgumentParser
import Glibc
import Questions
import Runner
import Storage

/// Records a run that another program reports line by line.
struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration("log", PackageResources.log_txt)

    @Option(help: .value("name", "The experiment to group the run under. (default: Default)"))
    var experiment: String?

    @Option(help: .value("text", "A name for the run."))
    var name: String?

    @Option(help: .value("name", "The kind of network; compare and history group by it."))
    var architecture: String?

    @Option(parsing: .unconditional, help: .value("n", "The seed the run was started with; compare pairs runs by it."))
    var seed: Int64?

    @Option(name: .customLong("param"), help: .value("key=value", "A param; may be repeated."))
    var params: [String] = []

    @OptionGroup var labels: LabelOptions

    @Option(help: .value("word", "What the variances are, where no line says it. (default: unknown)"))
    var measure: String?

    @Option(help: .value("status", "How the run ends where the input ends without the line \"end\"."))
    var endOfInput = EndStatus.killed

    @Flag(help: "Exit with 0 even if lines were skipped.")
    var lenient = false

    @Option(help: .value("run", "Continue a run that was killed or failed."))
    var resume: String?

    @Flag(help: "With --resume: keep what the run recorded from the first new step on.")
    var keep = false

    @Flag(help: "With --resume: also a run that another machine or container may still record.")
    var force = false

    @Flag(help: "Ignore INT, TERM and HUP and end with the input, for programs that start varve log themselves.")
    var untilEnd = false

    @OptionGroup var common: CommonOptions

    /// The longest wait for input, in milliseconds, so that a signal is never overlooked for longer.
    private static let patience: Int64 = 500
    /// How much is still taken after a signal: what was written before it is in the pipe, which holds at most this.
    private static let remainder = 1 << 20

    func run() throws {
        let given = try given()
        var input = try StandardInput()
        if input.isTerminal { common.notice("reading lines from the terminal; Ctrl-D ends them") }
        let store = try resume == nil ? common.openForWriting() : common.openForChanging()
        let log = try RunLog(
            store,
            given,
            resuming: resume.map { RunLog.Resumption($0, keepsLaterSteps: keep, isForced: force) }
        )
        if untilEnd { Signals.ignoreInterruptions() } else { Signals.catchInterruptions() }
        let grace = Grace(store)
        let session = LogSession(log, renewPatience: grace.begin) { event in report(event, store) }
        do {
            try read(&input, session, grace)
            if session.failure != nil { try readLost(&input, session) }
        } catch {
            session.end(.killed)
            throw error
        }
        try finish(session, grace, in: store)
    }

    private func read(_ input: inout StandardInput, _ session: LogSession, _ grace: Grace) throws {
        var budget = Self.remainder
        while !session.isOver, budget > 0 {
            _ = grace.begin()
            let isEnding = grace.signal != nil
            switch try input.read(patience: isEnding ? 0 : Int32(min(session.patience, Self.patience))) {
            case .bytes(let count):
                session.take(input.buffer.span.extracting(0..<count))
                if isEnding { budget -= count }
            case .nothing:
                if isEnding { return }
                session.beat()
            case .end: return session.takeLast()
            }
        }
    }

    /// Takes what has come and cannot be recorded any more, so that all of it is counted.
    private func readLost(_ input: inout StandardInput, _ session: LogSession) throws {
        var budget = Self.remainder
        while budget > 0, case .bytes(let count) = try input.read(patience: 0) {
            session.take(input.buffer.span.extracting(0..<count))
            budget -= count
        }
    }

    // MARK: What is said

    private func report(_ event: LogSession.Event, _ store: Store) {
        switch event {
        case .began(let number, let uuid):
            common.notice("recording run \(number) in \(store.path)")
            guard common.format == .json else { return }
            let line: JSON = ["run": .integer(number), "uuid": .string(uuid), "store": .string(store.path)]
            writeLine(line.text, to: STDOUT_FILENO)
        case .rewound(let removed):
            let rows = "\(counted(removed.variances, "variance")) and \(counted(removed.metrics, "value")) of metrics"
            common.notice("the run continues at step \(removed.step): \(rows) from there on are removed")
        case .passedOver(let line, let error): complain("line \(line) is skipped: \(error.description)")
        case .afterEnd(let line): complain("line \(line) comes after the end of the run: no more is recorded")
        }
    }

    private func finish(_ session: LogSession, _ grace: Grace, in store: Store) throws {
        let isCut = !session.isEnded && session.failure == nil && grace.signal == nil && endOfInput == .killed
        session.end(grace.signal == nil ? endOfInput.status : .killed)
        if session.run != nil, session.isEnded { try store.synchronize() }
        let further = session.skipped - LogSession.reported
        if further > 0 { complain("\(counted(further, "more line")) skipped") }
        if common.format == .json, let number = session.run { try writeRun(number, session, store) }
        let loss = session.unsaved > 0 ? "\(counted(session.unsaved, "line")) not recorded" : nil
        let reason = session.failure.map { Hints.line(for: $0) }
        if let signal = grace.signal {
            let kept = session.run.map { "run \($0) is kept" }
            let parts = ["interrupted", kept, loss, loss == nil ? nil : reason]
            complain(parts.compactMap(\.self).joined(separator: "; "))
            throw ExitCode(loss == nil ? 128 + signal : CommandError.Status.inputOutput.rawValue)
        }
        if let failure = session.failure {
            guard let loss, let reason else { throw failure }
            let status = session.run == nil ? Varve.knownStatus(of: failure) : nil
            throw CommandError(status ?? .inputOutput, "\(reason); \(loss)")
        }
        guard let number = session.run else {
            throw CommandError(.badData, "nothing was recorded: standard input holds no line that can be")
        }
        if isCut {
            common.notice("the input ended without a line \"end\": run \(number) is killed (see --end-of-input)")
        }
        if session.skipped > 0, !lenient { throw ExitCode(CommandError.Status.badData.rawValue) }
    }

    /// The line at the end: the run, and how many lines there were.
    private func writeRun(_ number: Int64, _ session: LogSession, _ store: Store) throws {
        guard let run = try store.run(number: number) else { return }
        var record = try RunAnswer(run, store).record
        record.append("lines", ["recorded": JSON(session.recorded), "skipped": JSON(session.skipped)])
        let output = common.output()
        try output.line(record.json.text)
        try output.finish()
    }

    // MARK: What is known beforehand

    private func given() throws -> LoggedRun {
        guard resume != nil || !(keep || force) else {
            throw UsageError("--\(keep ? "keep" : "force") belongs to --resume: name the run to continue")
        }
        let fixed = [
            ("experiment", experiment), ("name", name), ("architecture", architecture), ("seed", seed?.description),
        ]
        if resume != nil, let (word, _) = fixed.first(where: { $0.1 != nil }) {
            throw UsageError("--\(word) cannot be given with --resume: the run has it already")
        }
        try refuseEmpty(experiment, "--experiment", "give the experiment a name")
        try refuseEmpty(measure, "--measure", "give a word, such as unknown")
        var run = LoggedRun()
        run.experiment = experiment
        run.name = name
        run.architecture = architecture
        run.seed = seed
        run.measure = measure
        for (key, value) in try keyed(params, "--param") {
            guard !run.params.map(\.key).holds(key) else {
                throw UsageError("--param \(key) is given twice")
            }
            run.params.append(Entry(key: key, value: SQLValue(reading: value)))
        }
        run.tags = try labels.tags().map { Entry(key: $0.key, value: .text($0.value)) }
        run.environment = Machine.environment
        return run
    }
}

/// The time that is left after a signal, in which what was taken is still brought into the store.
private final class Grace {
    private let store: Store
    private(set) var signal: Int32?

    init(_ store: Store) { self.store = store }

    /// Looks whether a signal came, and lets the store wait for other writers once more: 10 seconds at most.
    ///
    /// - Returns: whether one came just now.
    func begin() -> Bool {
        guard signal == nil, let received = Signals.take() else { return false }
        signal = received
        store.interruption = Interruption(deadline: .now + .seconds(10))
        return true
    }
}
