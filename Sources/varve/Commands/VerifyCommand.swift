import ArgumentParser
import Glibc
import Questions
import Runner
import Storage

/// Executes recorded runs again and proves them.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Execute recorded runs again, from the store alone, and compare every recorded number.",
        discussion: """
            A run is identical when every recorded variance, loss and digest is what is computed now, to the bit. \
            Otherwise it differs, and the first step and layer are told where it does, with both values, their distance \
            in units of the last place of float32 (ulps) and relative. Imported and logged runs, and those of a version \
            that computed in another order, are not_verifiable.

            The status is 1 when a run differs, or when a run that was asked for, not with --all, cannot be verified.

            \(FilterHelp.text)

            Examples:
              varve verify 1
              varve verify 1 2 3 --format json
              varve verify "architecture = 'plain' AND seed < 10"
              varve verify --all
            """
    )

    @Argument(help: ArgumentHelp("Runs by number or uuid, or one filter.", valueName: "run|filter"))
    var words: [String] = []

    @Flag(help: "All finished runs.")
    var all = false

    @Option(help: ArgumentHelp("Threads. (default: one for each processor)", valueName: "n"))
    var jobs: Int?

    @OptionGroup var common: CommonOptions

    func run() throws {
        try InstructionSet.checkEnvironment()
        guard all != !words.isEmpty else { throw UsageError("name the runs to verify, give a filter, or --all") }
        var verification = Verification(store: common.storePath, interruption: Signals.interruption)
        if let jobs = try checkedJobs(jobs) { verification.jobs = jobs }
        let runs = try chosen(in: common.openForReading())
        Signals.catchInterruptions()

        var progress = ProgressReport()
        defer { progress.end() }
        var counts: [Verdict.Result: Int] = [:]
        let output = common.output()
        let columns = Self.columns(isForPeople: output.isForPeople)
        try output.list(columns.titles, showsEmpty: false) { rows in
            try verification.execute(runs) { verdict in
                counts[verdict.result, default: 0] += 1
                // For people, what is as it should be is only counted.
                if verdict.result == .identical, output.isForPeople { return }
                try rows.append(verdict.record, columns)
            } tick: {
                let done = counts.values.reduce(0, +)
                if !common.quiet {
                    progress.update(runs: done, of: runs.count, share: Double(done) / Double(runs.count))
                }
            }
            progress.end()
            if let signal = Signals.received {
                writeLine("varve: interrupted: \(told(counts)) of \(runs.count) runs", to: STDERR_FILENO)
                throw ExitCode(128 + signal)
            }
        }
        if output.isForPeople {
            try output.line(told(counts))
            try output.finish()
        }
        let unproved = counts[.notVerifiable, default: 0]
        guard counts[.differs] == nil, counts[.damaged] == nil, all || unproved == 0 else {
            throw ExitCode(EXIT_FAILURE)
        }
    }

    private func chosen(in store: Store) throws -> RunNumbers {
        let selection = all ? RunSelection.filter(.status(.finished)) : try RunSelection(parsing: words)
        var numbers = RunNumbers()
        for number in try selection.numbers(in: store) { numbers.append(number) }
        guard all || numbers.count > 0 else {
            throw QuestionError.noRunFits(
                path: store.path,
                unknown: try selection.filter.flatMap { try store.unknownName(in: $0) }
            )
        }
        return numbers
    }

    private func told(_ counts: [Verdict.Result: Int]) -> String {
        let words = [
            (Verdict.Result.identical, "identical"), (.differs, "differing"), (.damaged, "damaged"),
            (.notVerifiable, "not verifiable"),
        ]
        let parts = words.compactMap { result, word in counts[result].map { "\($0) \(word)" } }
        return parts.isEmpty ? "no run to verify" : parts.joined(separator: ", ")
    }

    /// All keys of JSON; for people without those that say the same in other words.
    private static func columns(isForPeople: Bool) -> [Column] {
        let all: [Column] = [
            Column("run"), Column("uuid"), Column("result"), Column("step"), Column("layer"), Column("name"),
            Column("recorded", as: .precise), Column("computed", as: .precise), Column("ulps"), Column("relative"),
            Column(title: "reason") { record in
                guard isForPeople, case .string(let text) = record["reason"] else { return Cell(record["reason"]) }
                return .text(withShortDigests(text))
            },
        ]
        return isForPeople ? all.filter { $0.title != "uuid" && $0.title != "name" } : all
    }
}

extension Verdict {
    /// The keys that scripts see.
    var record: Record {
        [
            "run": .integer(run),
            "uuid": .string(uuid),
            "result": .string(result.rawValue),
            "step": JSON(difference?.step.map { Int64($0) }),
            "layer": JSON(difference?.layer?.name),
            "name": JSON(difference?.layer?.shortName),
            "recorded": JSON(difference?.recorded),
            "computed": JSON(difference?.computed),
            "ulps": JSON(difference?.distance.ulps.map { Int64($0) }),
            "relative": JSON(difference?.distance.relative),
            "reason": JSON(reason),
        ]
    }
}
