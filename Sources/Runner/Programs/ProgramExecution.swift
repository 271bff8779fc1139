import Glibc
import Storage

/// One start of a program, until it and all it has started have ended.
final class ProgramExecution {
    /// What became of it.
    struct End {
        let status: RunStatus
        /// Why it did not finish.
        let reason: String?
        /// Whether it may be repeated.
        let isFailure: Bool
        /// What is kept of the end beside the status.
        let facts: [(key: String, value: String)]
        /// The end of what was printed, and of what was printed of errors.
        var output: [UInt8] = []
        var error: [UInt8] = []
    }

    private let work: QueueRun<ProgramWork>
    private let log: JoinedLog
    private let sweep: ProgramSweep
    private let process: ProgramProcess
    /// The pipe that takes the program's log, held open here so that writers may come and go.
    private let pipe: Int32
    private let pipePath: String
    private var output = OutputTail()
    private var error = OutputTail()
    private var reports: [UInt8] = []
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)
    /// For each pattern, how many lines have fitted it that name no step.
    private var counts: [Int]
    private var scraped: [(step: Int, metrics: [(key: String, value: Double)])] = []
    /// Why the program was asked to end, and when it is killed.
    private var request: (reason: String, limit: ContinuousClock.Instant)?
    private var isKilled = false

    init(
        _ run: QueueRun<ProgramWork>,
        _ log: JoinedLog,
        _ work: ProgramWork,
        _ folder: ProgramFolder
    ) throws {
        let pipePath = try folder.nextPipe()
        guard mkfifo(pipePath, 0o600) == 0 else { throw DataError("no pipe for the program's log: \(pipePath)") }
        let pipe = open(pipePath, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        guard pipe >= 0 else {
            unlink(pipePath)
            throw DataError("the pipe for the program's log cannot be opened: \(pipePath)")
        }
        do {
            process = try ProgramProcess(
                work.sweep.words(of: run.point),
                environment: work.variables(of: run, log: pipePath),
                grace: min(2000, work.sweep.grace.milliseconds),
                command: "/proc/self/exe"
            )
        } catch {
            close(pipe)
            unlink(pipePath)
            throw error
        }
        self.work = run
        self.log = log
        self.pipe = pipe
        self.pipePath = pipePath
        sweep = work.sweep
        counts = work.sweep.scraping.map { _ in 0 }
    }

    deinit {
        close(pipe)
        unlink(pipePath)
    }

    /// Records what the program says until it has ended.
    ///
    /// - Throws: what keeps the recorder from writing, and ``Interrupted`` when the queue has ended without it.
    func run() throws -> End {
        let start = ContinuousClock.now
        var open: Set<Int32> = [process.output, process.error, process.report]
        while !open.isEmpty {
            wait(for: open)
            for file in open where !read(file) { open.remove(file) }
            _ = read(pipe)
            try record()
            endWhereDue(start)
        }
        while read(pipe) {}
        log.takeLast()
        output.finish { scrape($0) }
        error.finish { scrape($0) }
        try record()
        var end = end()
        (end.output, end.error) = (output.content(), error.content())
        return end
    }

    /// Waits until something can be read, a tenth of a second at most: who is interrupted learns it, rows are committed.
    private func wait(for open: Set<Int32>) {
        var files = (Array(open) + [pipe]).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        poll(&files, nfds_t(files.count), 100)
    }

    /// Reads what there is of a stream, a chunk of it.
    ///
    /// - Returns: whether more may come.
    private func read(_ file: Int32) -> Bool {
        let count = Glibc.read(file, &buffer, buffer.count)
        guard count > 0 else { return count < 0 && (errno == EINTR || errno == EAGAIN && file != pipe) }
        switch file {
        case process.output: take(buffer[..<count], &output)
        case process.error: take(buffer[..<count], &error)
        case process.report: reports += buffer[..<count]
        default:
            let chunk = Array(buffer[..<count])
            log.take(chunk.span)
        }
        return true
    }

    private func take(_ chunk: ArraySlice<UInt8>, _ tail: inout OutputTail) {
        guard !sweep.scraping.isEmpty else { return tail.take(chunk) }
        var lines: [[UInt8]] = []
        tail.take(chunk) { lines.append($0) }
        for line in lines { scrape(line) }
    }

    private func scrape(_ line: [UInt8]) {
        for (index, pattern) in sweep.scraping.enumerated() {
            guard let match = pattern.match(line) else { continue }
            if match.step == nil { counts[index] += 1 }
            scraped.append((match.step ?? counts[index] - 1, match.metrics))
        }
    }

    private func record() throws {
        let (open, log, scraped) = (work.open, log, scraped)
        self.scraped = []
        try work.record(advancing: 0) { recorder in
            for line in scraped {
                for metric in line.metrics { try recorder.log(open, step: line.step, metric: metric.key, metric.value) }
            }
            try log.record(into: &recorder)
            try recorder.beat()
        }
    }

    // MARK: The end

    private func endWhereDue(_ start: ContinuousClock.Instant) {
        if let request {
            guard !isKilled, .now >= request.limit else { return }
            isKilled = true
            process.end()
        } else if work.ledger.interruption.isRequested {
            ask("interrupted")
        } else if let timeout = sweep.timeout, .now - start >= timeout {
            ask("not done in the time of --timeout")
        }
    }

    private func ask(_ reason: String) {
        request = (reason, .now + sweep.grace)
        process.ask()
    }

    private func end() -> End {
        let ending = ProgramProcess.ending(reports)
        var facts: [(key: String, value: String)] = []
        if case .exited(let status) = ending { facts.append(("exit_status", "\(status)")) }
        if case .ended(let number) = ending { facts.append(("exit_signal", "\(number)")) }
        // Whoever ends orderly when it is asked to was not done all the same.
        if let request { return End(status: .killed, reason: request.reason, isFailure: false, facts: facts) }
        if case .exited(0) = ending { return End(status: .finished, reason: nil, isFailure: false, facts: facts) }
        let said = (error.lastLine() ?? output.lastLine()).map { ": \($0)" } ?? ""
        switch ending {
        case .exited(let status):
            return End(status: .failed, reason: "exit status \(status)\(said)", isFailure: true, facts: facts)
        case .ended(let number):
            return End(status: .killed, reason: "signal \(number)\(said)", isFailure: true, facts: facts)
        case .notStarted(let code):
            let program = sweep.command.words[0]
            let reason = "\(program) cannot be started: \(String(cString: strerror(code)))"
            return End(status: .failed, reason: reason, isFailure: false, facts: facts)
        case .lost:
            return End(status: .killed, reason: "its keeper was ended\(said)", isFailure: false, facts: facts)
        }
    }
}

extension Duration {
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds.multipliedReportingOverflow(by: 1000).partialValue + attoseconds / 1_000_000_000_000_000
    }
}
