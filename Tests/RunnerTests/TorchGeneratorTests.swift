import Crypto
import Foundation
import Testing

@testable import Runner

@Suite struct TorchGeneratorTests {
    struct Words: Decodable {
        struct Record: Decodable {
            let low32: UInt32
            let int64_random: [String]
        }
        let seeds: [Record]
    }

    @Test func `int64 draws take the high word first and drop the sign`() throws {
        let words: Words = try fixture("mt19937")
        for record in words.seeds {
            var generator = TorchGenerator(seed: record.low32)
            #expect(record.int64_random.map { _ in String(generator.int64()) } == record.int64_random)
        }
    }

    struct Uniform: Decodable {
        struct Draw: Decodable {
            let seed: String
            let a_bits64: String
            let b_bits64: String
            let n: Int
            let first8_bits: [String]
            let sha256: String
        }
        struct Size: Decodable {
            let n: Int
            let sha256: String
        }
        struct Clamp: Decodable {
            let seed: UInt32
            let index: Int
            let in_1_2: String
            let in_0_1: String
            let in_m01_01: String
        }
        struct Bounds: Decodable {
            let fan_in: Int
            let he_bits64: String
            let default_weight_bits64: String
            let default_bias_bits64: String
        }
        let draws: [Draw]
        let sizes: [Size]
        let clamp: [Clamp]
        let bounds: [Bounds]
    }

    @Test func `uniform draws equal PyTorch's to the bit`() throws {
        let vectors: Uniform = try fixture("uniform")
        for draw in vectors.draws {
            let seed = try low32(draw.seed)
            let (a, b) = (try double(bits: draw.a_bits64), try double(bits: draw.b_bits64))
            var generator = TorchGenerator(seed: seed)
            var values = (0..<draw.n).map { _ in generator.uniform(a, b) }
            #expect(try values.prefix(8).map(\.bitPattern) == draw.first8_bits.map { try float(bits: $0).bitPattern })
            #expect(digest(of: values) == draw.sha256)
            guard a == -b else { continue }
            generator = TorchGenerator(seed: seed)
            values.withUnsafeMutableBufferPointer { values in
                guard let start = values.baseAddress else { return }
                generator.uniform(bound: b, into: start, count: values.count)
            }
            #expect(digest(of: values) == draw.sha256)
        }
        for size in vectors.sizes {
            var generator = TorchGenerator(seed: 7)
            #expect(digest(of: (0..<size.n).map { _ in generator.uniform(-0.25, 0.3) }) == size.sha256)
        }
    }

    @Test func `a draw that rounds to the upper bound becomes the lower bound`() throws {
        let vectors: Uniform = try fixture("uniform")
        for clamp in vectors.clamp {
            for (a, b, bits) in [(1.0, 2.0, clamp.in_1_2), (0, 1, clamp.in_0_1), (-0.1, 0.1, clamp.in_m01_01)] {
                var generator = TorchGenerator(seed: clamp.seed)
                generator.skip(words: clamp.index)
                #expect(generator.uniform(a, b) == (try float(bits: bits)))
            }
        }
    }

    @Test func `the bounds of the initialisers equal PyTorch's to the bit`() throws {
        let vectors: Uniform = try fixture("uniform")
        for bounds in vectors.bounds {
            let he = Linear.heDeviation(slope: 0, inputs: bounds.fan_in)
            #expect(Linear.bound(deviation: he) == (try double(bits: bounds.he_bits64)))
            let weight = Linear.heDeviation(slope: 5.0.squareRoot(), inputs: bounds.fan_in)
            #expect(Linear.bound(deviation: weight) == (try double(bits: bounds.default_weight_bits64)))
            #expect(1 / Double(bounds.fan_in).squareRoot() == (try double(bits: bounds.default_bias_bits64)))
        }
    }

    @Test(arguments: [0, 1, 623, 624, 625, 5000])
    func `skipping words equals drawing them, and so does drawing in bulk`(count: Int) {
        var one = MersenneTwister(seed: 3)
        var skipping = one
        var bulk = one
        let words = (0..<count).map { _ in one.next() }
        skipping.skip(count)
        var same = true
        bulk.forEach(count) { same = same && words[$0] == $1 }
        #expect(same)
        let next = one.next()
        #expect(skipping.next() == next)
        #expect(bulk.next() == next)
    }
}

/// What PyTorch keeps of a decimal seed.
func low32(_ seed: String) throws -> UInt32 {
    UInt32(truncatingIfNeeded: try #require(Int64(seed) ?? UInt64(seed).map(Int64.init(bitPattern:))))
}

/// The SHA-256 of the elements' bytes, as the vectors give it.
func digest<Element: BitwiseCopyable>(of values: [Element]) -> String {
    values.withUnsafeBytes { SHA256.hash(data: $0).hex }
}
