import Analysis
import ArgumentParser
import Questions
import Storage

/// Compares groups of runs, layer by layer and metric by metric.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration("compare", PackageResources.compare_txt)

    @Argument(
        help: .value("group", "The groups, the baseline first; with --by one group, or none for all runs."),
        completion: .architectures
    )
    var groups: [String] = []

    @Option(help: .value("key", "Groups by value: architecture, params.KEY or tags.KEY."))
    var by: String?

    @Option(help: .value("value", "With --by: the value of the baseline. (default: the smallest)"))
    var baseline: String?

    @Option(help: .value("step", "A recorded step, or final: the last one of each layer and metric."))
    var step = RecordedStep.final

    @Option(help: .value("key,…", "Metrics to compare, or none. (default: the first 8 by name that every group has)"))
    var metric: String?

    @OptionGroup var measure: MeasureOption

    @Option(help: .value("glob", "Layers whose growth is measured, by long or short name."))
    var growth: String?

    @OptionGroup var ignore: IgnoreOption

    @Option(
        help: .value("effect", "How many seeds would show this ratio of layers, or (KEY=0.01) difference of a metric.")
    )
    var detect: [String] = []

    @Flag(help: "Compare common seeds in pairs, and leave out all other runs.")
    var paired = false

    @Flag(help: "Compare all runs of the groups, without pairs.")
    var unpaired = false

    @Option(help: .value("file", "Write a picture too (.svg, .png, .pdf): the layers, a line for each group."))
    var plot: String?

    @OptionGroup var common: CommonOptions

    func run() throws {
        let question = try question()
        if let plot { _ = try PictureFormat(ofFile: plot) }
        let store = try common.openForQuestions()
        let comparison = try Comparison(question, in: store)
        common.noteNumbers(groups, in: store)
        try ignore.note(in: store, common)
        try write(comparison, to: common.output())
        guard let plot else { return }
        try PictureFormat.write(comparison.picture.svg(), of: store, to: plot)
        common.notice("wrote the picture to \(plot)")
    }

    private func write(_ comparison: Comparison, to output: Output) throws {
        switch output.format {
        case .json: try output.line(comparison.record.json.text)
        case .csv:
            try output.emit(comparison.table)
            for note in comparison.pairs.flatMap(\.notes) + comparison.sharedNotes { common.notice(note) }
        case .table, .markdown:
            let isNarrow = output.format == .table && Output.textWidth < 95
            for part in comparison.parts(isNarrow: isNarrow) {
                switch part {
                case .headline(let text): try output.sentence(text)
                case .sentences(let title, let sentences): try output.write(title, sentences)
                case .table(let table): try output.emit(table)
                case .gap: try output.line()
                }
            }
        }
        try output.finish()
    }

    private func question() throws -> ComparisonQuestion {
        var question = ComparisonQuestion(try wanted())
        question.step = step
        if let metric {
            let keys = metric.split(separator: ",").map(String.init)
            guard !keys.isEmpty else {
                throw UsageError("--metric '\(metric)': give names with commas between them, or none")
            }
            question.metrics = .named(metric == "none" ? [] : keys)
        }
        question.measure = measure.measure
        question.growth = growth
        question.ignored = try ignore.keys()
        for word in detect where !question.detection.add(word) {
            throw UsageError(
                "--detect \(word): give a ratio above 0 that is not 1, as 1.05, or a difference of a metric, as loss=0.01"
            )
        }
        if paired && unpaired { throw UsageError("--paired and --unpaired: give one of them") }
        question.pairing = paired ? .paired : unpaired ? .unpaired : .automatic
        return question
    }

    private func wanted() throws -> ComparisonQuestion.Groups {
        guard let by = try by.map({ try RunGrouping($0, of: "--by", "architecture, params.KEY or tags.KEY") }) else {
            if baseline != nil { throw UsageError("--baseline goes with --by") }
            guard groups.count > 1 else {
                throw UsageError("give two groups or more, as in `varve compare plain batchnorm`, or --by")
            }
            return .words(groups)
        }
        guard groups.count < 2 else {
            throw UsageError("--by makes the groups: give one FILTER that all runs fit, not \(groups.count)")
        }
        switch by {
        case .architecture, .param, .tag: return .values(by, of: groups.first, baseline: baseline)
        case .experiment, .day, .commit: throw UsageError("--by: give architecture, params.KEY or tags.KEY")
        }
    }
}
