import Foundation
import Testing

@testable import Runner

/// Normal numbers and initial weights against PyTorch's.
@Suite struct InitializationTests {
    struct Vectors: Decodable {
        struct Normals: Decodable {
            let seed: UInt32
            let deviation: Double
            let sizes: [Int]
            let first8_bits: [String]
            let sha256: String
            let next_word: UInt32
        }
        struct Model: Decodable {
            let seed: UInt32
            let initialization: String
            let features: Int
            let width: Int
            let blocks: Int
            let classes: Int
            let first4_bits: [[String]]
            let sha256: String
            let next_word: UInt32
        }
        struct Deviation: Decodable {
            let inputs: Int
            let outputs: Int
            let he_normal_bits64: String
            let xavier_bound_bits64: String
        }
        let normals: [Normals]
        let models: [Model]
        let deviations: [Deviation]
    }

    let vectors: Vectors

    init() throws { vectors = try fixture("initialization") }

    @Test(arguments: InstructionSet.available)
    func `normal draws equal PyTorch's to the bit`(_ instructionSet: InstructionSet) throws {
        for record in vectors.normals {
            var generator = TorchGenerator(seed: record.seed)
            var values: [Float] = []
            for size in record.sizes {
                var tensor = [Float](repeating: .nan, count: size)
                generator.normal(
                    deviation: record.deviation,
                    count: size,
                    kernel: Kernel(instructionSet: instructionSet)
                ) { place, run in
                    for (i, value) in run.enumerated() { tensor[place + i] = value }
                }
                values += tensor
            }
            #expect(try values.prefix(8).map(\.bitPattern) == record.first8_bits.map { try float(bits: $0).bitPattern })
            #expect(digest(of: values) == record.sha256, "\(record.sizes.prefix(12))")
            #expect(generator.word() == record.next_word)
        }
    }

    @Test(arguments: InstructionSet.available)
    func `initial weights of every initialisation equal PyTorch's to the bit`(_ instructionSet: InstructionSet) throws {
        for record in vectors.models {
            var configuration = Configuration()
            configuration.width = record.width
            configuration.blocks = record.blocks
            let slab = Slab()
            let carved = slab.carve { carver in
                ResidualNetwork(
                    configuration,
                    features: record.features,
                    classes: record.classes,
                    batchSize: 1,
                    instructionSet: instructionSet,
                    from: &carver
                )
            }
            let network = try #require(carved)
            var generator = TorchGenerator(seed: record.seed)
            network.initialize(try #require(Initialization(rawValue: record.initialization)), from: &generator)
            for (stage, bits) in zip(network.stages, record.first4_bits) {
                let expected = try bits.map { try float(bits: $0).bitPattern }
                #expect(stage.linear.weight.value.values.prefix(4).map(\.bitPattern) == expected)
            }
            let place = "\(record.initialization) \(record.width)"
            #expect(network.linearDigest() == record.sha256, "\(place)")
            #expect(generator.word() == record.next_word, "\(place)")
        }
    }

    @Test func `deviations equal PyTorch's to the bit`() throws {
        for record in vectors.deviations {
            let he = Linear.heDeviation(slope: 0, inputs: record.inputs)
            #expect(he == (try double(bits: record.he_normal_bits64)))
            let xavier = Linear.xavierDeviation(inputs: record.inputs, outputs: record.outputs)
            #expect(Linear.bound(deviation: xavier) == (try double(bits: record.xavier_bound_bits64)))
        }
    }

    @Test func `logarithm, sine and cosine in double are accurate to some units in the last place`() {
        var random = MersenneTwister(seed: 9)
        for _ in 0..<20_000 {
            let fraction = (Double(random.next()) + 0.5) * 0x1p-32
            for x in [fraction, 1 - fraction * 0x1p-20, fraction * 0x1p-20] {
                #expect(abs(x.logarithm - log(x)) <= 4e-16 * abs(log(x)))
            }
            let angle = 2 * Double.pi * fraction
            let (sine, cosine) = angle.sineAndCosine
            #expect(abs(sine - sin(angle)) <= 4e-16 * abs(sin(angle)))
            #expect(abs(cosine - cos(angle)) <= 4e-16 * abs(cos(angle)))
        }
        #expect(1.0.logarithm == 0)
        #expect(0.0.sineAndCosine == (0, 1))
    }
}
