import ArgumentParser
import Glibc
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
        guard all != !words.isEmpty else { throw UsageError("name the runs to verify, give a filter, or --all") }
        var verification = Verification(store: common.storePath, interruption: Signals.interruption)
        if let jobs = try checkedJobs(jobs) { verification.jobs = jobs }
        let runs = try chosen(in: common.openForReading())
        Signals.catchInterruptions()

        var progress = ProgressReport()
        defer { progress.end() }
        var counts: [Verdict.Result: Int] = [:]
        let output = common.output()
        let isForPeople = output.isForPeople
        try output.list(Self.columns(isForPeople: isForPeople), showsEmpty: false) { rows in
            try verification.execute(runs) { verdict in
                counts[verdict.result, default: 0] += 1
                // For people, what is as it should be is only counted.
                if verdict.result == .identical, output.isForPeople { return }
                try rows.append(JSON(verdict), Self.cells(verdict, isForPeople: isForPeople))
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
        guard counts[.differs] == nil, all || unproved == 0 else { throw ExitCode(EXIT_FAILURE) }
    }

    private func chosen(in store: Store) throws -> RunNumbers {
        let finished = try Filter(parsing: "status = 'finished'")
        let selection = all ? RunSelection.filter(finished) : try RunSelection(parsing: words)
        var numbers = RunNumbers()
        for number in try selection.numbers(in: store) { numbers.append(number) }
        guard all || numbers.count > 0 else {
            let stranger = try selection.filter.flatMap { try store.unknownName(in: $0) }
            let reason = stranger.map { " (\($0))" } ?? ""
            throw CommandError(
                .missing,
                "no run in \(store.path) fits the filter\(reason): `varve runs` lists those there are"
            )
        }
        return numbers
    }

    private func told(_ counts: [Verdict.Result: Int]) -> String {
        let words = [
            (Verdict.Result.identical, "identical"), (.differs, "differing"), (.notVerifiable, "not verifiable"),
        ]
        let parts = words.compactMap { result, word in counts[result].map { "\($0) \(word)" } }
        return parts.isEmpty ? "no run to verify" : parts.joined(separator: ", ")
    }

    /// All keys of JSON; for people without those that say the same in other words.
    private static func columns(isForPeople: Bool) -> [String] {
        ["run"] + (isForPeople ? [] : ["uuid"]) + ["result", "step", "layer"] + (isForPeople ? [] : ["name"])
            + ["recorded", "computed", "ulps", "relative", "reason"]
    }

    private static func cells(_ verdict: Verdict, isForPeople: Bool) -> [Cell] {
        let difference = verdict.difference
        let uuid: [Cell] = isForPeople ? [] : [.text(verdict.uuid)]
        let name: [Cell] = isForPeople ? [] : [Cell(difference?.layer?.shortName)]
        let head =
            [Cell(verdict.run)] + uuid + [.text(verdict.result.rawValue), Cell(difference?.step.map { Int64($0) })]
        return head + [Cell(difference?.layer?.name)] + name + [
            difference?.recorded.map { .precise($0) } ?? .missing,
            difference?.computed.map { .precise($0) } ?? .missing, Cell(difference?.ulps.map { Int64($0) }),
            Cell(difference?.relative), Cell(isForPeople ? verdict.reason.map(withShortDigests) : verdict.reason),
        ]
    }
}

extension JSON {
    fileprivate init(_ verdict: Verdict) {
        let difference = verdict.difference
        self = [
            "run": .integer(verdict.run),
            "uuid": .string(verdict.uuid),
            "result": .string(verdict.result.rawValue),
            "step": JSON(difference?.step.map { Int64($0) }),
            "layer": JSON(difference?.layer?.name),
            "name": JSON(difference?.layer?.shortName),
            "recorded": JSON(difference?.recorded),
            "computed": JSON(difference?.computed),
            "ulps": JSON(difference?.ulps.map { Int64($0) }),
            "relative": JSON(difference?.relative),
            "reason": JSON(verdict.reason),
        ]
    }
}
