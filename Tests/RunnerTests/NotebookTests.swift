import Testing

@testable import Runner

/// One step of the three networks against PyTorch, seeds 0 to 9.
@Suite struct NotebookTests {
    struct Nets: Decodable {
        struct Weight: Decodable {
            let name: String
            let shape: [Int]
            let sha256: String
        }
        struct Batch: Decodable {
            let first20: [Int64]
            let sha256: String
        }
        struct Summary: Decodable {
            let mean: Double
            let l2: Double
            let rms: Double
        }
        struct Norm: Decodable {
            let running_mean: Summary
            let running_var: Summary
            let num_batches_tracked: Int64
        }
        struct Tolerance: Decodable {
            let variances: Float
            let loss: Float
            let running: Double
            let matrices: Double
            let vectors: Double
        }
        struct Record: Decodable {
            let seed: UInt32
            let arch: String
            let constructor_sha256: [String: String]
            let weights: [Weight]
            let batch: Batch
            let variances: [Float]
            let loss: Float
            let after_step: [String: Summary]
            let batchnorm: [String: Norm]
            let zero_gradient: [String]
            let zero_running_mean: [String]
            let tolerance: Tolerance
        }
        let records: [Record]
    }

    let records: [Nets.Record]

    init() throws {
        let nets: Nets = try fixture("nets")
        records = nets.records
    }

    @Test func `weights as constructed equal PyTorch's to the bit`() throws {
        for record in records {
            let slab = Slab()
            let network = try #require(Architecture(vector: record.arch).network(in: slab))
            var generator = TorchGenerator(seed: record.seed)
            for (index, stage) in network.stages.enumerated() {
                stage.linear.drawConstruction(&generator)
                let name = "linear\(index + 1)"
                #expect(digest(of: stage.linear.weight.value.values) == record.constructor_sha256["\(name).weight"])
                #expect(digest(of: stage.linear.bias.value.values) == record.constructor_sha256["\(name).bias"])
            }
        }
    }

    @Test func `initial weights and batches equal PyTorch's to the bit`() throws {
        for record in records {
            let (_, result) = try run(record)
            let tensors = try #require(result.initialTensors)
            #expect(tensors.filter { $0.name.hasPrefix("linear") && $0.shape.count == 2 }.count == record.weights.count)
            for weight in record.weights {
                let tensor = try #require(tensors.first { $0.name == weight.name })
                #expect(tensor.shape == weight.shape)
                #expect(digest(of: tensor.bytes) == weight.sha256)
            }
            #expect(result.batchOrderDigest == record.batch.sha256)
        }
    }

    @Test func `variances and loss of the first step agree with PyTorch's`() throws {
        for record in records {
            let (step, _) = try run(record)
            #expect(step.values.count == 7)
            // No matrix product comes before it, so here the bits of NumPy can be had.
            #expect(step.values[0] == record.variances[0])
            for (ours, theirs) in zip(step.values, record.variances) {
                #expect(abs(ours - theirs) <= record.tolerance.variances * theirs, "\(record.arch) \(record.seed)")
            }
            #expect(abs(step.loss - record.loss) <= record.tolerance.loss * record.loss)
        }
    }

    @Test func `parameters after the first update agree with PyTorch's`() throws {
        for record in records {
            let (_, result) = try run(record)
            for tensor in try #require(result.finalTensors) {
                guard let expected = record.after_step[tensor.name] else { continue }
                let summary = Summary(tensor.floats)
                if record.zero_gradient.contains(tensor.name) {
                    #expect(summary.rms < 1e-6, "\(tensor.name)")
                    continue
                }
                let isMatrix = tensor.shape.count == 2
                let tolerance = isMatrix ? record.tolerance.matrices : record.tolerance.vectors
                #expect(abs(summary.mean - expected.mean) <= tolerance * expected.rms, "\(tensor.name)")
                #expect(abs(summary.l2 - expected.l2) <= tolerance * expected.l2, "\(tensor.name)")
            }
        }
    }

    @Test func `running statistics after the first step agree with PyTorch's`() throws {
        for record in records {
            let (_, result) = try run(record)
            let tensors = try #require(result.finalTensors)
            for (name, expected) in record.batchnorm {
                let mean = Summary(try #require(tensors.first { $0.name == "\(name).running_mean" }).floats)
                let variance = Summary(try #require(tensors.first { $0.name == "\(name).running_var" }).floats)
                if record.zero_running_mean.contains(name) {
                    #expect(mean.rms < 1e-6)
                } else {
                    #expect(abs(mean.mean - expected.running_mean.mean) <= record.tolerance.running * mean.rms)
                    #expect(abs(mean.l2 - expected.running_mean.l2) <= record.tolerance.running * mean.l2)
                }
                #expect(abs(variance.mean - expected.running_var.mean) <= record.tolerance.running * variance.rms)
                #expect(abs(variance.l2 - expected.running_var.l2) <= record.tolerance.running * variance.l2)
                let count = try #require(tensors.first { $0.name == "\(name).num_batches_tracked" })
                #expect(count.dtype == .int64 && count.shape == [])
                #expect(count.bytes == [1, 0, 0, 0, 0, 0, 0, 0])
            }
        }
    }

    @Test func `the state's names and order are those of PyTorch's modules`() throws {
        let names = try Dictionary(
            uniqueKeysWithValues: Architecture.allCases.map { architecture in
                var training = try Training(Configuration(architecture), seed: 0, on: notebookData(), in: Workspace())
                _ = training.step()
                return (architecture, training.result().finalTensors?.map(\.name))
            }
        )
        let norm = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"]
        func linear(_ j: Int) -> [String] { ["linear\(j).weight", "linear\(j).bias"] }
        func batchnorm(_ j: Int) -> [String] { norm.map { "batchnorm\(j).\($0)" } }
        #expect(names[.plain] == (1...7).flatMap(linear))
        #expect(names[.batchnorm] == (1...7).flatMap { batchnorm($0) + linear($0) })
        #expect(names[.branchnorm] == linear(1) + (2...6).flatMap { batchnorm($0) + linear($0) } + linear(7))
        func layernorm(_ j: Int) -> [String] { ["layernorm\(j).weight", "layernorm\(j).bias"] }
        #expect(names[.layernorm] == linear(1) + (2...6).flatMap { layernorm($0) + linear($0) } + linear(7))
    }

    private func run(_ record: Nets.Record) throws -> (StepRecord, TrainingResult) {
        var training = try Training(
            Configuration(Architecture(vector: record.arch)),
            seed: record.seed,
            on: notebookData(),
            in: Workspace(),
            keeping: [.initial, .final]
        )
        let step = training.step()
        return (try #require(step), training.result())
    }
}

/// Mean, Euclidean norm and root mean square, by which the vectors describe a tensor.
struct Summary {
    let mean: Double
    let l2: Double
    let rms: Double

    init(_ values: [Float]) {
        let squares = values.reduce(0) { $0 + Double($1) * Double($1) }
        mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
        l2 = squares.squareRoot()
        rms = (squares / Double(values.count)).squareRoot()
    }
}
