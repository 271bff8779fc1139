import Glibc
import Runner

/// How far a sweep has come, on standard error: one line that is written over on a terminal, else a line at times.
struct ProgressReport {
    private let labels: [String]
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var last: ContinuousClock.Instant
    private var isShown = false

    /// Prepares the report of a sweep that begins now.
    ///
    /// - Parameter labels: The names of the configurations, in the order of the grid.
    init(_ labels: ConfigurationLabels) {
        self.labels = labels.all
        start = clock.now
        last = start
    }

    /// Tells the progress where it is time to: soon on a terminal, else every five seconds.
    mutating func update(_ progress: SweepProgress) {
        let now = clock.now
        guard isTerminal ? now - start > .milliseconds(500) : now - last > .seconds(5) else { return }
        last = now
        let line = line(progress, after: (now - start) / .seconds(1))
        guard isTerminal else { return _ = writeLine("varve: " + line, to: STDERR_FILENO) }
        var size = winsize()
        let width = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 1 ? Int(size.ws_col) : 80
        writeText("\r\u{1B}[K" + cut(line, to: width - 1), to: STDERR_FILENO)
        isShown = true
    }

    /// Takes the line away, so that what comes next starts at the margin.
    mutating func end() {
        guard isShown else { return }
        writeText("\r\u{1B}[K", to: STDERR_FILENO)
        isShown = false
    }

    private func line(_ progress: SweepProgress, after seconds: Double) -> String {
        let runs = progress.done + progress.skipped
        let share = progress.totalSteps > 0 ? Double(progress.steps) / Double(progress.totalSteps) : 1
        var parts = ["\(runs) of \(progress.total) runs"]
        if progress.total < 10 { parts.append("\(progress.steps) of \(progress.totalSteps) steps") }
        parts.append(formatted("%.0f %%", 100 * share))
        if progress.done > 0 { parts.append(rate(Double(progress.done) / seconds, "run")) }
        if progress.total < 10 { parts.append(rate(Double(progress.steps) / seconds, "step")) }
        if share > 0 { parts.append(duration(seconds / share - seconds) + " left") }
        if let point = progress.current { parts.append("at \(labels[point.configuration]) seed \(point.seed)") }
        return parts.joined(separator: ", ")
    }

    private func rate(_ perSecond: Double, _ unit: String) -> String {
        perSecond >= 1 ? formatted("%.0f \(unit)s/s", perSecond) : formatted("%.1f s a \(unit)", 1 / perSecond)
    }
}

/// A time for people, as `45 s`, `3 min 20 s` or `2 h 5 min`.
func duration(_ seconds: Double) -> String {
    guard seconds < 1e9 else { return "years" }
    let seconds = Int(max(0, seconds.rounded()))
    if seconds < 60 { return "\(seconds) s" }
    if seconds < 3600 { return "\(seconds / 60) min \(seconds % 60) s" }
    return "\(seconds / 3600) h \(seconds % 3600 / 60) min"
}
