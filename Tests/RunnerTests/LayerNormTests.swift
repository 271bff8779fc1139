import Testing

@testable import Runner

/// The architecture `layernorm` against PyTorch.
@Suite struct LayerNormTests {
    @Test func `variances, loss and parameters of the first step agree with PyTorch's`() throws {
        for record in try NetworkVectors.load().steps {
            var training = try Training(
                Configuration(.layernorm),
                seed: record.seed,
                on: notebookData(),
                in: Workspace()
            )
            let step = training.step()
            let ours = try #require(step)
            for (value, expected) in zip([ours.loss] + ours.values, [record.loss] + record.variances) {
                #expect(abs(value - expected) <= 1e-5 * expected, "seed \(record.seed)")
            }
            let tensors = training.result().finalTensors
            #expect(tensors?.count == record.after_step.count)
            for tensor in try #require(tensors) {
                let expected = try #require(record.after_step[tensor.name])
                let summary = Summary(tensor.floats)
                let tolerance = tensor.shape.count == 2 ? 1e-5 : record.vector_tolerance
                #expect(abs(summary.mean - expected.mean) <= tolerance * expected.rms, "\(record.seed) \(tensor.name)")
                #expect(abs(summary.l2 - expected.l2) <= tolerance * expected.l2, "\(record.seed) \(tensor.name)")
            }
        }
    }

    #if DEBUG
    private let steps = 10  // A step costs 50 ms here.
    #else
    private let steps = 50
    #endif

    @Test func `50 steps stay in the envelope of PyTorch's`() throws {
        for record in try NetworkVectors.load().trajectories {
            var configuration = Configuration(.layernorm)
            configuration.duration = .steps(50)
            var training = try Training(configuration, seed: record.seed, on: notebookData(), in: Workspace())
            for i in 0..<steps {
                let step = training.step()
                let ours = try #require(step)
                let tolerance = max(1e-5, 10 * record.noise[i])
                for (value, expected) in zip([ours.loss] + ours.values, [record.loss[i]] + record.variances[i]) {
                    #expect(abs(value - expected) <= tolerance * expected, "seed \(record.seed) step \(i)")
                }
            }
        }
    }

    // Against double, and with a mean that leaves float32 few digits for the differences.
    @Test(arguments: [(3, 0), (16, 0), (100, 0), (100, 50), (1000, 0), (8192, 3)] as [(Int, Float)])
    func `an example is normalised to the last digits, in layers of any width`(_ width: Int, _ mean: Float) throws {
        let slab = Slab()
        let (x, y, norm) = try #require(
            slab.carve {
                (
                    $0.matrix(4, width), $0.matrix(4, width),
                    LayerNorm(columns: width, batchSize: 4, kernel: Kernel(instructionSet: .widest), from: &$0)
                )
            }
        )
        norm.initialize()
        var random = TorchGenerator(seed: 5)
        for row in 0..<4 {
            x.row(row).update(repeating: 1e9, count: x.paddedColumns)  // The padding does not count.
            for column in 0..<width { x.row(row)[column] = mean + random.uniform(-1, 1) }
        }
        norm.forward(x, rectified: y)
        for row in 0..<4 {
            let values = (0..<width).map { Double(x.row(row)[$0]) }
            let exactMean = values.reduce(0, +) / Double(width)
            let variance = values.reduce(0) { $0 + ($1 - exactMean) * ($1 - exactMean) } / Double(width)
            for column in 0..<width {
                let exact = max(0, (values[column] - exactMean) / (variance + 1e-5).squareRoot())
                // What is left is the rounding of the mean itself, half a unit in its last place.
                #expect(abs(Double(y.row(row)[column]) - exact) <= 5e-7 + 1.2e-7 * Double(mean))
            }
        }
    }

    @Test func `a batch of one is trained on`() throws {
        let data = try TrainingTests.oddData(examples: 27, validation: 4)
        let (records, _) = try TrainingTests.run(TrainingTests.oddConfiguration(.layernorm, steps: 6), on: data)
        #expect(records.count == 6)
        #expect(records.allSatisfy { $0.loss.isFinite })
        #expect(records[2].values.allSatisfy { $0 == 0 })
    }
}
