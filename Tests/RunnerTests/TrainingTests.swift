import Storage
import Testing

@testable import Runner

@Suite struct TrainingTests {
    /// Everything odd: no size a multiple of a vector, and a short last batch.
    static func oddData(examples: Int = 47, validation: Int = 0) throws -> Dataset {
        var random = TorchGenerator(seed: 8)
        let splits = [examples, validation].map { count in
            Dataset.Split(
                inputs: (0..<count * 7).map { _ in random.uniform(-1, 1) },
                labels: (0..<count).map { _ in Int64(random.word() % 19) }
            )
        }
        return try Dataset(features: 7, training: splits[0], validation: splits[1])
    }

    static func oddConfiguration(_ architecture: Architecture, steps: Int = 24) -> Configuration {
        var configuration = Configuration(architecture)
        configuration.blocks = 2
        configuration.width = 37
        configuration.batchSize = 13
        configuration.duration = .steps(steps)
        return configuration
    }

    /// All records and the final digest of a run.
    static func run(
        _ configuration: Configuration,
        seed: UInt32 = 0,
        on dataset: Dataset,
        in workspace: Workspace = Workspace()
    ) throws -> (records: [StepRecord], result: TrainingResult) {
        var training = try Training(configuration, seed: seed, on: dataset, in: workspace)
        var records: [StepRecord] = []
        while !training.isFinished { if let record = training.step() { records.append(record) } }
        return (records, training.result())
    }

    @Test(arguments: Architecture.allCases)
    func `all instruction sets give the same bits`(_ architecture: Architecture) throws {
        let odd = Self.oddConfiguration(architecture)
        var notebook = Configuration(architecture)
        notebook.duration = .steps(2)
        for (configuration, data) in [(odd, try Self.oddData()), (notebook, try notebookData())] {
            let runs = try InstructionSet.available.map {
                try Self.run(configuration, on: data, in: Workspace(instructionSet: $0))
            }
            for run in runs {
                #expect(run.records == runs[0].records)
                #expect(run.result.finalWeightsDigest == runs[0].result.finalWeightsDigest)
            }
        }
    }

    // If one of these changes, `Version.numerics` must be raised.
    @Test(arguments: [
        (Architecture.plain, "67a7c44a332b9256c2c52e8318bf670da632e614e5c6b740f89e38dc28ead806"),
        (.batchnorm, "d25d0b39d799affc661743de8f8c51079b68cfdba67446f951224209f33f50d3"),
        (.branchnorm, "397fba407ebbf06109ad42df5e565a590a1aa711a6b94110299b588fe311703e"),
        (.layernorm, "f23a41f07c6850393fc3f47246dc1668e8cd3c7f7f32d56aba30bd3c2f4b8221"),
    ])
    func `the bits of this version stay what they are`(_ architecture: Architecture, _ digest: String) throws {
        let (_, result) = try Self.run(Self.oddConfiguration(architecture), on: Self.oddData())
        #expect(result.finalWeightsDigest == digest)
        #expect(Version.numerics == 1)
    }

    @Test func `a workspace carries nothing from run to run`() throws {
        let data = try Self.oddData()
        let workspace = Workspace()
        for architecture in Architecture.allCases {
            // Leaves NaN wherever a run can leave something.
            var diverging = Self.oddConfiguration(architecture)
            diverging.learningRate = 1000
            diverging.width = 41
            _ = try Self.run(diverging, on: data, in: workspace)
            diverging.width = 37
            _ = try Self.run(diverging, on: data, in: workspace)

            let configuration = Self.oddConfiguration(architecture)
            let used = try Self.run(configuration, on: data, in: workspace)
            let fresh = try Self.run(configuration, on: data)
            #expect(used.records == fresh.records)
            #expect(used.result.finalWeightsDigest == fresh.result.finalWeightsDigest)
        }
    }

