import Glibc
import Questions

/// How far many runs have come, on standard error: one line that is written over on a terminal, else a line at times.
struct ProgressReport {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var last: ContinuousClock.Instant
    private var isShown = false

    /// Begins now.
    init() {
        start = clock.now
        last = start
    }

    /// Reports the progress where it is time to: soon on a terminal, else every five seconds.
    ///
    /// - Parameters:
    ///   - runs: how many are done.
    ///   - total: how many there are.
    ///   - share: how much of the work is done, 0 to 1, from which the time that is left follows.
    ///   - work: what is being done.
    mutating func update(runs: Int, of total: Int, share: Double, work: @autoclosure () -> String? = nil) {
        let now = clock.now
        guard isTerminal ? now - start > .milliseconds(500) : now - last > .seconds(5) else { return }
        last = now
        let seconds = (now - start) / .seconds(1)
        var parts = ["\(runs) of \(total) runs", formatted("%.0f %%", 100 * share)]
        if runs > 0 {
            let rate = Double(runs) / seconds
            parts.append(rate >= 1 ? formatted("%.0f runs/s", rate) : formatted("%.1f s a run", 1 / rate))
        }
        if share > 0 { parts.append(duration(seconds / share - seconds) + " left") }
        if let work = work() { parts.append("at " + work) }
        show(parts.joined(separator: ", "))
    }

    private mutating func show(_ line: String) {
        guard isTerminal else { return _ = writeLine("varve: " + line, to: STDERR_FILENO) }
        writeText("\r\u{1B}[K" + cut(line, to: max(2, terminalWidth(STDERR_FILENO) ?? 80) - 1), to: STDERR_FILENO)
        isShown = true
    }

    /// Takes the line away, so that what comes next starts at the margin.
    mutating func end() {
        guard isShown else { return }
        writeText("\r\u{1B}[K", to: STDERR_FILENO)
        isShown = false
    }
}
