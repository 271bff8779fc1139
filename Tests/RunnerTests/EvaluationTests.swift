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
        var validations: [Validation] = []
        while !training.isFinished {
            _ = training.step()
            if let validation = training.validation { validations.append(validation) }
        }
        return validations
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
            for norm in network.stages.compactMap(\.norm) {
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
