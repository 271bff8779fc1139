public import Storage

/// A program executed with every point of a grid, each as a run of the store.
public struct ProgramSweep: Sendable {
    /// The first word of a command that is the keeper of a program, and nothing that a person types.
    public static let keeperWord = "keep-program"
    /// Where the artifacts lie that are kept of a program: `output.txt`, `error.txt`, `code.diff`.
    public static let folder = "program/"

    public let command: CommandTemplate
    public let grid: ProgramGrid
    public let code: ProgramCode
    /// What reads metrics from what the program prints.
    public var scraping: [ScrapePattern] = []
    /// The experiment the runs are grouped under.
    public var experiment = Store.defaultExperiment
    public var tags: [(key: String, value: String)] = []
    /// How long a run may take; nil for ever.
    public var timeout: Duration?
    /// How long a program may take to end when it is asked to.
    public var grace = Duration.seconds(10)
    /// How often a program that fails is started once more.
    public var retries = 0
    /// Whether what differs from the commit is kept with each run.
    public var keepsPatch = true
    /// How many programs at once.
    public var jobs = Machine.processors
    public var resumption = QueueResumption.none
    /// The file of this command, which keeps programs in a hidden mode and takes logs.
    public let keeper: String
    /// The variables of this process's environment, as `NAME=value`.
    public let variables: [String]

    private let environment: JSON

    /// Prepares to execute a command.
    ///
    /// - Parameters:
    ///   - command: its words, with places for the values of params and `{seed}`.
    ///   - grid: the params and seeds.
    ///   - keeper: the file of the command `varve`.
    ///   - variables: those of this process's environment, as `NAME=value`.
    /// - Throws: ``ConfigurationError`` for a place whose name is no param.
    public init(
        _ command: CommandTemplate,
        _ grid: ProgramGrid,
        keeper: String,
        variables: [String]
    ) throws(ConfigurationError) {
        let known = grid.params.map(\.key)
        for name in command.names where !known.holds(name) {
            guard name == "seed" else {
                throw ConfigurationError("command", "{\(name)}: there is no --param \(name); {{ is a brace")
            }
            guard grid.seeds != nil else {
                throw ConfigurationError("command", "{seed}: there is no seed; give --seed or --seeds")
            }
        }
        self.command = command
        self.grid = grid
        self.keeper = keeper
        self.variables = variables
        code = ProgramCode(of: command.words)
        environment = .object(
            Machine.environment + [
                JSON.Member("command", .array(command.words.map { .string($0) })),
                JSON.Member("code", code.digest.map { .string($0) } ?? .null),
            ]
        )
    }

    /// What the program of a run printed, on standard output and on standard error.
    ///
    /// - Returns: the two files, of which one may be missing.
    /// - Throws: `StoreError` where neither was kept; `SQLiteError`.
    public static func output(of run: Run, in store: Store) throws -> [Artifact?] {
        let kept = try ["output.txt", "error.txt"].map { try store.artifact(of: run.number, at: folder + $0) }
        guard kept.contains(where: { $0 != nil }) else {
            throw StoreError.noArtifact(run: run.number, path: folder + "output.txt")
        }
        return kept
    }

    /// Executes the program with every point and records the runs.
    ///
    /// The store's ``/Storage/Store/interruption`` ends the programs: they are asked to, and killed when the grace is over.
    ///
    /// - Parameters:
    ///   - store: a store opened for writing, given up to the sweep.
    ///   - observe: called ten times a second on the caller's thread.
    /// - Returns: what became of the runs, all of it on the disk.
    /// - Throws: what kept the recorder from writing.
    public func execute(into store: sending Store, observe: (ProgramProgress) -> Void = { _ in }) throws
        -> ProgramOutcome
    {
        let path = store.path
        let work = ProgramWork(sweep: self, environment: environment, store: path)
        return try Queue(work: work, jobs: jobs, resumption: resumption).execute(into: store, observe: observe)
    }

    /// The run of a point as it is wanted, where one that is there is looked for.
    public func wanted(_ point: ProgramGrid.Point) -> WantedRun {
        WantedRun(configurationDigest: digest(of: point), seed: point.seed.map(Int64.init), dataset: nil)
    }

    /// A digest of the command, the params as they were typed, and the code.
    func digest(of point: ProgramGrid.Point) -> String {
        let params = zip(grid.params, point.values).map { JSON.Member($0.key, .string($1)) }
        let all: JSON = [
            "command": .array(command.words.map { .string($0) }), "params": .object(params),
            "code": code.digest.map { .string($0) } ?? .null,
        ]
        return Digest.sha256(all.canonical.text.utf8)
    }

    /// The words of a point's command, as the program gets them.
    public func words(of point: ProgramGrid.Point) -> [String] {
        command.words { name in
            if let index = grid.params.firstIndex(where: { $0.key.isExactly(name) }) { return point.values[index] }
            return name == "seed" ? point.seed.map { "\($0)" } : nil
        }
    }

    /// What a point is called for people: `lr=0.1 norm=batch seed 3`.
    public func name(of point: ProgramGrid.Point) -> String {
        let varied = zip(grid.params, point.values).filter { $0.0.values.count > 1 }.map { "\($0.0.key)=\($0.1)" }
        let words = varied + (point.seed.map { ["seed \($0)"] } ?? [])
        return words.isEmpty ? "the program" : words.joined(separator: " ")
    }
}

/// How far the runs of a program have come.
public typealias ProgramProgress = QueueProgress<ProgramGrid.Point>

/// What became of the runs of a program; its remarks are the lines that could not be recorded.
public typealias ProgramOutcome = QueueOutcome<ProgramGrid.Point, RefusedLines>

/// Lines that a program wrote to its log and that could not be recorded.
public struct RefusedLines: Sendable {
    public let count: Int
    /// Of the first of them its number and why.
    public let first: (line: Int, reason: String)?
}
