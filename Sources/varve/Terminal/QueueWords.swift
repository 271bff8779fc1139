import ArgumentParser
import Glibc
import Questions
import Runner
import Storage

/// What is said of a queue of runs, whatever they execute.
enum QueueWords {
    /// Executes a queue, shows how far it has come, and says what a person has to know of its end.
    static func execute<Point, Remark>(
        _ total: Int,
        shard: String?,
        isResumed: Bool,
        into store: sending Store,
        _ common: CommonOptions,
        naming name: @escaping (Point) -> String,
        _ work: (sending Store, (QueueProgress<Point>) -> Void) throws -> QueueOutcome<Point, Remark>
    ) throws -> QueueOutcome<Point, Remark> {
        Signals.catchInterruptions()
        var progress = ProgressReport()
        defer { progress.end() }
        let outcome: QueueOutcome<Point, Remark>
        do {
            outcome = try work(store) { state in
                if !common.quiet { progress.update(state, name) }
            }
        } catch {
            progress.end()
            common.notice("not everything was executed; when this is repaired, resume with: \(resuming)")
            throw error
        }
        progress.end()
        try checkInterruption(outcome, of: total)
        if total == 0, let shard {
            common.notice("shard \(shard) has nothing to do: there are more shards than parts of the grid")
        }
        if isResumed { tellResumption(outcome, of: total, common) }
        return outcome
    }

    /// Ends the command where a signal ended its queue: says what is kept, and the line that goes on.
    private static func checkInterruption<Point, Remark>(_ outcome: QueueOutcome<Point, Remark>, of total: Int) throws {
        guard let signal = Signals.received else { return }
        let done = outcome.runs.count - outcome.killed.count - outcome.failures.count
        let killed = outcome.killed.map(String.init).joined(separator: ", ")
        writeLine(
            """
            varve: interrupted: \(done) of \(total) runs are finished\
            \(killed.isEmpty ? "" : ", recorded as killed: \(killed)"); resume with:
            \(resuming)
            """,
            to: STDERR_FILENO
        )
        throw ExitCode(128 + signal)
    }

    /// Tells how many runs were there already, and which ones another process executes, so that they are left out here.
    private static func tellResumption<Point, Remark>(
        _ outcome: QueueOutcome<Point, Remark>,
        of total: Int,
        _ common: CommonOptions
    ) {
        common.notice("\(outcome.skipped) of \(total) runs were there already")
        guard outcome.elsewhere.count > 0 else { return }
        common.notice("left out, because another process is executing them: \(numbers(outcome.elsewhere))")
    }

    /// Ends the command with a failure where runs failed, or were left out that nobody may ever finish.
    static func checkFailures<Point, Remark>(
        _ outcome: QueueOutcome<Point, Remark>,
        of total: Int,
        _ name: (Int64, Point) -> String
    ) throws {
        if outcome.unknown.count > 0 {
            complain(
                "left out, because another machine or container may still execute them: "
                    + "\(numbers(outcome.unknown)); --force ends them as killed and repeats them"
            )
        }
        for note in outcome.failures.first {
            complain("\(name(note.run, note.point)) failed: \(note.fact)")
        }
        if outcome.failures.count > 0 {
            complain("\(outcome.failures.count) of \(total) runs failed")
        }
        if outcome.failures.count + outcome.unknown.count > 0 { throw ExitCode(EXIT_FAILURE) }
    }

    private static func numbers(_ runs: FirstTen<Int64>) -> String {
        let more = runs.count - runs.first.count
        let list = runs.first.map(String.init).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
        return (runs.count == 1 ? "run " : "runs ") + list
    }

    /// The line that was typed, with `--resume`.
    static var resuming: String {
        var words = ((try? Arguments.all()) ?? []).map(shellQuoted)
        let end = words.firstIndex(of: "--") ?? words.endIndex
        if !words[..<end].contains("--resume") { words.insert("--resume", at: end) }
        return words.joined(separator: " ")
    }
}

extension ProgressReport {
    /// Tells the progress of a queue.
    mutating func update<Point>(_ state: QueueProgress<Point>, _ name: (Point) -> String) {
        let elsewhere = state.elsewhere == 0 ? "" : ", \(state.elsewhere) running elsewhere"
        update(
            runs: state.done + state.skipped,
            of: state.total,
            share: state.share,
            work: state.current.map { name($0) + elsewhere }
        )
    }
}
