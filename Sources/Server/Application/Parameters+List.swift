import Analysis
import HTTPTypes
import Questions
import Storage

// The parameters, each with what reads it: shared by pages and API.

// MARK: Lists of runs

extension Parameter {
    static let filter = Parameter(name: "filter", summary: "Which runs, as FILTER.")
    static let sort = Parameter(
        name: "sort",
        summary: "What to sort by, as seed or -metrics.loss (greatest first); several with commas."
    )
    static let columns = Parameter(
        name: "columns",
        summary: "The columns of CSV, with commas, also params.*, metrics.* and all; JSON always has all there is."
    )
    static let limit = Parameter(
        name: "limit",
        summary: "At most this many.",
        schema: ["type": "integer", "minimum": .integer(0)]
    )
    static let after = Parameter(
        name: "after",
        summary: "The run after which the list continues, as the Link of the previous page has it.",
        schema: ["type": "integer", "minimum": .integer(0)]
    )
    static let deleted = flag("deleted", "What was deleted instead.")
    static let withVariances = flag("with_variances", "Give the variances of each run's last recorded step too.")
    static let withMeasures = flag("with_measures", "Give all that was measured at the layers too.")
    static let exact = flag("exact", "Count every row and look at every page.")
    static let force = flag("force", "Also a run that another machine may still record; it ends as killed.")

    fileprivate static func flag(_ name: String, _ summary: String) -> Parameter {
        Parameter(name: name, summary: summary, schema: ["type": "boolean"])
    }
}

extension Call {
    /// All runs where none is given.
    var filter: Filter { get throws { try read(.filter) { try Filter(parsing: $0) } ?? .all } }
    /// Newest first where none is given.
    var order: [RunOrder] { get throws { try read(.sort) { try RunOrder.list(parsing: $0) } ?? [] } }
    var columns: [RunColumn]? { get throws { try read(.columns) { try RunColumn.list(parsing: $0) } } }
    var limit: Int? { get throws { try number(.limit) } }
    var after: Int64? { get throws { try number(.after).map(Int64.init) } }
    var lifecycle: Lifecycle { get throws { try flag(.deleted) ? .deleted : .active } }
    var layers: RunAnswer.Layers {
        get throws { try flag(.withMeasures) ? .measures : try flag(.withVariances) ? .variances : .none }
    }
}

// MARK: Questions

extension Parameter {
    static let group = Parameter(
        name: "group",
        summary: "An architecture, a RUN or a FILTER; may be repeated, the baseline first.",
        isList: true
    )
    static let by = Parameter(name: "by", summary: "Groups by value: architecture, params.KEY or tags.KEY.")
    static let baseline = Parameter(name: "baseline", summary: "With by: the value of the baseline.")
    static let step = Parameter(name: "step", summary: "A recorded step, or final.")
    static let metric = Parameter(name: "metric", summary: "A metric, by its key.")
    static let metrics = Parameter(name: "metric", summary: "Metrics with commas between them, or none.")
    static let drawnMetrics = Parameter(
        name: "metric",
        summary: "A metric to draw, without the layers; may be repeated.",
        isList: true
    )
    static let layer = Parameter(name: "layer", summary: "A layer, by its short or long name.")
    static let measure = Parameter(
        name: "measure",
        summary: "What of the layers: variance, second_moment, gradient, dead, or a word that runs were recorded with."
    )
    static let growth = Parameter(name: "growth", summary: "Layers whose growth is measured, as a glob.")
    static let ignore = Parameter(
        name: "ignore",
        summary: "Params and tags that make no other configuration, as params.out; several with commas."
    )
    static let detect = Parameter(
        name: "detect",
        summary: "Say how many seeds would show this ratio of layers, or (KEY=0.01) this difference; may be repeated.",
        isList: true
    )
    static let paired = flag("paired", "Compare common seeds in pairs, and leave out all other runs.")
    static let unpaired = flag("unpaired", "Compare all runs of the groups, without pairs.")
    static let a = Parameter(name: "a", summary: "A run.", isRequired: true)
    static let b = Parameter(name: "b", summary: "Another run.", isRequired: true)
    static let groupBy = Parameter(
        name: "group_by",
        summary: "By architecture, experiment, param.KEY, tag.KEY, day (UTC) or commit."
    )
    static let run = Parameter(name: "run", summary: "A run: its number, the beginning of its uuid, or its name.")
    static let drawnRun = Parameter(name: "run", summary: run.summary, isRequired: true)
    static let name = Parameter(name: "name", summary: "A metric, or a layer.", isRequired: true)
    static let param = Parameter(name: "param", summary: "The param of the horizontal axis.", isRequired: true)
    static let scatteredMetric = Parameter(
        name: "metric",
        summary: "The metric of the vertical axis.",
        isRequired: true
    )
}

extension Call {
    var step: RecordedStep { get throws { try read(.step) { RecordedStep($0) } ?? .final } }
    var measure: MeasureWord? { get throws { try read(.measure) { MeasureWord($0) } } }
    var ignored: IgnoredKeys { get throws { try read(.ignore) { IgnoredKeys(parsing: $0) } ?? IgnoredKeys() } }
    var grouping: RunGrouping? { get throws { try read(.groupBy) { RunGrouping($0) } } }
    var groups: [String] { list(.group) }
}

// MARK: Points and pictures

extension Parameter {
    static let keys = Parameter(name: "key", summary: "A metric; may be repeated.", isList: true)
    static let layers = Parameter(name: "layer", summary: "A layer; may be repeated.", isList: true)
    static let points = Parameter(
        name: "points",
        summary:
            "At most this many points of each; where there are more, the least and the greatest of each stretch stay.",
        schema: ["type": "integer", "minimum": .integer(2), "maximum": .integer(100_000)]
    )
    static let from = Parameter(name: "from", summary: "The first step that counts.", schema: ["type": "integer"])
    static let to = Parameter(name: "to", summary: "The last step that counts.", schema: ["type": "integer"])
    static let at = Parameter(
        name: "at",
        summary: "The weights of this moment, as a safetensors file.",
        schema: ["type": "string", "enum": .array(["initial", "final"])]
    )
    static let width = Parameter(
        name: "width",
        summary: "How wide it is, in pixels.",
        schema: [
            "type": "integer", "minimum": JSON(PictureStyle.widths.lowerBound),
            "maximum": JSON(PictureStyle.widths.upperBound),
        ]
    )
    static let title = Parameter(name: "title", summary: "What is written above it, in place of its own title.")
    static let theme = Parameter(
        name: "theme",
        summary: "light, dark, or auto: what the reader's system asks for.",
        schema: ["type": "string", "enum": .array(Theme.allCases.map { .string($0.rawValue) })]
    )
    /// What every picture takes.
    static let picture: [Parameter] = [.width, .title, .theme]
}

extension Call {
    /// The steps between `from` and `to`; nil where neither is given.
    var steps: ClosedRange<Int64>? {
        get throws {
            let from = try read(.from) { Int64($0) }
            let to = try read(.to) { Int64($0) }
            guard from != nil || to != nil else { return nil }
            let (first, last) = (from ?? .min, to ?? .max)
            guard first <= last else { throw Problem(.badRequest, "from is after to", parameter: "from") }
            return first...last
        }
    }

    var style: PictureStyle {
        get throws {
            PictureStyle(
                width: try number(.width, in: PictureStyle.widths) ?? 800,
                title: try text(.title),
                theme: try read(.theme) { Theme(rawValue: $0) } ?? .auto
            )
        }
    }
}
