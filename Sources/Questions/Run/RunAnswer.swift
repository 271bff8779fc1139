public import Storage

/// What `show`, `runs` and `run` answer of one run: its row and what belongs to it.
public struct RunAnswer: Sendable {
    public let run: Run
    public let params: [Entry]
    public let tags: [Entry]
    /// The last value of each metric.
    public let metrics: [Metric]
    /// What was asked for of the layers, each at its last recorded step.
    public let variances: [LayerVariance]?

    /// What is wanted of the layers.
    public enum Layers: Sendable {
        case none, variances, measures
    }

    /// Reads a run.
    ///
    /// - Parameters:
    ///   - run: its row.
    ///   - store: where the rest of it is asked for.
    ///   - layers: what is wanted of its layers.
    /// - Throws: `SQLiteError`.
    public init(_ run: Run, _ store: Store, with layers: Layers = .variances) throws {
        self.run = run
        params = try store.params(of: run.number)
        tags = try store.tags(of: run.number)
        metrics = try store.lastMetrics(of: run.number)
        variances =
            switch layers {
            case .none: nil
            case .variances: try store.variances(of: run)
            case .measures: try store.measures(of: run)
            }
    }
}

extension RunAnswer: Recordable {
    public var record: Record {
        var record: Record = [
            "run": .integer(run.number),
            "uuid": .string(run.uuid),
            "experiment": .string(run.experiment),
            "name": JSON(run.name),
            "architecture": JSON(run.architecture),
            "seed": JSON(run.seed),
            "status": .string(run.status.rawValue),
            "steps": .integer(run.steps),
            "last_step": JSON(run.lastStep),
            "params": .object(params.map { .init($0.key, JSON($0.value)) }),
            "tags": .object(tags.map { .init($0.key, JSON($0.value)) }),
            "metrics": .object(metrics.map { .init($0.key, .real($0.value)) }),
            "started": .integer(run.started),
            "ended": JSON(run.ended),
            "last_heard": JSON(run.lastHeard),
            "dataset": dataset,
            "digests": [
                "configuration": JSON(run.configurationDigest),
                "initial_weights": JSON(run.initialWeightsDigest),
                "batch_order": JSON(run.batchOrderDigest),
                "final_weights": JSON(run.finalWeightsDigest),
            ],
            "numerics": JSON(run.numerics),
        ]
        if let variances { record.append("variances", JSON(variances)) }
        return record
    }

    private var dataset: JSON {
        guard let name = run.datasetName, let digest = run.datasetDigest else { return .null }
        return ["name": .string(name), "digest": .string(digest)]
    }
}

extension LayerVariance: Recordable {
    public var record: Record {
        [
            "layer": .string(layer),
            "name": .string(name),
            "position": .integer(position),
            "after_norm": .bool(afterNorm),
            "measure": .string(measure),
            "step": .integer(step),
            "variance": .real(variance),
        ]
    }
}

/// The tags of one run.
public struct RunTags: Recordable {
    private let run: Run
    private let tags: [Entry]

    /// Reads the tags of a run.
    ///
    /// - Throws: `SQLiteError`.
    public init(_ run: Run, _ store: Store) throws {
        self.run = run
        tags = try store.tags(of: run.number)
    }

    public var record: Record {
        [
            "run": .integer(run.number), "uuid": .string(run.uuid),
            "tags": .object(tags.map { .init($0.key, JSON($0.value)) }),
        ]
    }
}

extension Run {
    /// What `delete`, `restore` and `purge` answer of one run.
    public func record(_ lifecycle: Lifecycle) -> Record {
        [
            "run": .integer(number), "uuid": .string(uuid), "experiment": .string(experiment),
            "architecture": JSON(architecture), "seed": JSON(seed), "lifecycle": .string(lifecycle.rawValue),
        ]
    }

    /// What `import` answers of one run.
    public func record(_ outcome: MergedRun.Outcome) -> Record {
        [
            "run": .integer(number), "uuid": .string(uuid), "name": JSON(name), "experiment": .string(experiment),
            "status": .string(status.rawValue), "result": .string(outcome.rawValue),
        ]
    }
}
