import ArgumentParser
import Glibc
import Questions
import Runner
import Storage

/// Executes recorded runs again and proves them.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        "verify",
        "Execute recorded runs again, from the store alone, and compare every recorded number.",
        """
        A run is identical when every recorded variance, loss and digest is what is computed now, to the bit. \
        Otherwise it differs, and the first step and layer are reported where it does, with both values, their distance \
        in units of the last place of float32 (ulps) and relative. Imported and logged runs, and those of a version \
        that computed in another order, are not_verifiable.

        The program of a run of `varve exec` is never executed but with --execute. It is then started once more in the \
        present folder, and its metrics are compared: equal, or within --tolerance.

        The status is 1 when a run differs, or when a run that was asked for, not with --all, cannot be verified.
        """,
        takesFilter: true,
        examples: """
            varve verify 1
            varve verify 1 2 3 --format json
            varve verify "architecture = 'plain' AND seed < 10"
            varve verify --all
            varve verify 12 --execute --tolerance 1e-6
            """
    )

    @Argument(help: .value("run|filter", "Runs by number or uuid, or one filter."))
    var words: [String] = []

    @Flag(help: "All finished runs.")
    var all = false

    @OptionGroup var threads: JobsOption

    @Flag(help: "Execute the programs of runs of `varve exec` again.")
    var execute = false

    @Option(
        help: ArgumentHelp("With --execute: how far metrics may be apart, as a share of the greater.", valueName: "x")
    )
    var tolerance: Double?

    @OptionGroup var common: CommonOptions

    func run() throws {
        try InstructionSet.checkEnvironment()
        if let tolerance {
            guard execute else { throw UsageError("--tolerance belongs to --execute") }
            guard (0...1e9).contains(tolerance) else {
                throw UsageError("--tolerance \(tolerance): give a number from 0 on")
            }
        }
        guard all != !words.isEmpty else { throw UsageError("name the runs to verify, give a filter, or --all") }
        var verification = Verification(store: common.storePath, interruption: Signals.interruption)
        if let jobs = try threads.checked() { verification.jobs = jobs }
        let runs = try chosen(in: common.openForReading())
        Signals.catchInterruptions()

        var progress = ProgressReport()
        defer { progress.end() }
        var tally = VerdictTally()
        let output = common.output()
        let columns = Self.columns(isForPeople: output.isForPeople)
        try output.list(columns.titles, showsEmpty: false) { rows in
            try verification.execute(runs) { verdict in
                let verdict = try executed(verdict) ?? verdict
                tally.add(verdict)
                // For people, what is as it should be is only counted.
                if verdict.result == .identical, output.isForPeople { return }
                try rows.append(Record(verdict.members), columns)
            } tick: {
                guard !common.quiet else { return }
                progress.update(runs: tally.total, of: runs.count, share: Double(tally.total) / Double(runs.count))
            }
            progress.end()
            if let signal = Signals.received {
                complain("interrupted: \(tally) of \(runs.count) runs")
                throw ExitCode(128 + signal)
            }
        }
        if output.isForPeople {
            try output.line("\(tally)")
            try output.finish()
        }
        guard tally[.differs] + tally[.damaged] == 0, all || tally[.notVerifiable] == 0 else {
            throw ExitCode(EXIT_FAILURE)
        }
    }

    /// What comes of executing a program of one's own, where that was asked for.
    private func executed(_ verdict: Verdict) throws -> Verdict? {
        guard execute, verdict.result == .notVerifiable else { return nil }
        let store = try common.openForReading()
        guard let run = try store.run(number: verdict.run), run.status != .running else { return nil }
        var programs = ProgramVerification(
            keeper: ProcessFacts.file,
            variables: ProcessFacts.variables,
            interruption: Signals.interruption
        )
        programs.tolerance = tolerance ?? 0
        return try programs.verify(run, in: store)
    }

    private func chosen(in store: Store) throws -> RunNumbers {
        let selection = all ? RunSelection.filter(.status(.finished)) : try RunSelection(parsing: words)
        var numbers = RunNumbers()
        for number in try selection.numbers(in: store) { numbers.append(number) }
        guard all || numbers.count > 0 else {
            let unknown = try selection.filter.flatMap { try store.unknownName(in: $0) }
            throw QuestionError.noRunFits(path: store.path, unknown: unknown)
        }
        return numbers
    }

    /// All keys of JSON; for people without those that say the same in other words.
    private static func columns(isForPeople: Bool) -> [Column] {
        let reason = Column(title: "reason") { record in
            guard isForPeople, case .string(let text) = record["reason"] else { return Cell(record["reason"]) }
            return .text(withShortDigests(text))
        }
        return ["run"] + (isForPeople ? [] : ["uuid"]) + ["result", "step", "layer"] + (isForPeople ? [] : ["name"])
            + [Column("recorded", as: .precise), Column("computed", as: .precise), "ulps", "relative", reason]
    }
}
