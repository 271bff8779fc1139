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

extension RunField {
    /// The value of a run; null where it has none.
    ///
    /// - Throws: `SQLiteError`.
    public func value(of run: Run, _ details: RunDetails) throws -> JSON {
        switch self {
        case .attribute(let attribute): return attribute.value(of: run)
        case .param(let key): return JSON(try details.params(of: run.number).first { $0.key == key }?.value ?? .null)
        case .tag(let key): return JSON(try details.tags(of: run.number).first { $0.key == key }?.value ?? .null)
        case .metric(let key): return JSON(try details.lastMetrics(of: run.number).first { $0.key == key }?.value)
        case .variance(let layer):
            return JSON(try details.variances(of: run).first { $0.name == layer || $0.layer == layer }?.variance)
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
        }
    }
}
