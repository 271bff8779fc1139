import ArgumentParser
import Glibc
import Questions
import Runner
import Storage

/// Executes recorded runs again and proves them.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration("verify", PackageResources.verify_txt)

    @Argument(help: .value("run|filter", "Runs by number or uuid, or one filter."))
    var words: [String] = []

    @Flag(help: "All finished runs.")
    var all = false

    @OptionGroup var threads: JobsOption

    @Flag(help: "Execute the programs of runs of `varve exec` again.")
    var execute = false

    @Option(
        help: .value("x", "With --execute: how far metrics may be apart, as a share of the greater.")
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
        let store = try common.openForReading()
        let runs = try chosen(in: store)
        let programs = execute ? programs : nil
        Signals.catchInterruptions()

        var progress = ProgressReport()
        defer { progress.end() }
        var tally = VerdictTally()
        let output = common.output()
        let columns = Self.columns(isForPeople: output.isForPeople)
        try output.list(columns.titles, showsEmpty: false) { rows in
            try verification.execute(runs) { verdict in
                let verdict = try programs.map { try $0.verify(verdict, in: store) } ?? verdict
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

    /// The way in which programs are executed again.
    private var programs: ProgramVerification {
        var programs = ProgramVerification(
            keeper: ProcessFacts.file,
            variables: ProcessFacts.variables,
            interruption: Signals.interruption
        )
        programs.tolerance = tolerance ?? 0
        return programs
    }

    /// All keys of JSON; for people without those that say the same in other words.
    private static func columns(isForPeople: Bool) -> [Column] {
        let columns: [Column] = [
            "run", "uuid", "result", "step", "layer", "name", Column("recorded", as: .precise),
            Column("computed", as: .precise), "ulps", "relative", Column("reason", as: isForPeople ? .prose : .plain),
        ]
        return isForPeople ? columns.filter { !["uuid", "name"].contains($0.title) } : columns
    }
}
