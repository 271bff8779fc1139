import Testing

@testable import Runner

@Suite struct EvaluationTests {
    /// All evaluations of a run.
    private func validations(
        _ configuration: Configuration,
        on dataset: Dataset,
        in workspace: Workspace = Workspace()
    ) throws -> [Validation] {
        var training = try Training(configuration, seed: 0, on: dataset, in: workspace)
        return training.validations()
    }

    #if DEBUG
    private static let isSlow = true  // A step costs 50 ms here.
    #else
    private static let isSlow = false
    #endif

    // The loss within ten times of what rounding alone can do by then, and at least 1e-5, for the order of additions;
    // beyond 1e-2 a run is too chaotic to be compared. The answers within three times of what rounding turns: none, mostly.
    @Test func `loss and accuracy after two epochs agree with PyTorch's, and so do the batches`() throws {
        let workspace = Workspace()
        for record in try NetworkVectors.load().evaluations where !Self.isSlow || record.batch_size > 200 {
            var configuration = Configuration(try #require(Architecture(rawValue: record.architecture)))
            configuration.batchSize = record.batch_size
            configuration.duration = .epochs(2)
            var training = try Training(configuration, seed: record.seed, on: notebookData(), in: workspace)
            let ours = training.validations()
            let result = training.result()
            #expect(result.batchOrderDigest == record.batch_order_sha256)
            #expect(ours.map(\.step) == record.epochs.map(\.step))
            for (validation, epoch) in zip(ours, record.epochs) {
                let place = "\(record.architecture) \(record.seed) step \(epoch.step)"
                guard epoch.loss_noise < 1e-2 else {
                    #expect(validation.loss < 3 * epoch.loss && validation.loss > epoch.loss / 3, "\(place)")
                    continue
                }
                #expect(abs(validation.loss - epoch.loss) <= max(1e-5, 10 * epoch.loss_noise) * epoch.loss, "\(place)")
                let difference = validation.accuracy * 1000 - Double(epoch.right)
                #expect(abs(difference) < Double(3 * epoch.right_noise) + 0.001, "\(place)")
            }
        }
    }

    @Test func `every end of an epoch is evaluated, whether epochs or steps were asked for`() throws {
        let data = try TrainingTests.oddData(validation: 30)
        var configuration = TrainingTests.oddConfiguration(.batchnorm, steps: 11)
        let bySteps = try validations(configuration, on: data)
        #expect(bySteps.map(\.step) == [3, 7])
        configuration.duration = .epochs(2)
        #expect(try validations(configuration, on: data) == bySteps)
        configuration.recordEvery = 5
        #expect(try validations(configuration, on: data) == bySteps)
        #expect(try validations(configuration, on: TrainingTests.oddData()).isEmpty)
    }

    @Test(arguments: Architecture.allCases)
    func `evaluating leaves no trace in the training`(_ architecture: Architecture) throws {
        let configuration = TrainingTests.oddConfiguration(architecture)
        let with = try TrainingTests.run(configuration, on: TrainingTests.oddData(validation: 30))
        let without = try TrainingTests.run(configuration, on: TrainingTests.oddData())
        #expect(with.records == without.records)
        #expect(with.result.finalWeightsDigest == without.result.finalWeightsDigest)
        #expect(with.result.batchOrderDigest == without.result.batchOrderDigest)
    }

    @Test(arguments: Architecture.allCases)
    func `all instruction sets evaluate with the same bits`(_ architecture: Architecture) throws {
        let data = try TrainingTests.oddData(validation: 30)
        let configuration = TrainingTests.oddConfiguration(architecture)
        let runs = try InstructionSet.available.map {
            try validations(configuration, on: data, in: Workspace(instructionSet: $0))
        }
        for run in runs {
            #expect(run.count == 6)
            #expect(run == runs[0])
        }
    }

    @Test(arguments: Architecture.allCases)
    func `the size of a batch does not change a bit`(_ architecture: Architecture) throws {
        let data = try TrainingTests.oddData(validation: 30)
        let evaluations = try [1, 7, 13, 30, 200].map { batchSize in
            let slab = Slab()
            let carved = slab.carve { carver in
                ResidualNetwork(
                    TrainingTests.oddConfiguration(architecture),
                    features: data.features,
                    classes: data.classes,
                    batchSize: batchSize,
                    instructionSet: .widest,
                    from: &carver
                )
            }
            var network = try #require(carved)
            var generator = TorchGenerator(seed: 2)
            network.initialize(.heUniform, from: &generator)
            for norm in network.stages.compactMap(\.batchNorm) {
                generator.uniform(bound: 1, into: norm.runningMean.start, count: norm.runningMean.columns)
            }
            let evaluation = network.evaluate(on: data.validation)
            return try #require(evaluation)
        }
        for evaluation in evaluations {
            #expect(evaluation.loss == evaluations[0].loss)
            #expect(evaluation.accuracy == evaluations[0].accuracy)
        }
    }

    @Test func `the accuracy is the share of right answers`() throws {
        // Weights zero and one bias above all others: the network says 3 to everything.
        let data = try TrainingTests.oddData(validation: 30)
        let slab = Slab()
        let carved = slab.carve { carver in
            ResidualNetwork(
                TrainingTests.oddConfiguration(.plain),
                features: data.features,
                classes: data.classes,
                batchSize: 8,
                instructionSet: .widest,
                from: &carver
            )
        }
        var network = try #require(carved)
        network.stages[3].linear.bias.value.start[3] = 100
        let told = network.evaluate(on: data.validation)
        let evaluation = try #require(told)
        let right = data.validation.labels.count { $0 == 3 }
        #expect(right > 0)
        #expect(evaluation.accuracy == Double(right) / 30)
        #expect(abs(evaluation.loss - Float(100 * (30 - right)) / 30) < 1e-4)
    }
}

extension Training {
    /// Goes on to the end, and returns the evaluations on the way.
    fileprivate mutating func validations() -> [Validation] {
        var validations: [Validation] = []
        while !isFinished {
            _ = step()
            if let validation { validations.append(validation) }
        }
        return validations
    }
}
