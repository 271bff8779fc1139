import Testing

@testable import Runner

/// What is measured at the layers, against PyTorch's hooks and autograd in double precision.
@Suite struct MeasureTests {
    struct Vectors: Decodable {
        struct Record: Decodable {
            let architecture: String
            let seed: UInt32
            let blocks: Int
            let width: Int
            let batch_size: Int
            let step: Int
            let measures: [String: [Double]]
        }
        let records: [Record]
    }

    private static let all = Set(Measure.allCases)

    @Test func `all measures agree with PyTorch's`() throws {
        let vectors: Vectors = try fixture("measures")
        let workspace = Workspace()
        for record in vectors.records {
            var configuration = Configuration(try #require(Architecture(rawValue: record.architecture)))
            configuration.blocks = record.blocks
            configuration.width = record.width
            configuration.batchSize = record.batch_size
            configuration.duration = .steps(record.step + 1)
            configuration.recordEvery = 1000
            var training = try Training(
                configuration,
                seed: record.seed,
                on: notebookData(),
                in: workspace,
                recording: Self.all
            )
            var last: StepRecord?
            while !training.isFinished { last = training.step() }
            let values = try #require(last).values
            for measure in Measure.allCases {
                let expected = try #require(record.measures[measure.rawValue])
                let ours = training.layers.indices.filter { training.layers[$0].measure == measure }.map { values[$0] }
                #expect(ours.count == expected.count)
                for (value, expected) in zip(ours, expected) {
                    let place = "\(record.architecture) \(record.seed) step \(record.step) \(measure.rawValue)"
                    #expect(abs(Double(value) - expected) <= 1e-5 * expected, "\(place): \(value), \(expected)")
                }
            }
        }
    }

    @Test(arguments: Architecture.allCases)
    func `what is measured changes nothing, and each value is the same alone`(_ architecture: Architecture) throws {
        let (configuration, data) = (
            TrainingTests.oddConfiguration(architecture, steps: 6), try TrainingTests.oddData()
        )
        func run(_ measures: Set<Measure>) throws -> (layers: [Layer], values: [[Float]], digest: String) {
            var training = try Training(configuration, seed: 2, on: data, in: Workspace(), recording: measures)
            var values: [[Float]] = []
            while !training.isFinished { if let record = training.step() { values.append(record.values) } }
            let digest = training.result().finalWeightsDigest
            return (training.layers, values, digest)
        }
        let together = try run(Self.all)
        for measure in Measure.allCases {
            let alone = try run([measure])
            #expect(alone.digest == together.digest)
            let places = together.layers.indices.filter { together.layers[$0].measure == measure }
            #expect(alone.layers == places.map { together.layers[$0] })
            #expect(alone.values == together.values.map { values in places.map { values[$0] } })
        }
        #expect(try run([]).digest == together.digest)
    }

    @Test(arguments: Architecture.allCases)
    func `all instruction sets measure the same bits`(_ architecture: Architecture) throws {
        let (configuration, data) = (
            TrainingTests.oddConfiguration(architecture, steps: 4), try TrainingTests.oddData()
        )
        let runs = try InstructionSet.available.map { set in
            var training = try Training(
                configuration,
                seed: 0,
                on: data,
                in: Workspace(instructionSet: set),
                recording: Self.all
            )
            var bits: [UInt32] = []
            while !training.isFinished { bits += training.step()?.values.map(\.bitPattern) ?? [] }
            return bits
        }
        #expect(runs.allSatisfy { $0 == runs[0] && !$0.isEmpty })
    }

    @Test func `layers come measure by measure, dead units only where a relu follows`() {
        var configuration = Configuration(.batchnorm)
        configuration.blocks = 2
        let layers = configuration.layers(recording: [.deadShare, .secondMoment])
        let names = layers.map { "\($0.measure.rawValue) \($0.shortName)" }
        #expect(
            names == [
                "second_moment input", "second_moment preactivation", "second_moment residual1",
                "second_moment residual2", "dead_share preactivation", "dead_share residual1",
            ]
        )
        #expect(layers.map(\.position) == [0, 1, 2, 3, 1, 2])
        #expect(layers.map(\.afterNorm) == [false, false, false, true, false, false])
        #expect(configuration.layers(recording: []).isEmpty)
    }

    @Test func `measures are read with a hyphen or an underscore`() {
        #expect(Measure.allCases.allSatisfy { Measure(word: $0.word) == $0 })
        #expect(Measure(word: "second_moment") == .secondMoment)
        #expect(["population_mean", "Variance", ""].allSatisfy { Measure(word: $0) == nil })
    }

    @Test(arguments: InstructionSet.available)
    func `a unit that is not a number is not dead`(_ set: InstructionSet) throws {
        let slab = Slab()
        let (h, statistics) = try #require(
            slab.carve { ($0.matrix(5, 20), BatchStatistics(columns: 20, from: &$0)) }
        )
        h.row(4)[3] = 1
        h.row(0)[19] = .nan
        let share = statistics.deadShare(ofRectified: h, with: Kernel(instructionSet: set))
        #expect(share == 0.9)
    }
}
