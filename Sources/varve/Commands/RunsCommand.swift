import ArgumentParser
import Questions
import Storage

/// Lists recorded runs.
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration("runs", PackageResources.runs_txt)

    @Argument(help: .value("filter", "Which runs; all of them without it."))
    var filter: String?

    @Option(
        parsing: .unconditional,
        help: .value("field", "What to sort by, as seed or -metrics.loss (greatest first); several with commas."),
        completion: .fields
    )
    var sort: String?

    @Option(help: .value("n", "At most n runs."))
    var limit: Int?

    @Option(
        help: .value(
            "fields",
            "The columns, with commas between them, also params.*, metrics.* and all; JSON always has all there is."
        ),
        completion: .fields
    )
    var columns: String?

    @Flag(help: "The runs that were deleted instead.")
    var deleted = false

    @Flag(help: "Give the variances of each run's last recorded step too (JSON).")
    var withVariances = false

    @Flag(help: "Give all that was measured at the layers too, each with its measure (JSON).")
    var withMeasures = false

    @Flag(help: "Oldest first, and then each run that begins, and again each that ends; JSON is an object a line.")
    var follow = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        try refuse(limit, "--limit", under: 0)
        guard !follow || (sort == nil && !deleted) else {
            throw UsageError("--follow shows runs as they come: it goes with neither --sort nor --deleted")
        }
        var list = RunList()
        if let filter { list.filter = try Filter(parsing: filter) }
        if let sort { list.order = try RunOrder.list(parsing: sort) }
        list.limit = limit
        list.lifecycle = deleted ? .deleted : .active
        let output = common.output()
        let asked = try columns.map(RunColumn.list(parsing:))

        let store = try common.openForQuestions()
        try RunList.check(list.order.map(\.field), in: store)
        let columns =
            try asked.map { try RunColumns($0, in: store, isForPeople: output.isForPeople) }
            ?? .usual(list, in: store, isForPeople: output.isForPeople)
        let layers: RunAnswer.Layers = withMeasures ? .measures : withVariances ? .variances : .none
        var isEmpty = true
        try output.list(columns.titles) { rows in
            func add(_ run: Run, to rows: inout Rows) throws {
                isEmpty = false
                try rows.append(
                    RunAnswer(run, store, with: layers).record.json,
                    columns.cells(of: run, store)
                )
            }
            guard follow else { return try list.forEach(in: store) { try add($0, to: &rows) } }
            var feed = try RunFeed(list.filter, limit: limit, in: store)
            try rows.follow { rows in
                try feed.next(in: store) { try add($0, to: &rows) }
                return true
            }
        }
        if isEmpty, let unknown = try store.unknownName(in: list.filter) {
            try common.note(unknown, in: store)
        }
    }
}
