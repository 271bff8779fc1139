import Analysis
import ArgumentParser
import Questions
import Storage

/// What a layer or a metric has been over time.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration("history", PackageResources.history_txt)

    @OptionGroup var question: HistoryQuestion

    @OptionGroup var grouping: GroupByOption

    @Option(name: .customLong("run"), help: .value("run", "One run instead, step by step."))
    var word: String?

    @Option(help: .value("n", "At most the last n runs, or with --run steps."))
    var limit: Int?

    @Flag(help: "With --run: show the steps that come until the run has ended; JSON is an object a line.")
    var follow = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        guard !follow || word != nil else { throw UsageError("--follow belongs to --run: name the run to follow") }
        try refuse(limit, "--limit", under: 0)
        try question.check()
        if word != nil, !question.suitsOneRun || grouping.groupBy != nil {
            throw UsageError(
                "--run shows every step of one run: it goes with a layer or --metric, --measure and --limit"
            )
        }
        let by = try grouping.grouping()
        let store = try common.openForQuestions()
        if let word {
            let steps = try question.steps(of: word, limit: limit, in: store)
            if follow { return try self.follow(steps, store) }
            return _ = try write(steps, store)
        }
        let history = try question.history(limit: limit, in: store)
        // How many rows there are, and whether no run is put together with another one.
        let (count, areApart) = try by.map { try write(history, by: $0, store) } ?? write(history, store)
        if count == 0, limit != 0 {
            common.notice("no finished run has \(history.quantity?.name ?? "a layer") here")
        }
        if count > 1, areApart { common.notice(ofOwnParams: try history.ownParams(in: store)) }
        let ignored = history.ignored.words
        try question.ignore.note(in: store, common)
        if !ignored.isEmpty { common.notice("ignored: \(ignored.joined(separator: ", "))") }
    }

    /// Writes a row for each run, or for each step of one, and for people a chart below.
    private func write(_ list: some EntryList, _ store: Store) throws -> (count: Int, areApart: Bool) {
        let output = common.output()
        var lines = HistoryLines(list)
        try self.list(list, to: output) { rows, add in
            try list.forEachEntry(in: store) { entry in
                lines.add(entry)
                try add(entry, &rows)
            }
        }
        let found = (lines.count, lines.changes == 0)
        guard output.format == .table, let chart = lines.chart else { return found }
        try output.line()
        for line in chart.lines(width: min(100, Output.width ?? 80), height: 8) { try output.line(line) }
        try output.finish()
        return found
    }

    /// Writes a row for each step of one run, and for those that come.
    private func follow(_ steps: StepHistory, _ store: Store) throws {
        var feed = StepFeed(steps)
        try list(steps, to: common.output()) { rows, add in
            try rows.follow { rows in try feed.next(in: store) { try add($0, &rows) } }
        }
    }

    private func list(
        _ list: some EntryList,
        to output: Output,
        _ body: (inout Rows, _ add: (History.Entry, inout Rows) throws -> Void) throws -> Void
    ) throws {
        let style: HistoryStyle =
            !output.isForPeople ? .exact : output.format == .table && (Output.width ?? .max) < 110 ? .narrow : .full
        if output.format == .table, list.subject != nil { try output.line(escaped(list.heading)) }
        try output.list(list.titles(style)) { rows in
            try body(&rows) { entry, rows in try rows.append(entry.record.json, list.cells(of: entry, style)) }
        }
    }

    /// Writes a row for each group of runs.
    private func write(
        _ history: History,
        by grouping: RunGrouping,
        _ store: Store
    ) throws -> (count: Int, areApart: Bool) {
        let output = common.output()
        let groups = try history.groups(by: grouping, in: store)
        let columns = groups.columns(of: history.quantity, isForPeople: output.isForPeople)
        if output.format == .table, history.quantity != nil { try output.line(escaped(history.heading)) }
        try output.list(columns.titles) { rows in
            for group in groups.groups { try rows.append(groups.record(of: group), columns) }
        }
        for note in groups.notes { common.notice(note) }
        return (groups.groups.count, groups.areApart)
    }
}

/// What `history` and `plot history` are asked: the layer or the metric, and of which runs.
struct HistoryQuestion: ParsableArguments {
    @Argument(help: .value("layer", "The layer."), completion: .layers)
    var layer: String?

    @Argument(help: .value("filter", "Which runs; all finished ones without it."))
    var filter: String?

    @Option(help: .value("key", "A metric instead of a layer."))
    var metric: String?

    @OptionGroup var measure: MeasureOption

    @Option(help: .value("n", "A step, or final: the last recorded one of each run. (default: final)"))
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

    func history(limit: Int?, in store: Store) throws -> History {
        var history =
            if let metric { try History(metric: metric, layer, in: store) } else {
                try History(layer, filter, measure: measure.measure, in: store)
            }
        history.step = step ?? .final
        history.limit = limit
        try history.ignore(ignore.keys())
        return history
    }

    func steps(of run: String, limit: Int?, in store: Store) throws -> StepHistory {
        if let metric { return try StepHistory(run, metric: metric, limit: limit, in: store) }
        return try StepHistory(run, layer: layer, measure: measure.measure, limit: limit, in: store)
    }
}
