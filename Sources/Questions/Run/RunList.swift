public import Storage

/// What `runs` answers: the runs of a filter in an order.
public struct RunList: Sendable {
    public var filter = Filter.all
    public var order: [RunOrder] = []
    public var limit: Int?
    public var lifecycle = Lifecycle.active
    public var withVariances = false

    public init() {}

    /// Hands over the runs, in one snapshot of the store.
    ///
    /// - Throws: `SQLiteError`; what `body` throws.
    public func forEach(in store: Store, _ body: (Run, RunDetails) throws -> Void) throws {
        try store.snapshot {
            let details = try RunDetails(store)
            try store.forEachRun(matching: filter, by: order, limit: limit, lifecycle: lifecycle) { run in
                try body(run, details)
            }
        }
    }
}

extension Run {
    /// For people: since when nothing was heard of a run that is running; nil where that is less than five minutes.
    public var silence: String? {
        guard let lastHeard, Moment.age(of: lastHeard) >= 300_000 else { return nil }
        return "no sign of life for \(Moment.span(since: lastHeard))"
    }
}

extension RunField {
    /// The value of a run; null where it has none.
    ///
    /// - Throws: `SQLiteError`.
    public func value(of run: Run, _ details: RunDetails) throws -> JSON {
        switch self {
        case .attribute(let attribute): return attribute.value(of: run)
        case .param(let key): return JSON(try details.params(of: run.number).first { $0.key == key }?.value ?? .null)
        case .tag(let key): return JSON(try details.tags(of: run.number).first { $0.key == key }?.value ?? .null)
        case .metric(let key, .last):
            return JSON(try details.lastMetrics(of: run.number).first { $0.key == key }?.value)
        case .metric(let key, let value):
            let found = try details.metricExtremes(of: run.number).first { $0.key == key }
            // Of a metric that was never anything but NaN that is all there is to say.
            return JSON(found.map { (value == .greatest ? $0.greatest : $0.least) ?? .nan })
        case .layer(let name, let measure):
            let measures = try details.measures(of: run).filter { measure.includes($0.measure) }
            return JSON(measures.first { $0.name == name || $0.layer == name }?.variance)
        }
    }
}

extension RunField.Attribute {
    fileprivate func value(of run: Run) -> JSON {
        switch self {
        case .number: .integer(run.number)
        case .uuid: .string(run.uuid)
        case .experiment: .string(run.experiment)
        case .name: JSON(run.name)
        case .architecture: JSON(run.architecture)
        case .dataset: JSON(run.datasetName)
        case .seed: JSON(run.seed)
        case .status: .string(run.status.rawValue)
        case .steps: .integer(run.steps)
        case .lastStep: JSON(run.lastStep)
        case .started: .integer(run.started)
        case .ended: JSON(run.ended)
        case .duration: JSON(run.duration)
        }
    }
}
