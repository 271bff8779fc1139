import Storage

/// Executes one recorded run after the other again and compares.
final class Verifier {
    let store: Store
    private let proof: RowProof
    let workspace = Workspace()
    /// The dataset of the last run; neighbours mostly share it.
    private var dataset: StoredDataset?

    init(_ store: Store) throws {
        self.store = store
        proof = try RowProof(store)
    }

    /// Why a run cannot be executed again.
    struct Obstacle: Error {
        let reason: String
    }

    /// What of a run, or of what it needs, is not what was stored.
    struct Damage: Error {
        let reason: String
    }

    /// The first thing that is not the same.
    struct Mismatch: Error {
        var difference: Verdict.Difference?
        var reason: String?
    }

    /// Executes a run again and compares.
    ///
    /// A run that did not finish is executed as far as its rows go; what it did not come to record is passed over.
    ///
    /// - Throws: what keeps the store from being read; ``Interrupted``.
    func verify(_ number: Int64) throws -> Verdict {
        guard let run = try store.run(number: number) else {
            throw StoreError.noRun(word: "\(number)", path: store.path)
        }
        do {
            do {
                try compare(run)
            } catch let obstacle as Obstacle {
                try proveContent(of: run)
                throw obstacle
            }
            try proveRows(of: run)
            return Verdict(run: run.number, uuid: run.uuid, result: .identical)
        } catch let obstacle as Obstacle {
            return Verdict(run: run.number, uuid: run.uuid, result: .notVerifiable, reason: obstacle.reason)
        } catch let damage as Damage {
            return Verdict(run: run.number, uuid: run.uuid, result: .damaged, reason: damage.reason)
        } catch let mismatch as Mismatch {
            return Verdict(
                run: run.number,
                uuid: run.uuid,
                result: .differs,
                difference: mismatch.difference,
                reason: mismatch.reason
            )
        }
    }

    private func compare(_ run: Run) throws {
        let configuration = try configuration(of: run)
        let dataset = try dataset(of: run)
        guard let seed = run.seed.flatMap({ UInt32(exactly: $0) }) else { throw Obstacle(reason: "it has no seed") }
        let steps = try obstacle { try configuration.steps(on: dataset.content) }
        let isFinished = run.status == .finished
        let last = isFinished ? Int64(steps) - 1 : run.lastStep ?? -1
        guard last < steps else { throw Self.mismatch("last_step", last, steps - 1) }
        let reached = Int(last) + 1
        guard reached > 0 else { throw Obstacle(reason: "it recorded nothing") }
        try compareLabels(configuration, of: run)

        let kept = try isFinished ? stages(of: run) : []
        let measures = try measures(of: run)
        var training = try Training(
            configuration,
            seed: seed,
            on: dataset.content,
            in: workspace,
            keeping: kept,
            recording: measures
        )
        try start(&training, of: run, configuration)
        var counts = (variances: 0, metrics: 0, validations: 0)
        var lacking: Mismatch?
        while training.done < reached {
            guard !store.interruption.isRequested else { throw Interrupted() }
            let step = training.done
            let record = training.step()
            var metrics: [(key: String, value: Double)] = []
            if let record {
                metrics.append(("loss", Double(record.loss)))
                try compare(record, training.layers, of: run, counts: &counts.variances)
            }
            if !metrics.isEmpty { try compare(metrics, step, of: run, counts: &counts.metrics) }
            guard let validation = training.validation else { continue }
            let values = [("val_loss", Double(validation.loss)), ("val_accuracy", validation.accuracy)]
            do {
                try compare(values, step, of: run, counts: &counts.validations)
            } catch let mismatch as Mismatch where mismatch.difference?.recorded == nil {
                lacking = lacking ?? mismatch
            }
        }
        // The first Varve recorded no validation at all.
        if let lacking, counts.validations > 0 { throw lacking }
        counts.metrics += counts.validations
        let recorded = try store.counts(of: run.number)
        guard recorded.variances == counts.variances else {
            throw Mismatch(reason: "\(recorded.variances) variances are recorded, \(counts.variances) were computed")
        }
        guard recorded.metrics == counts.metrics else {
            throw Mismatch(reason: "\(recorded.metrics) metrics are recorded, \(counts.metrics) were computed")
        }
        if isFinished {
            let result = training.result()
            try compare(result, with: run)
            try compare(result.initialTensors, stage: "initial", of: run)
            try compare(result.finalTensors, stage: "final", of: run)
        }
    }

    // MARK: Damage

    /// Holds what executing a run again would have read: for a run that cannot be executed, nothing else does.
    private func proveContent(of run: Run) throws {
        do {
            _ = try dataset(of: run)
        } catch is Obstacle {
        }
        for stage in ["initial", "final"] {
            _ = try obstacle { try Tensor.stored(with: run.number, stage: stage, in: store) }
        }
        try proveRows(of: run)
    }

    /// Holds a run against its checksums, which see more than executing it does: other programs' metrics, and what a run
    /// that was recorded by an earlier version need not have.
    private func proveRows(of run: Run) throws {
        let complaints = try store.snapshot { try proof.complaints(of: run.number) }
        if let complaint = complaints.first { throw Damage(reason: complaint) }
    }

    // MARK: What the run was

    func configuration(of run: Run) throws -> Configuration {
        guard run.status != .running else { throw Obstacle(reason: "it is still running") }
        guard let numerics = run.numerics else { throw Obstacle(reason: "it was not executed by Varve") }
        guard numerics == Version.numerics else {
            throw Obstacle(
                reason:
                    "it was executed with numerics \(numerics), this version has \(Version.numerics): the order of operations differs"
            )
        }
        guard let text = try store.configuration(of: run.number) else {
            throw Obstacle(reason: "it has no configuration")
        }
        guard Digest.sha256(text.utf8) == run.configurationDigest else {
            throw Damage(reason: "its configuration no longer has its digest")
        }
        guard let json = try? JSON(parsing: text), let configuration = Configuration(json: json),
            configuration.digest == run.configurationDigest
        else { throw Obstacle(reason: "its configuration is not one that this version knows") }
        return configuration
    }

    func dataset(of run: Run) throws -> StoredDataset {
        guard let digest = run.datasetDigest else { throw Obstacle(reason: "it has no dataset") }
        if let dataset, dataset.record.digest == digest { return dataset }
        let found = try obstacle { try StoredDataset(digest: digest, in: store) }
        guard let found else { throw Obstacle(reason: "its dataset is not in the store") }
        dataset = found
        return found
    }

    /// Lets a run start from the weights that were kept with it, where it did.
    func start(_ training: inout Training, of run: Run, _ configuration: Configuration) throws {
        guard let digest = configuration.weightsFrom else { return }
        let tensors = try obstacle { try Tensor.stored(with: run.number, stage: "initial", in: store) }
        try obstacle { try training.start(from: tensors) }
        let found = training.startDigest
        guard found == digest else { throw Self.mismatch("digest of the weights it started from", digest, found) }
    }

    /// Turns what is wrong with a run's own data into the reason why it cannot be executed again, or into damage.
    func obstacle<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as StoreError where error.isDamage {
            throw Damage(reason: error.description)
        } catch let error as StoreError where error.code == .invalid {
            throw Obstacle(reason: error.description)
        } catch let error as DataError {
            throw Obstacle(reason: error.description)
        } catch let error as ConfigurationError {
            throw Obstacle(reason: error.description)
        }
    }
}
