import Testing

@testable import Runner

/// Runs that lose finiteness: they go on exactly, and say where it happened.
@Suite struct DivergenceTests {
    static func divergingConfiguration(_ architecture: Architecture, learningRate: Double = 1000) -> Configuration {
        var configuration = TrainingTests.oddConfiguration(architecture, steps: 60)
        configuration.learningRate = learningRate
        return configuration
    }

    @Test func `a diverging run goes on to its end`() throws {
        let configuration = Self.divergingConfiguration(.plain)
        let (records, result) = try TrainingTests.run(configuration, on: TrainingTests.oddData())
        #expect(records.count == 60)
        #expect(result.steps == 60)
        let last = try #require(records.last)
        #expect(!last.loss.isFinite)
        #expect(last.values[0].isFinite)
        #expect(!last.values[2].isFinite)
    }

    @Test(arguments: [1, 7])
    func `the first recorded step and layer without a finite number are reported`(_ every: Int) throws {
        var configuration = Self.divergingConfiguration(.plain)
        configuration.recordEvery = every
        var training = try Training(configuration, seed: 0, on: TrainingTests.oddData(), in: Workspace())
        var expected: Divergence?
        while !training.isFinished {
            if let record = training.step(), expected == nil {
                if let place = record.values.firstIndex(where: { !$0.isFinite }) {
                    expected = Divergence(step: record.step, layer: training.layers[place])
                } else if !record.loss.isFinite {
                    expected = Divergence(step: record.step, layer: nil)
                }
            }
            let told = training.firstNonFinite
            #expect(told == expected)
        }
        #expect(try #require(expected).step.isMultiple(of: every))
    }

    @Test func `finiteness is lost at the step and layer where PyTorch loses it`() throws {
        for record in try NetworkVectors.load().divergences {
            var configuration = Configuration(try #require(Architecture(rawValue: record.architecture)))
            configuration.learningRate = record.learning_rate
            configuration.duration = .steps(record.step + 1)
            var training = try Training(configuration, seed: record.seed, on: notebookData(), in: Workspace())
            while !training.isFinished { _ = training.step() }
            let told = training.firstNonFinite
            let layer = record.layer.map { configuration.layers[$0] }
            #expect(told == Divergence(step: record.step, layer: layer), "\(record)")
        }
    }

    @Test func `a loss that overflows by itself names no layer`() throws {
        // The only label is far below the others, further than float32 reaches; the layers before stay as they are.
        var training = try Training(
            TrainingTests.oddConfiguration(.plain, steps: 1),
            seed: 0,
            on: TrainingTests.oddData(),
            in: Workspace()
        )
        let exit = try #require(training.network.stages.last).linear
        exit.bias.value.start.update(repeating: 3e38, count: 19)
        for row in 0..<19 { exit.weight.value.row(row).update(repeating: 3e38, count: 37) }
        let record = training.step()
        #expect(try #require(record).values.allSatisfy(\.isFinite))
        let told = training.firstNonFinite
        #expect(told == Divergence(step: 0, layer: nil))
    }

    @Test(arguments: Architecture.allCases)
    func `a run that stays finite says nothing`(_ architecture: Architecture) throws {
        let configuration = TrainingTests.oddConfiguration(architecture)
        var training = try Training(configuration, seed: 0, on: TrainingTests.oddData(), in: Workspace())
        while !training.isFinished { _ = training.step() }
        let told = training.firstNonFinite
        #expect(told == nil)
    }

    @Test(arguments: Architecture.allCases)
    func `all instruction sets diverge with the same bits`(_ architecture: Architecture) throws {
        let data = try TrainingTests.oddData(validation: 30)
        let runs = try InstructionSet.available.map { set in
            var training = try Training(
                Self.divergingConfiguration(architecture, learningRate: 1e3),
                seed: 0,
                on: data,
                in: Workspace(instructionSet: set)
            )
            var bits: [UInt32] = []
            while !training.isFinished {
                if let record = training.step() { bits += ([record.loss] + record.values).map(\.bitPattern) }
                if let validation = training.validation { bits.append(validation.loss.bitPattern) }
            }
            let hasDiverged = training.firstNonFinite != nil
            #expect(hasDiverged)
            return (bits, training.result().finalWeightsDigest)
        }
        for run in runs {
            #expect(run.0 == runs[0].0)
            #expect(run.1 == runs[0].1)
        }
    }

    @Test func `NaN has one bit pattern in the weights, wherever it comes from`() throws {
        var training = try Training(
            TrainingTests.oddConfiguration(.batchnorm, steps: 1),
            seed: 0,
            on: TrainingTests.oddData(),
            in: Workspace()
        )
        training.network.stages[1].linear.weight.value.row(0)[3] = Float(bitPattern: 0x7FC0_1234)
        _ = training.step()
        let tensors = training.result().finalTensors
        let patterns = try #require(tensors).flatMap(\.floats).filter(\.isNaN).map(\.bitPattern)
        #expect(patterns.count > 1000)
        #expect(Set(patterns) == [0xFFC0_0000])
    }

    @Test func `infinite logits make the loss NaN, as in PyTorch`() throws {
        let slab = Slab()
        let (logits, gradient) = try #require(slab.carve { ($0.matrix(1, 10), $0.matrix(1, 10)) })
        logits.row(0)[4] = .infinity
        #expect(CrossEntropy.loss(of: logits, labels: [4].span, gradient: gradient).isNaN)
        logits.row(0)[4] = .nan
        #expect(CrossEntropy.loss(of: logits, labels: [1].span, gradient: gradient).isNaN)
        #expect(gradient.row(0)[0].isNaN)
    }

    /// Rows, each with what `torch.argmax` gives for it.
    static let rows: [([Float], Int)] = [
        ([1, 2, 2, 0], 1), ([1, .nan, 5, .nan], 1), ([.nan, .nan, .nan, .nan], 0), ([.infinity, .infinity, 0, 1], 0),
        ([.infinity, 0, 0, .nan], 3), ([-.infinity, -.infinity, -.infinity, -.infinity], 0), ([-3, -1, -2, -1], 1),
    ]

    @Test(arguments: rows)
    func `the greatest logit is the first of equals, and NaN above all`(_ row: [Float], _ expected: Int) throws {
        let slab = Slab()
        let logits = try #require(slab.carve { $0.matrix(1, 4) })
        logits.row(0).update(repeating: 1000, count: 16)  // The padding does not count.
        for (column, value) in row.enumerated() { logits.row(0)[column] = value }
        #expect(CrossEntropy.greatest(of: logits, 0) == expected)
    }
}
