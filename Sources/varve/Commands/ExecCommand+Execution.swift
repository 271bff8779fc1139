import ArgumentParser
import Glibc
import Questions
import Runner
import Storage

extension ExecCommand {
    /// How many lines people are shown; JSON and CSV have them all.
    private static let shown = 50

    func execute(_ sweep: ProgramSweep, into store: sending Store) throws {
        let total = sweep.grid.count
        let outcome = try QueueWords.execute(
            total,
            shard: part.shard,
            isResumed: resume,
            into: store,
            common,
            naming: { escaped(sweep.name(of: $0)) },
            { try sweep.execute(into: $0, observe: $1) }
        )
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
        try output.emit(
            .null,
            ParamTable(outcome.runs.prefix(limit), params.compactMap { keyAndValue($0)?.key }, in: store).table
        )
        try output.finish()
        let more = outcome.runs.count - limit
        if more > 0 { common.notice("and \(more) more: `varve runs` lists them") }
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
