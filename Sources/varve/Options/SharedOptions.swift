public import ArgumentParser
public import Questions
import Runner
import Storage

/// The runs that a command changes.
struct RunsArgument: ParsableArguments {
    @Argument(help: .value("run|filter", "Runs by number, uuid or name, or one filter."))
    var words: [String]
}

/// The groups of runs that a picture shows.
struct GroupsArgument: ParsableArguments {
    @Argument(help: .value("group", "Architectures, runs or filters."), completion: .architectures)
    var words: [String] = []
}

/// What every run gets beside what it is.
struct LabelOptions: ParsableArguments {
    @Option(name: .customLong("tag"), help: .value("key=value", "A tag; may be repeated."))
    var words: [String] = []

    @Option(help: .value("text", "A note."))
    var note: String?

    /// The tags, of which the note is one.
    func tags() throws(UsageError) -> [(key: String, value: String)] {
        try keyed(words, "--tag") + (note.map { [("note", $0)] } ?? [])
    }
}

/// Refuses an option that is given without a text.
func refuseEmpty(_ text: String?, _ option: String, _ advice: String) throws(UsageError) {
    if text?.isEmpty == true { throw UsageError("\(option) is empty: \(advice)") }
}

/// Refuses a number that is too small.
func refuse(_ number: Int?, _ option: String, under least: Int) throws(UsageError) {
    if let number, number < least { throw UsageError("\(option) \(number): give a number from \(least)") }
}

/// How many threads work.
struct JobsOption: ParsableArguments {
    @Option(help: .value("n", "Threads. (default: one for each processor)"))
    var jobs: Int?

    func checked() throws(UsageError) -> Int? { try checkedJobs(jobs) }
}

/// The number of threads of `--jobs`, checked.
func checkedJobs(_ jobs: Int?) throws(UsageError) -> Int? {
    if let jobs, !(1...1024).contains(jobs) { throw UsageError("--jobs \(jobs): give a number from 1 to 1024") }
    return jobs
}

/// What of the layers a question is about.
struct MeasureOption: ParsableArguments {
    @Option(
        name: .customLong("measure"),
        help: .value("measure", "What of the layers: variance, second_moment, gradient, dead, or a declared word."),
        completion: .list(["variance", "second_moment", "gradient", "dead"])
    )
    var word: String?

    var measure: MeasureWord? { word.map { MeasureWord($0) } }
}

/// What makes no other configuration.
struct IgnoreOption: ParsableArguments {
    @Option(
        name: .customLong("ignore"),
        help: .value(
            "keys",
            "Params that make no other configuration, such as params.out; several with commas. Tags never make one."
        )
    )
    var words: String?

    func keys() throws(UsageError) -> IgnoredKeys {
        guard let words else { return IgnoredKeys() }
        guard let keys = IgnoredKeys(parsing: words) else {
            throw UsageError("--ignore '\(words)': give params.KEY or tags.KEY, several with commas between them")
        }
        return keys
    }

    /// Notes the first key that no run has.
    func note(in store: Store, _ common: CommonOptions) throws {
        let keys = try keys()
        let fields = keys.params.map { RunField.param($0) } + keys.tags.map { .tag($0) }
        if let unknown = try store.unknownName(among: fields) { try common.note(unknown, in: store) }
    }
}

/// What runs are put together by.
struct GroupByOption: ParsableArguments {
    @Option(
        help: .value("what", "Group the runs by architecture, experiment, param.KEY, tag.KEY, day (UTC) or commit."),
        completion: .list(["architecture", "experiment", "day", "commit"])
    )
    var groupBy: String?

    func grouping() throws(UsageError) -> RunGrouping? {
        try groupBy.map { word throws(UsageError) in
            try RunGrouping(word, of: "--group-by", "architecture, experiment, params.KEY, tags.KEY, day or commit")
        }
    }
}

extension RunGrouping {
    /// Reads the value of an option.
    init(_ word: String, of option: String, _ choice: String) throws(UsageError) {
        guard let grouping = RunGrouping(word) else {
            let prefix = word.split(separator: ".", maxSplits: 1).first.map(String.init) ?? word
            let known = word.contains(".") ? ["params", "tags"] : ["architecture", "experiment", "day", "commit"]
            let meant = Suggestion.closest(to: prefix, among: known).map { $0 + word.dropFirst(prefix.count) }
            throw UsageError("\(option) '\(word)': \(meant.map { "did you mean \($0)? It takes" } ?? "give") \(choice)")
        }
        self = grouping
    }
}

extension RecordedStep: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

/// How a run can have ended, as options take it.
enum EndStatus: String, ExpressibleByArgument, CaseIterable {
    case finished, failed, killed

    var status: RunStatus { RunStatus(rawValue: rawValue) }
}

/// The seeds of `--seed` or `--seeds`; nil where neither is given.
func seedRange(_ seed: String?, _ seeds: String?) throws -> SeedRange? {
    switch (seed, seeds) {
    case (nil, nil): return nil
    case (nil, let range?): return try SeedRange(parsing: range)
    case (let word?, nil):
        guard let seed = UInt32(word) else {
            throw UsageError("--seed \(word): give one whole number from 0 to 4294967295, or ranges with --seeds")
        }
        return SeedRange(seed)
    case (_?, _?): throw UsageError("--seed and --seeds exclude each other: give one of them")
    }
}
