import Storage

/// What was recorded against what is computed.
extension Verifier {
    /// What tells the values of one step apart.
    struct Place: Hashable {
        let measure: String
        let position: Int64

        init(_ measure: String, _ position: Int64) {
            self.measure = measure
            self.position = position
        }
    }

    func compare(_ record: StepRecord, _ layers: [Layer], of run: Run, counts: inout Int) throws {
        let recorded = Dictionary(
            try store.measures(of: run, step: Int64(record.step)).map { (Place($0.measure, $0.position), $0) },
            uniquingKeysWith: { first, _ in first }
        )
        for (layer, value) in zip(layers, record.values) {
            let computed = Double(value)
            let place = Place(layer.measure.rawValue, Int64(layer.position))
            let row = recorded[place].flatMap { $0.name == layer.shortName ? $0 : nil }
            if row == nil, run.status != .finished { continue }
            counts += 1
            let known = row.map { $0.variance }
            guard let known, isSame(known, computed) else {
                throw Mismatch(
                    difference: .init(step: record.step, layer: layer, recorded: known, computed: computed),
                    reason: row == nil ? "no row was recorded" : nil
                )
            }
        }
    }

    func compare(
        _ metrics: [(key: String, value: Double)],
        _ step: Int,
        of run: Run,
        counts: inout Int
    ) throws {
        let recorded = try store.metrics(of: run.number, step: step)
        for (key, computed) in metrics {
            let row = recorded.first { $0.key == key }
            if row == nil, run.status != .finished { continue }
            let known = row.map { $0.value }
            guard let known, isSame(known, computed) else {
                throw Mismatch(difference: .init(step: step, recorded: known, computed: computed), reason: key)
            }
            counts += 1
        }
    }

    func compare(_ result: TrainingResult, with run: Run) throws {
        guard run.steps == Int64(result.steps) else { throw Self.mismatch("steps", run.steps, result.steps) }
        guard run.lastStep == Int64(result.lastStep) else {
            throw Self.mismatch("last_step", run.lastStep, result.lastStep)
        }
        let digests = [
            ("initial_weights digest", run.initialWeightsDigest, result.initialWeightsDigest),
            ("batch_order digest", run.batchOrderDigest, result.batchOrderDigest),
            ("final_weights digest", run.finalWeightsDigest, result.finalWeightsDigest),
        ]
        for (name, recorded, computed) in digests where recorded != computed {
            throw Self.mismatch(name, recorded, computed)
        }
    }

    /// What is not a value of a step, with both of what it is.
    static func mismatch<Recorded, Computed>(_ what: String, _ recorded: Recorded?, _ computed: Computed)
        -> Mismatch
    {
        let known = recorded.map { "\($0) is recorded" } ?? "nothing is recorded"
        return Mismatch(reason: "\(what): \(known), \(computed) is computed")
    }

    /// What lists and filters go by, against what decided the run's course.
    func compareLabels(_ configuration: Configuration, of run: Run) throws {
        guard run.architecture == configuration.architecture.rawValue else {
            throw Self.mismatch("architecture", run.architecture, configuration.architecture.rawValue)
        }
        let params = Dictionary(
            try store.params(of: run.number).map { ($0.key, $0.value) },
            uniquingKeysWith: { first, _ in first }
        )
        for (key, value) in configuration.parameters where params[key]?.canonical != SQLValue(value).canonical {
            throw Self.mismatch("params.\(key)", params[key].map { JSON($0).text }, JSON(SQLValue(value)).text)
        }
    }

    /// The measures that were recorded, by the rows of the first step and of the last; what lacks elsewhere shows.
    func measures(of run: Run) throws -> Set<Measure> {
        let rows = try store.measures(of: run, step: 0) + store.measures(of: run)
        let found = Set(rows.compactMap { Measure(rawValue: $0.measure) })
        return found.isEmpty ? [.variance] : found
    }

    func stages(of run: Run) throws -> WeightStages {
        let names = Set(try store.tensors(of: run.number).map(\.stage))
        var stages: WeightStages = []
        if names.contains("initial") { stages.insert(.initial) }
        if names.contains("final") { stages.insert(.final) }
        return stages
    }

    /// Kept weights, bytes and all, against those that were computed.
    func compare(_ computed: [Tensor]?, stage: String, of run: Run) throws {
        guard let computed else { return }
        let stored = try obstacle { try Tensor.stored(with: run.number, stage: stage, in: store) }
        for (index, tensor) in computed.enumerated() where index >= stored.count || stored[index] != tensor {
            throw Mismatch(reason: "\(stage) weights, \(tensor.name)")
        }
    }

    func isSame(_ recorded: Double, _ computed: Double) -> Bool {
        recorded == computed || recorded.isNaN && computed.isNaN
    }
}
