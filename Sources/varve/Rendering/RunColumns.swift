import Storage

/// The columns of a list of runs, each a field under a title.
struct RunColumns {
    let titles: [String]
    private let fields: [RunField]

    /// What `varve runs` gives unless `--columns` says otherwise; for people what fits on a terminal.
    static func standard(isForPeople: Bool) -> RunColumns {
        let columns: [(String, RunField)] = [
            ("run", .attribute(.number)), ("experiment", .attribute(.experiment)),
            ("architecture", .attribute(.architecture)), ("seed", .attribute(.seed)), ("status", .attribute(.status)),
            ("steps", .attribute(.steps)), ("loss", .metric("loss")), ("started", .attribute(.started)),
        ]
        return RunColumns(columns + (isForPeople ? [] : [("uuid", .attribute(.uuid))]))
    }

    private init(_ columns: [(title: String, field: RunField)]) {
        titles = columns.map(\.title)
        fields = columns.map(\.field)
    }

    /// Reads the columns of `--columns`.
    ///
    /// - Throws: `FilterError` that points at the first place which cannot be read.
    init(parsing text: String) throws(FilterError) {
        self.init(try RunField.list(parsing: text))
    }

    /// The cells of a run; each kind of value is asked for at most once.
    func cells(of run: Run, _ details: RunDetails) throws -> [Cell] {
        var params: [Entry]?
        var tags: [Entry]?
        var metrics: [Metric]?
        var variances: [LayerVariance]?
        return try fields.map { field in
            switch field {
            case .attribute(let attribute): return Cell(attribute, of: run)
            case .param(let key):
                params = try params ?? details.params(of: run.number)
                return params?.first { $0.key == key }.map { Cell($0.value) } ?? .missing
            case .tag(let key):
                tags = try tags ?? details.tags(of: run.number)
                return tags?.first { $0.key == key }.map { Cell($0.value) } ?? .missing
            case .metric(let key):
                metrics = try metrics ?? details.lastMetrics(of: run.number)
                return metrics?.first { $0.key == key }.map { .real($0.value) } ?? .missing
            case .variance(let layer):
                variances = try variances ?? details.variances(of: run)
                return variances?.first { $0.name == layer || $0.layer == layer }.map { .real($0.variance) }
                    ?? .missing
            }
        }
    }
}

extension Cell {
    fileprivate init(_ attribute: RunField.Attribute, of run: Run) {
        self =
            switch attribute {
            case .number: .integer(run.number)
            case .uuid: .digest(run.uuid)
            case .experiment: .text(run.experiment)
            case .name: Cell(run.name)
            case .architecture: Cell(run.architecture)
            case .dataset: Cell(run.datasetName)
            case .seed: Cell(run.seed)
            case .status: .text(run.status.rawValue)
            case .steps: .integer(run.steps)
            case .lastStep: Cell(run.lastStep)
            case .started: .minute(run.started)
            case .ended: run.ended.map { .minute($0) } ?? .missing
            }
    }
}
