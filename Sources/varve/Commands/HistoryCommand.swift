public import ArgumentParser
public import Questions
import Storage

/// What the variance of a layer has been over time.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show the variance of a layer through the runs, oldest first, or through the steps of one run.",
        discussion: """
            LAYER is a short name as residual3, or a long one in quotes, in any case; without it the last layer of the \
            newest run. Finished runs take part that were not deleted; runs that failed, were killed or still run do \
            not, except with --run.

            The change is against the run before of the same configuration and dataset. From 5 earlier ones with other \
            seeds on, the band is where the next is to be expected: their 95 % prediction interval, on the log scale. 1 \
            in 20 ordinary runs falls outside, so a single mark is no alarm. A run with the seed of an earlier one ought \
            to be equal to the bit: where it is not, that is marked instead. What the filter leaves out is in no band \
            either; what --limit leaves out is.

            \(FilterHelp.text)

            Examples:
              varve history residual3
              varve history residual5 "architecture = 'plain' AND seed < 10"
              varve history residual5 --step 0 --limit 20
              varve history residual5 --group-by architecture
              varve history residual5 --group-by param.learning_rate --format csv
              varve history residual5 --run 1
            """
    )

    @Argument(help: ArgumentHelp("The layer.", valueName: "layer"), completion: .layers)
    var layer: String?

    @Argument(help: ArgumentHelp("Which runs; all finished ones without it.", valueName: "filter"))
    var filter: String?

    @Option(help: ArgumentHelp("A step, or final: the last recorded one of each run. (default: final)", valueName: "n"))
    var step: RecordedStep?

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

    @Option(help: ArgumentHelp("The last so many runs, or steps with --run.", valueName: "n"))
    var limit: Int?

    @OptionGroup var common: CommonOptions

    func run() throws {
        if let limit, limit < 0 { throw UsageError("--limit \(limit): give a number from 0") }
        if word != nil, filter != nil || step != nil || groupBy != nil {
            throw UsageError("--run shows every step of one run: it goes with a layer and --limit alone")
        }
        let store = try common.openForReading()
        let report = HistoryReport(output: common.output(), store: store)
        if let word {
            return try report.write(StepHistory(word, layer: layer, limit: limit, in: store))
        }
        var history = try History(layer, filter, in: store)
        history.step = step ?? .final
        history.limit = limit
        let count: Int
        if let grouping = groupBy?.grouping {
            let groups = try history.groups(by: grouping, in: store)
            try report.write(groups, of: history)
            count = groups.count
        } else {
            count = try report.write(history)
        }
        if count == 0, limit != 0 {
            common.notice("no finished run has \(history.layer?.shortName ?? "a layer") here")
        }
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
