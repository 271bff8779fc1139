import Storage

extension JSON {
    /// A run as scripts see it in `run`, `runs` and `show`.
    ///
    /// - Parameters:
    ///   - run: the run.
    ///   - details: where the rest of it is asked for.
    ///   - variances: whether the variances of the last recorded step are in it.
    /// - Throws: `SQLiteError`.
    init(run: Run, _ details: RunDetails, variances: Bool) throws {
        var members: [Member] = [
            Member("run", .integer(run.number)),
            Member("uuid", .string(run.uuid)),
            Member("experiment", .string(run.experiment)),
            Member("name", JSON(run.name)),
            Member("architecture", JSON(run.architecture)),
            Member("seed", JSON(run.seed)),
            Member("status", .string(run.status.rawValue)),
            Member("steps", .integer(run.steps)),
            Member("last_step", JSON(run.lastStep)),
            Member("params", .object(try details.params(of: run.number).map { Member($0.key, JSON($0.value)) })),
            Member("tags", .object(try details.tags(of: run.number).map { Member($0.key, JSON($0.value)) })),
            Member(
                "metrics",
                .object(try details.lastMetrics(of: run.number).map { Member($0.key, .real($0.value)) })
            ),
            Member("started", .integer(run.started)),
            Member("ended", JSON(run.ended)),
            Member("dataset", Self.dataset(of: run)),
            Member(
                "digests",
                [
                    "configuration": JSON(run.configurationDigest),
                    "initial_weights": JSON(run.initialWeightsDigest),
                    "batch_order": JSON(run.batchOrderDigest),
                    "final_weights": JSON(run.finalWeightsDigest),
                ]
            ),
            Member("numerics", JSON(run.numerics)),
        ]
        if variances {
            members.append(Member("variances", .array(try details.variances(of: run).map { JSON($0) })))
        }
        self = .object(members)
    }

    private init(_ layer: LayerVariance) {
        self = [
            "layer": .string(layer.layer),
            "name": .string(layer.name),
            "position": .integer(layer.position),
            "measure": .string(layer.measure),
            "after_norm": .bool(layer.afterNorm),
            "step": .integer(layer.step),
            "variance": .real(layer.variance),
        ]
    }

    private static func dataset(of run: Run) -> JSON {
        guard let name = run.datasetName, let digest = run.datasetDigest else { return .null }
        return ["name": .string(name), "digest": .string(digest)]
    }

    init(_ text: String?) { self = text.map { .string($0) } ?? .null }

    init(_ integer: Int64?) { self = integer.map { .integer($0) } ?? .null }

    init(_ real: Double?) { self = real.map { .real($0) } ?? .null }
}