    @Test func `a second run beside the first gets memory of its own`() throws {
        let data = try Self.oddData()
        let configuration = Self.oddConfiguration(.plain)
        let workspace = Workspace()
        var first = try Training(configuration, seed: 0, on: data, in: workspace)
        var second = try Training(configuration, seed: 1, on: data, in: workspace)
        while !first.isFinished {
            _ = first.step()
            _ = second.step()
        }
        let alone = try Self.run(configuration, on: data)
        let firstDigest = first.result().finalWeightsDigest
        #expect(firstDigest == alone.result.finalWeightsDigest)
        let secondDigest = second.result().finalWeightsDigest
        #expect(secondDigest != firstDigest)
    }

    @Test(arguments: [(1, 0..<24), (5, 0..<24), (23, 0..<24), (1000, 0..<24)])
    func `every K-th step is recorded, the first and the last always`(_ every: Int, _ steps: Range<Int>) throws {
        var configuration = Self.oddConfiguration(.batchnorm)
        configuration.recordEvery = every
        let all = try Self.run(Self.oddConfiguration(.batchnorm), on: Self.oddData())
        let some = try Self.run(configuration, on: Self.oddData())
        #expect(some.records == all.records.filter { $0.step % every == 0 || $0.step == 23 })
        #expect(some.result.finalWeightsDigest == all.result.finalWeightsDigest)
        #expect(some.result.lastStep == 23)
    }

    @Test func `an epoch is all batches, and a batch may be larger than the data`() throws {
        var configuration = Self.oddConfiguration(.branchnorm)
        configuration.duration = .epochs(3)
        #expect(try Self.run(configuration, on: Self.oddData()).records.count == 12)
        configuration.batchSize = 1000
        #expect(try Self.run(configuration, on: Self.oddData()).records.count == 3)
    }

    @Test func `architectures of a seed share initial weights and batches`() throws {
        let results = try Architecture.allCases.map {
            try Self.run(Self.oddConfiguration($0), seed: 4, on: Self.oddData()).result
        }
        #expect(Set(results.map(\.initialWeightsDigest)).count == 1)
        #expect(Set(results.map(\.batchOrderDigest)).count == 1)
        #expect(Set(results.map(\.finalWeightsDigest)).count == Architecture.allCases.count)
    }

    @Test(arguments: Initialization.allCases)
    func `runs that share what is drawn are what they are alone`(_ initialization: Initialization) async throws {
        let data = try Self.oddData()
        let drawn = DrawnWeights()
        // More seeds than are kept, and each asked for by several threads at once.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seed in 0..<20 as Range<UInt32> {
                for architecture in Architecture.allCases {
                    group.addTask {
                        var configuration = Self.oddConfiguration(architecture, steps: 2)
                        configuration.initialization = initialization
                        let workspace = Workspace(sharing: drawn)
                        let shared = try Self.run(configuration, seed: seed, on: data, in: workspace)
                        let alone = try Self.run(configuration, seed: seed, on: data)
                        #expect(shared.records == alone.records)
                        #expect(shared.result.initialWeightsDigest == alone.result.initialWeightsDigest)
                        #expect(shared.result.finalWeightsDigest == alone.result.finalWeightsDigest)
                        #expect(shared.result.batchOrderDigest == alone.result.batchOrderDigest)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `networks that draw differently share nothing`() throws {
        let data = try Self.oddData()
        let workspace = Workspace(sharing: DrawnWeights())
        var configurations = [Self.oddConfiguration(.plain, steps: 1)]
        var other = configurations[0]
        other.width = 38
        configurations.append(other)
        other.blocks = 3
        configurations.append(other)
        other.initialization = .heNormal
        configurations.append(other)
        for configuration in configurations {
            let shared = try Self.run(configuration, on: data, in: workspace).result
            #expect(try shared.initialWeightsDigest == Self.run(configuration, on: data).result.initialWeightsDigest)
        }
    }
}
