import ArgumentParser
import Glibc
import Runner
import Storage

/// Executes a program of one's own with every point of a grid.
struct ExecCommand: ParsableCommand {
    static let configuration = CommandConfiguration("exec", PackageResources.exec_txt)

    @Option(help: .value("name", "The experiment to group the runs under."))
    var experiment = Store.defaultExperiment

    @Option(
        name: .customLong("param"),
        help: .value("key=value,…", "A param with its values; may be repeated.")
    )
    var params: [String] = []

    @Option(help: .value("key", "The param that names the architecture."))
    var architectureParam: String?

    @Option(help: .value("n", "One seed, 0 to 4294967295. (default: none)"))
    var seed: String?

    @Option(help: .value("range", "Several seeds, as 0-99 or 1,5,9-12."))
    var seeds: String?

    @Option(help: .value("pattern", "Reads metrics from what the program prints; may be repeated."))
    var scrape: [String] = []

    @Option(help: .value("n", "How many programs at once."))
    var jobs = 1

    @Option(help: .value("time", "End a run that takes longer, as 90s, 30m or 2h."))
    var timeout: String?

    @Option(help: .value("time", "How long a program may take to end when it is asked to."))
    var grace = "10s"

    @Option(
        help: .value("n", "Start a program that fails, or dies by a signal, up to n more times.")
    )
    var retries = 0

    @Flag(name: .customLong("no-diff"), help: "Do not keep what differs from the git commit.")
    var noDiff = false

    @OptionGroup var labels: LabelOptions

    @Flag(help: "Pass over points that are finished: same command, params, seed and code.")
    var resume = false

    @Flag(
        help: "With --resume: end runs as killed that another machine or container may still execute, and repeat them."
    )
    var force = false

    @Flag(help: "Tell what would be executed, and execute and change nothing.")
    var dryRun = false

    @OptionGroup var part: ShardOption

    @OptionGroup var common: CommonOptions

    @Argument(
        parsing: .postTerminator,
        help: .value("command", "The program and its arguments, after --.")
    )
    var command: [String] = []

    mutating func run() throws {
        if force, !resume { throw UsageError("--force belongs to --resume: it says which runs are repeated") }
        let shard = try part.choice(common: &common, isPlan: dryRun && resume)
        let sweep = try sweep(shard.shard)
        if dryRun { return try plan(sweep, shard.all) }
        try checkProgram()
        try execute(sweep, into: common.openForWriting())
    }

    // MARK: What was asked for

    private func sweep(_ shard: Shard) throws -> ProgramSweep {
        let grid = try ProgramGrid(
            params.map { word throws(ConfigurationError) in try ProgramParam(parsing: word) },
            seeds: seedRange(seed, seeds),
            architectureParam: architectureParam,
            shard: shard
        )
        var sweep = try ProgramSweep(
            CommandTemplate(command),
            grid,
            keeper: ProcessFacts.file,
            variables: ProcessFacts.variables
        )
        try refuseEmpty(experiment, "--experiment", "give the experiment a name")
        guard (0...1000).contains(retries) else {
            throw UsageError("--retries \(retries): give a number from 0 to 1000")
        }
        sweep.experiment = experiment
        sweep.scraping = try scrape.map { text throws(ConfigurationError) in try ScrapePattern(parsing: text) }
        sweep.tags = try labels.tags()
        sweep.timeout = try timeout.map { .milliseconds(try milliseconds($0, "--timeout", least: 1)) }
        sweep.grace = .milliseconds(try milliseconds(grace, "--grace", least: 0))
        sweep.retries = retries
        sweep.keepsPatch = !noDiff
        sweep.jobs = try checkedJobs(jobs) ?? 1
        if resume { sweep.resumption = force ? .forced : .careful }
        return sweep
    }

    /// Makes sure that the program is there, lest every run failed.
    private func checkProgram() throws {
        let program = command[0]
        guard !program.contains("{"), !program.contains("}") else { return }
        let folders = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
        let files =
            program.contains("/")
            ? [program]
            : folders.split(separator: ":", omittingEmptySubsequences: false).map {
                "\($0.isEmpty ? "." : $0)/\(program)"
            }
        guard !files.contains(where: { access($0, X_OK) == 0 }) else { return }
        throw CommandError(
            .missing,
            "there is no program '\(program)' that can be executed: name its file, or one of $PATH"
        )
    }
}
