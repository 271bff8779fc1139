public import ArgumentParser
public import Questions
import Storage

/// What a layer or a metric has been over time.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show a layer or a metric through the runs, oldest first, or through the steps of one run.",
        discussion: """
            LAYER is a short name as residual3, or a long one in quotes, in any case; without it the last layer of the \
            newest run. Finished runs take part that were not deleted; runs that failed, were killed or still run do \
            not, except with --run.

            The change is against the run before of the same configuration and dataset; for runs of other programs, of \
            the same architecture, params but the seed, and experiment. From 5 earlier ones with other seeds on, the band \
            is where the next is to be expected: a robust 95 % prediction interval, on the log scale, of metrics and \
            shares in their own unit. 1 in 20 ordinary runs falls outside, so a single mark is no alarm. From 20 on a \
            lasting shift is marked, with the run at which it began; the runs after it make a new band. A run with the \
            seed of an earlier one ought to be equal to the bit: where it is not, that is marked instead. What the filter \
            leaves out is in no band either; what --limit leaves out is.

            --group-by never averages runs of several configurations or datasets: what differs is added to the groups.

            \(FilterHelp.text)

            Examples:
              varve history residual3
              varve history residual5 "architecture = 'plain' AND seed < 10"
              varve history residual5 --step 0 --limit 20
              varve history residual5 --group-by architecture
              varve history residual5 --group-by param.learning_rate --format csv
              varve history residual5 --run 1
              varve history --metric val_loss "architecture = 'plain'"
              varve history residual5 --measure second_moment
              varve history conv1 --ignore params.out,params.host
            """
    )

    @OptionGroup var question: HistoryQuestion

    @Option(
        help: ArgumentHelp(
            "Summarise the runs by architecture, experiment, param.KEY, tag.KEY, day (UTC) or commit.",
            valueName: "what"
        ),
        completion: .list(["architecture", "experiment", "day", "commit"])
    )
    var groupBy: GroupingOption?

    @Option(name: .customLong("run"), help: ArgumentHelp("One run instead, step by step.", valueName: "run"))
    var word: String?

    @Option(help: ArgumentHelp("The last runs, or steps with --run: at most so many.", valueName: "n"))
    var limit: Int?

    @OptionGroup var common: CommonOptions

    func run() throws {
        if let limit, limit < 0 { throw UsageError("--limit \(limit): give a number from 0") }
        try question.check()
        if word != nil, !question.suitsOneRun || groupBy != nil {
            throw UsageError(
                "--run shows every step of one run: it goes with a layer or --metric, --measure and --limit"
            )
        }
        let store = try common.openForReading()
        let report = HistoryReport(output: common.output(), store: store)
        if let word {
            return try report.write(question.steps(of: word, limit: limit, in: store))
        }
        var history = try question.history(in: store)
        history.limit = limit
        let count: Int
        if let grouping = groupBy?.grouping {
            let groups = try history.groups(by: grouping, in: store)
            try report.write(groups, of: history)
            for note in groups.notes { common.notice(escaped(note)) }
            count = groups.groups.count
        } else {
            count = try report.write(history)
        }
        if count == 0, limit != 0 {
            common.notice(escaped("no finished run has \(history.quantity?.name ?? "a layer") here"))
        }
        let ignored = try history.allIgnored(in: store).words
        if !ignored.isEmpty { common.notice(escaped("ignored: \(ignored.joined(separator: ", "))")) }
    }
}

/// What `history` and `plot history` are asked: the layer or the metric, and of which runs.
struct HistoryQuestion: ParsableArguments {
    @Argument(help: ArgumentHelp("The layer.", valueName: "layer"), completion: .layers)
    var layer: String?

    @Argument(help: ArgumentHelp("Which runs; all finished ones without it.", valueName: "filter"))
    var filter: String?

    @Option(help: ArgumentHelp("A metric instead of a layer.", valueName: "key"))
    var metric: String?

    @OptionGroup var measure: MeasureOption

    @Option(help: ArgumentHelp("A step, or final: the last recorded one of each run. (default: final)", valueName: "n"))
    var step: RecordedStep?

    @OptionGroup var ignore: IgnoreOption

    /// Whether nothing is asked for that one run has not.
    var suitsOneRun: Bool { filter == nil && step == nil && ignore.words == nil && (metric == nil || layer == nil) }

    func check() throws(UsageError) {
        if metric != nil, filter != nil {
            throw UsageError("--metric takes the place of the layer: give a filter alone")
        }
        if metric != nil, measure.word != nil {
            throw UsageError("--measure is for layers, and --metric asks for a metric")
        }
    }

    func history(in store: Store) throws -> History {
        var history =
            if let metric { try History(metric: metric, layer, in: store) } else {
                try History(layer, filter, measure: measure.measure, in: store)
            }
        history.step = step ?? .final
        history.ignored = try ignore.keys()
        return history
    }

    func steps(of run: String, limit: Int?, in store: Store) throws -> StepHistory {
        if let metric { return try StepHistory(run, metric: metric, limit: limit, in: store) }
        return try StepHistory(run, layer: layer, measure: measure.measure, limit: limit, in: store)
    }
}

/// What `--group-by` takes.
struct GroupingOption: ExpressibleByArgument {
    let grouping: RunGrouping

    init?(argument: String) {
        switch argument {
        case "architecture": grouping = .architecture
        case "experiment": grouping = .experiment
        case "day": grouping = .day
        case "commit": grouping = .commit
        default:
            let parts = argument.split(separator: ".", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { return nil }
            switch parts[0] {
            case "param", "params": grouping = .param(parts[1])
            case "tag", "tags": grouping = .tag(parts[1])
            default: return nil
            }
        }
    }
}

extension RecordedStep: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
