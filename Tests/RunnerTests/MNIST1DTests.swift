import Foundation
import Testing

@testable import Runner

@Suite struct MNIST1DTests {
    struct Vectors: Decodable {
        struct Arguments: Decodable {
            let seed: Int?
            let num_samples: Int?
            let shuffle_seq: Bool?
            let train_split: Double?
            let final_seq_length: Int?
            let max_translation: Int?
            let padding: [Int]?
        }
        struct Record: Decodable {
            let args: Arguments?
            let x_f32_sha256: String
            let x_test_f32_sha256: String
            let y_i64_sha256: String
            let y_test_i64_sha256: String
            let shape: [Int]
            let shape_test: [Int]
            let x_row0_f32_bits: [String]
            let y_first20: [Int64]
        }
        struct Templates: Decodable {
            let x_bits64: [String]
        }
        struct Official: Decodable {
            let templates: Templates
        }
        let official: Official
        let generated: [Record]
    }

    /// The package's own file, beside the repository where it is at hand; it is not part of it.
    static let officialFile = URL(filePath: #filePath)
        .deletingLastPathComponent().appending(path: "../../../shared/data/mnist1d_data.pkl").standardizedFileURL

    @Test(arguments: 0..<5) func `generated data equal the Python package's in every float32 and label`(
        _ index: Int
    ) throws {
        let record = try fixture("mnist1d", as: Vectors.self).generated[index]
        let dataset = try generator(record.args).generate()
        let (training, validation) = (dataset.training, dataset.validation)
        #expect([training.examples, dataset.features] == record.shape)
        #expect([validation.examples, dataset.features] == record.shape_test)
        #expect(try training.inputs.prefix(dataset.features) == record.x_row0_f32_bits.map(float(bits:))[...])
        #expect(training.labels.prefix(20) == record.y_first20[...])
        #expect(sha256(training.inputs) == record.x_f32_sha256)
        #expect(sha256(validation.inputs) == record.x_test_f32_sha256)
        #expect(sha256(training.labels) == record.y_i64_sha256)
        #expect(sha256(validation.labels) == record.y_test_i64_sha256)
        #expect(dataset.classes == 10)
    }

    @Test func `the templates equal the official file's to the bit`() throws {
        let expected = try fixture("mnist1d", as: Vectors.self).official.templates.x_bits64.map(double(bits:))
        #expect(MNIST1D.normalizedTemplates.flatMap { $0 } == expected)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: officialFile.path), "the official file is not here"))
    func `the defaults equal the official file: doubles within 1e-15, the dataset exactly`() throws {
        let bytes = try File.read(Self.officialFile.path)
        let official = try Pickle(bytes)
        let (values, labels) = MNIST1D().generateDoubles()
        let expected =
            try #require(try official.array(named: "x")).doubles
            + #require(try official.array(named: "x_test")).doubles
        #expect(values.count == expected.count)
        #expect(zip(values, expected).allSatisfy { abs($0 - $1) <= 1e-15 })
        let (dataset, digest) = try DatasetFile.read(path: Self.officialFile.path)
        #expect(digest == "e95257676e9fb04568e46dda007da22cc8664ccba1451456afde55d7f6dd6aa5")
        #expect(dataset.training.inputs + dataset.validation.inputs == values.map(Float.init))
        #expect(dataset.training.labels + dataset.validation.labels == labels)
    }

    @Test func `arguments are listed by their Python names in the package's order`() {
        let list = MNIST1D().arguments.map { "\($0.name)=\($0.json)" }.joined(separator: " ")
        #expect(
            list == "num_samples=5000 train_split=0.8 template_len=12 padding=[36, 60] scale_coeff=0.4 "
                + "max_translation=48 corr_noise_scale=0.25 iid_noise_scale=0.02 shear_scale=0.75 "
                + "shuffle_seq=false final_seq_length=40 seed=42"
        )
    }

    typealias Change = @Sendable (inout MNIST1D) -> Void
    static let refused: [(Change, String)] = [
        ({ $0.numSamples = 9 }, "num_samples is 9: it must lie in 10 to 1000000"),
        ({ $0.trainSplit = .nan }, "train_split is nan: it must lie in 0.0 to 1.0"),
        ({ $0.trainSplit = 0.0001 }, "train_split is 0.0001: of 5000 examples at least 1 must be for training"),
        ({ $0.templateLen = 1 }, "template_len is 1: it must lie in 2 to 10000"),
        (
            { $0.padding = [60, 36] },
            "padding is [60, 36]: it must be two numbers from 0 to 10000, the lower one first"
        ),
        ({ $0.padding = [] }, "padding is []: it must be two numbers from 0 to 10000, the lower one first"),
        ({ $0.scaleCoeff = .infinity }, "scale_coeff is inf: it must lie in -1000000.0 to 1000000.0"),
        ({ $0.maxTranslation = 0 }, "max_translation is 0: it must lie in 1 to 1000000"),
        ({ $0.corrNoiseScale = 2e6 }, "corr_noise_scale is 2000000.0: it must lie in -1000000.0 to 1000000.0"),
        ({ $0.iidNoiseScale = -.infinity }, "iid_noise_scale is -inf: it must lie in -1000000.0 to 1000000.0"),
        ({ $0.shearScale = .nan }, "shear_scale is nan: it must lie in -1000000.0 to 1000000.0"),
        ({ $0.finalSeqLength = 65_537 }, "final_seq_length is 65537: it must lie in 1 to 65536"),
        ({ $0.seed = -1 }, "seed is -1: it must lie in 0 to 4294967295"),
        ({ $0.seed = 4_294_967_296 }, "seed is 4294967296: it must lie in 0 to 4294967295"),
        (
            {
                $0.numSamples = 1_000_000; $0.finalSeqLength = 101
            },
            "num_samples times final_seq_length is 101000000: at most 100000000 are possible"
        ),
    ]

    @Test(arguments: refused.indices)
    func `an argument out of bounds is refused by name, value and range`(_ index: Int) {
        var generator = MNIST1D()
        Self.refused[index].0(&generator)
        #expect(throws: DataError(Self.refused[index].1)) { try generator.generate() }
    }

    @Test func `arguments at their bounds give datasets`() throws {
        var generator = MNIST1D()
        generator.numSamples = 19
        generator.trainSplit = 1
        generator.templateLen = 2
        generator.padding = [0, 0]
        generator.maxTranslation = 1_000_000
        generator.seed = 4_294_967_295
        generator.finalSeqLength = 1
        let dataset = try generator.generate()
        #expect(dataset.training.examples == 10 && dataset.validation.examples == 0)
        #expect(dataset.features == 1)
    }

    private func generator(_ arguments: Vectors.Arguments?) -> MNIST1D {
        var generator = MNIST1D()
        if let seed = arguments?.seed { generator.seed = seed }
        if let count = arguments?.num_samples { generator.numSamples = count }
        if let shuffled = arguments?.shuffle_seq { generator.shuffleSeq = shuffled }
        if let split = arguments?.train_split { generator.trainSplit = split }
        if let length = arguments?.final_seq_length { generator.finalSeqLength = length }
        if let places = arguments?.max_translation { generator.maxTranslation = places }
        if let padding = arguments?.padding { generator.padding = padding }
        return generator
    }
}

extension NumPyArray {
    /// The elements as doubles, whatever their type.
    var doubles: [Double] {
        elements { bits in
            switch element.scalar {
            case .float64: Double(bitPattern: bits)
            case .float32: Double(Float(bitPattern: UInt32(bits)))
            case .int64: Double(Int64(bitPattern: bits))
            case .int32: Double(Int32(truncatingIfNeeded: bits))
            case .uint8, .bool: Double(bits)
            }
        }
    }
}
