public import Storage

/// What `runs` answers: the runs of a filter in an order.
public struct RunList: Sendable {
    public var filter = Filter.all
    public var order: [RunOrder] = []
    /// The run after which the list continues; see `Store/forEachRun`.
    public var after: Int64?
    public var limit: Int?
    public var lifecycle = Lifecycle.active
    public init() {}

    /// Refuses fields that no run of a store has.
    ///
    /// - Throws: ``QuestionError``, with the name that was probably meant; `SQLiteError`.
    public static func check(_ fields: [RunField], in store: Store) throws {
        guard let unknown = try store.unknownName(among: fields) else { return }
        // Where nothing is recorded yet nothing is misspelt.
        var isEmpty = true
        for lifecycle in [Lifecycle.active, .deleted] where isEmpty {
            try store.forEachRun(limit: 1, lifecycle: lifecycle) { _ in isEmpty = false }
        }
        guard !isEmpty else { return }
        throw QuestionError.unknownName(unknown, closest: try closest(to: unknown, in: store))
    }

    /// The name of its kind that an unknown one comes closest to.
    ///
    /// - Throws: `SQLiteError`.
    public static func closest(to unknown: UnknownName, in store: Store) throws(SQLiteError) -> String? {
        var names = try store.names(of: unknown.kind, limit: 10_000)
        if unknown.kind == .layer { names += try store.layers().map(\.place.shortName) }
        return Suggestion.closest(to: unknown.name, among: names)
    }

    /// The columns that are shown where none are asked for: what every run has, the metrics that more than half of the
    /// first thousand runs have, at most three, and what the runs are sorted by.
    ///
    /// - Throws: `SQLiteError`.
    public func usualFields(in store: Store) throws -> [RunField] {
        var counts: [ExactText: Int] = [:]
        var runs = 0
        var first = self
        first.limit = min(limit ?? .max, 1000)
        try first.forEach(in: store) { run in
            runs += 1
            for metric in try store.lastMetrics(of: run.number) { counts[ExactText(metric.key), default: 0] += 1 }
        }
        let common = counts.filter { 2 * $0.value > runs }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3)
        let attributes: [RunField.Attribute] = [
            .number, .name, .architecture, .seed, .status, .started, .duration, .steps,
        ]
        let fields = attributes.map { RunField.attribute($0) } + common.map { .metric($0.key.text) }
        return fields + order.map(\.field).filter { !fields.contains($0) }
    }

    /// Hands over the runs, in one snapshot of the store.
    ///
    /// - Throws: `StoreError` where the run after which the list continues is gone and has no place in the order; `SQLiteError`;
    ///   what `body` throws.
    public func forEach(in store: Store, _ body: (Run) throws -> Void) throws {
        try store.snapshot {
            try store.forEachRun(matching: filter, by: order, after: after, limit: limit, lifecycle: lifecycle) { run in
                try body(run)
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
    public func value(of run: Run, _ store: Store) throws -> JSON {
        switch self {
        case .attribute(let attribute): return attribute.value(of: run)
        case .param(let key):
            return JSON(try store.params(of: run.number).first { $0.key.isExactly(key) }?.value ?? .null)
        case .tag(let key): return JSON(try store.tags(of: run.number).first { $0.key.isExactly(key) }?.value ?? .null)
        case .metric(let key, .last):
            return JSON(try store.lastMetrics(of: run.number).first { $0.key.isExactly(key) }?.value)
        case .metric(let key, let value):
            let found = try store.metricExtremes(of: run.number).first { $0.key.isExactly(key) }
            // Of a metric that was never anything but NaN that is all there is to say.
            switch value {
            case .greatestStep: return JSON(found?.greatestStep)
            case .leastStep: return JSON(found?.leastStep)
            case .least: return JSON(found.map { $0.least ?? .nan })
            case .greatest, .last: return JSON(found.map { $0.greatest ?? .nan })
            }
        case .layer(let name, let measure):
            let measures = try store.measures(of: run).filter { measure.includes($0.measure) }
            return JSON(measures.first { $0.name.isExactly(name) || $0.layer.isExactly(name) }?.variance)
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

extension RunField {
    /// The field as it is written in a filter: `seed`, `params.width`, `max(metrics.loss)`.
    public var text: String {
        switch self {
        case .attribute(let attribute): attribute.rawValue
        case .param(let key): "params." + FilterText.key(key)
        case .tag(let key): "tags." + FilterText.key(key)
        case .metric(let key, .last): "metrics." + FilterText.key(key)
        case .metric(let key, let value): "\(value.rawValue)(metrics.\(FilterText.key(key)))"
        case .layer(let name, let measure): "\(measure.rawValue).\(FilterText.key(name))"
        }
    }
}
