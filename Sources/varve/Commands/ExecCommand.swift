import ArgumentParser
import Glibc
import Runner
import Storage

/// Executes a program of one's own with every point of a grid.
struct ExecCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec",
        abstract: "Execute a program of any language with every point of a grid, each recorded as a run.",
        discussion: """
            COMMAND is executed once for every combination of the values of --param and every seed. {name} in it stands for \
            the value of a param, {seed} for the seed; {{ and }} are braces. No shell is asked: a value is a part of one word, \
            whatever is in it. Values with commas are a JSON list: --param 'size=["64,64", "32,32"]'.

            Each run has its params, seed, command, start, end, and the digest of the code. Exit status 0 is finished, another \
            one failed, a signal killed. What a program has started and leaves behind is ended with it, and all of it when \
            varve exec is ended, by whatever signal. Ctrl-C asks the programs to end, and prints the line to go on with.

            --scrape reads metrics from what the program prints: a name in braces is a number, {} any word, {step} the step; \
            without it the lines that fit are counted from 0. Python keeps what it prints in a pipe until it has 8 KB: start \
            it as `python3 -u`.

            A program that knows Varve finds VARVE_RUN (the run's uuid), VARVE_PARAMS (JSON), VARVE_SEED, VARVE_STORE, \
            VARVE_BIN, and VARVE_LOG, a pipe that takes the lines of varve log, from any number of writers.

            --resume passes over points that are finished: same command, params, seed and code (the git commit, what differs \
            from it, and the program's file).

            Examples:
              varve exec --param lr=0.01,0.1 --seeds 0-4 --scrape 'loss: {loss}' --
                python3 -u train.py --lr {lr} --seed {seed}
              varve exec --param norm=none,batch --architecture-param norm --seeds 0-9 --
                ./train --norm={norm} --seed={seed}
              varve exec --param n=1,2,3 --dry-run -- echo {n}
            """
    )

    @Option(help: ArgumentHelp("The experiment to group the runs under.", valueName: "name"))
    var experiment = Store.defaultExperiment

    @Option(
        name: .customLong("param"),
        help: ArgumentHelp("A param with its values; may be repeated.", valueName: "key=value,…")
    )
    var params: [String] = []

    @Option(help: ArgumentHelp("The param that names the architecture.", valueName: "key"))
    var architectureParam: String?

    @Option(help: ArgumentHelp("One seed, 0 to 4294967295. (default: none)", valueName: "n"))
    var seed: String?

    @Option(help: ArgumentHelp("Several seeds, as 0-99 or 1,5,9-12.", valueName: "range"))
    var seeds: String?

    @Option(help: ArgumentHelp("Reads metrics from what the program prints; may be repeated.", valueName: "pattern"))
    var scrape: [String] = []

    @Option(help: ArgumentHelp("How many programs at once.", valueName: "n"))
    var jobs = 1

    @Option(help: ArgumentHelp("End a run that takes longer, as 90s, 30m or 2h.", valueName: "time"))
    var timeout: String?

    @Option(help: ArgumentHelp("How long a program may take to end when it is asked to.", valueName: "time"))
    var grace = "10s"

    @Option(
        help: ArgumentHelp("Start a program that fails, or dies by a signal, up to so many times more.", valueName: "n")
    )
    var retries = 0

    @Flag(name: .customLong("no-diff"), help: "Do not keep what differs from the git commit.")
    var noDiff = false

    @Option(
        name: .customLong("tag"),
        help: ArgumentHelp("A label for every run; may be repeated.", valueName: "key=value")
    )
    var tags: [String] = []

    @Option(help: ArgumentHelp("A note for every run.", valueName: "text"))
    var note: String?

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
        help: ArgumentHelp("The program and its arguments, behind --.", valueName: "command")
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
        guard !experiment.isEmpty else { throw UsageError("--experiment is empty: give the experiment a name") }
        guard (0...1000).contains(retries) else {
            throw UsageError("--retries \(retries): give a number from 0 to 1000")
        }
        sweep.experiment = experiment
        sweep.scraping = try scrape.map { text throws(ConfigurationError) in try ScrapePattern(parsing: text) }
        sweep.tags = try keyed(tags, "--tag") + (note.map { [("note", $0)] } ?? [])
        sweep.timeout = try timeout.map { try span($0, "--timeout", least: 0.001) }
        sweep.grace = try span(grace, "--grace", least: 0)
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

    /// Reads a span of time: `90`, `90s`, `1.5h`.
    private func span(_ text: String, _ option: String, least: Double) throws(UsageError) -> Duration {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
        let unit = text.last.flatMap { units[$0] }
        let digits = unit == nil ? text[...] : text.dropLast()
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") }),
            let number = Double(digits), case let seconds = number * (unit ?? 1), (least...1e9).contains(seconds)
        else { throw UsageError("\(option) \(text): write a time as 90s, 30m, 2h or 1d") }
        return .milliseconds(Int64(seconds * 1000))
    }
}
