import ArgumentParser
import Glibc
import Questions
import Runner
import Storage

extension ExecCommand {
    /// How many lines people are shown; JSON and CSV have them all.
    private static let shown = 50

    func execute(_ sweep: ProgramSweep, into store: sending Store) throws {
        Signals.catchInterruptions()
        let total = sweep.grid.count
        var progress = ProgressReport()
        defer { progress.end() }
        let outcome: ProgramOutcome
        do {
            outcome = try sweep.execute(into: store) { state in
                guard !common.quiet else { return }
                progress.update(state) { escaped(sweep.name(of: $0)) }
            }
        } catch {
            progress.end()
            common.notice("not all was executed; to go on when this is mended: \(QueueWords.resuming)")
            throw error
        }
        progress.end()
        try QueueWords.checkInterruption(outcome, of: total)
        _ = part.tellEmpty(total, common)
        if resume { QueueWords.tellResumption(outcome, of: total, common) }
        try report(outcome)
        for note in outcome.remarks.first {
            let first = note.fact.first.map { ": line \($0.line): \(escaped($0.reason))" } ?? ""
            common.notice("run \(note.run): \(counted(note.fact.count, "line")) of its log not recorded\(first)")
        }
        try QueueWords.checkFailures(outcome, of: total) { run, point in
            "run \(run) (\(escaped(sweep.name(of: point))))"
        }
    }

    private func report(_ outcome: ProgramOutcome) throws {
        let store = try common.openForReading()
        let output = common.output()
        if output.format == .json {
            try output.list([]) { rows in
                for number in outcome.runs {
                    guard let run = try store.run(number: number) else { continue }
                    try rows.append(RunAnswer(run, store).record, [])
                }
            }
            return try output.finish()
        }
        let limit = output.format == .csv ? Int.max : Self.shown
        let keys = sweepKeys()
        var metrics: [String] = []
        var rows: [(cells: [Cell], metrics: [String: Double])] = []
        for number in outcome.runs.prefix(limit) {
            guard let run = try store.run(number: number) else { continue }
            let params = try store.params(of: number)
            let last = try store.lastMetrics(of: number)
            for metric in last where !metrics.contains(metric.key) && metrics.count < 3 { metrics.append(metric.key) }
            let values = keys.map { key in params.first { $0.key == key }.map { Cell.text($0.value.text) } ?? .missing }
            rows.append(
                (
                    [Cell(run.number)] + values + [Cell(run.seed), .text(run.status.rawValue)],
                    Dictionary(last.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
                )
            )
        }
        var table = Table(["run"] + keys + ["seed", "status"] + metrics)
        table.rows = rows.map { row in row.cells + metrics.map { row.metrics[$0].map { .real($0) } ?? .missing } }
        try output.emit(.null, table)
        try output.finish()
        let more = outcome.runs.count - limit
        if more > 0 { common.notice("and \(more) more: `varve runs` lists them") }
    }

    private func sweepKeys() -> [String] {
        params.compactMap { keyAndValue($0)?.key }
    }

    // MARK: Plans

    /// Tells what would be executed, and executes and changes nothing.
    func plan(_ sweep: ProgramSweep, _ shards: Int?) throws {
        let store = try? common.openForReading()
        let known = try store.map { try KnownRuns($0) }
        func isThere(_ point: ProgramGrid.Point) throws -> Bool {
            if case .finished? = try known?.find(sweep.wanted(point)) { return true }
            return false
        }
        func described(_ point: ProgramGrid.Point) -> JSON {
            let members = zip(sweep.grid.params, point.values).map { JSON.Member($0.key, JSON(SQLValue(reading: $1))) }
            return ["params": .object(members), "seed": point.seed.map { .integer(Int64($0)) } ?? .null]
        }
        if let shards {
            return try MissingShards(of: shards).write(to: common) { shard, tell in
                for point in sweep.grid.with(shard) {
                    try tell(isThere(point), sweep.name(of: point), described(point))
                }
            }
        }
        let isShort = [.table, .markdown].contains(common.format)
        var table = Table((resume ? ["there"] : []) + ["command"])
        var list: [JSON] = []
        var skipped = 0
        for (index, point) in sweep.grid.enumerated() {
            let skips = try resume && isThere(point)
            if skips { skipped += 1 }
            guard !isShort || index < Self.shown else {
                guard resume else { break }
                continue
            }
            let words = sweep.words(of: point)
            table.rows.append((resume ? [.truth(skips)] : []) + [.text(words.map(shellQuoted).joined(separator: " "))])
            if common.format == .json {
                guard case .object(let members) = described(point) else { continue }
                let command = JSON.Member("command", .array(words.map { .string($0) }))
                list.append(.object(members + [command, JSON.Member("skipped", .bool(skips))]))
            }
        }
        try common.output().emit(.array(list), table)
        if isShort, sweep.grid.count > Self.shown { common.notice("and \(sweep.grid.count - Self.shown) more") }
        if resume { common.notice("\(skipped) of \(sweep.grid.count) runs are there already") }
    }
}
