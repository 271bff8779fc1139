public import Storage

extension Tensor {
    /// The weights of one stage of a run that was recorded without them: the run is executed again.
    ///
    /// - Returns: the tensors in the order of the state_dict; their digest is the one that was recorded.
    /// - Throws: ``DataError`` when the run cannot be executed again or comes to another digest; what keeps the store
    ///   from being read.
    public static func recomputed(of number: Int64, _ stage: WeightStages, in store: Store) throws -> [Tensor] {
        try Verifier(store).weights(of: number, stage)
    }
}

extension Verifier {
    fileprivate func weights(of number: Int64, _ stage: WeightStages) throws -> [Tensor] {
        guard let run = try store.run(number: number) else {
            throw StoreError.noRun(word: "\(number)", path: store.path)
        }
        let lack = "run \(number) was recorded without its \(stage == .initial ? "initial" : "final") weights"
        do {
            return try execute(run, for: stage)
        } catch let obstacle as Obstacle {
            throw DataError("\(lack), and it cannot be executed again: \(obstacle.reason)")
        } catch let damage as Damage {
            throw DataError("\(lack), and it cannot be executed again: \(damage.reason)")
        } catch let mismatch as Mismatch {
            throw DataError("\(lack), and executed again it differs: \(mismatch.reason ?? "it comes to other numbers")")
        }
    }

    private func execute(_ run: Run, for stage: WeightStages) throws -> [Tensor] {
        let configuration = try configuration(of: run)
        let dataset = try dataset(of: run)
        guard let seed = run.seed.flatMap({ UInt32(exactly: $0) }) else { throw Obstacle(reason: "it has no seed") }
        guard run.status == .finished else { throw Obstacle(reason: "it did not finish, so it has no digest to check") }
        _ = try obstacle { try configuration.steps(on: dataset.content) }
        var training = try Training(
            configuration,
            seed: seed,
            on: dataset.content,
            in: workspace,
            keeping: stage,
            recording: []
        )
        try start(&training, of: run, configuration)
        // The weights as drawn are there before the first step.
        while stage != .initial, !training.isFinished {
            guard !store.interruption.isRequested else { throw Interrupted() }
            _ = training.step()
        }
        let result = training.result()
        let (name, recorded, computed, tensors) =
            stage == .initial
            ? ("initial_weights digest", run.initialWeightsDigest, result.initialWeightsDigest, result.initialTensors)
            : ("final_weights digest", run.finalWeightsDigest, result.finalWeightsDigest, result.finalTensors)
        guard recorded == computed else { throw Self.mismatch(name, recorded, computed) }
        return tensors ?? []
    }
}
