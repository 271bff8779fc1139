import Crypto
import Foundation
import Testing

@testable import Runner

@Suite struct NumPyRandomTests {
    struct Vectors: Decodable {
        struct Seed: Decodable, CustomTestStringConvertible {
            let seed: UInt32
            let rand_bits: [String]
            let randn_bits: [String]
            let rand_10000_sha256: String
            let choice: [String: [UInt64]]
            let choice_big: [String: [String]]
            let permutation10: [Int]
            let permutation5000_first10: [Int]
            let permutation5000_sha256: String
            let mixed: [Call]
            var testDescription: String { "seed \(seed)" }
        }
        struct Call: Decodable {
            let op: String
            let bits: [String]
            let ints: [Int]
        }
        struct Extremes: Decodable {
            let sum_bits: String
            let max: Double
            let min: Double
        }
        let seeds: [Seed]
        let randn_42_100000: Extremes
    }

    static let seeds: [Vectors.Seed] = (try? fixture("numpy_random", as: Vectors.self).seeds) ?? []

    @Test func `the vectors hold six seeds`() {
        #expect(Self.seeds.count == 6)
    }

    @Test(arguments: seeds) func `doubles equal rand to the bit`(_ record: Vectors.Seed) throws {
        var random = NumPyRandom(seed: record.seed)
        let values = (0..<10_000).map { _ in random.double() }
        #expect(try values.prefix(record.rand_bits.count) == record.rand_bits.map(double(bits:))[...])
        #expect(sha256(values) == record.rand_10000_sha256)
    }

    @Test(arguments: seeds) func `normals equal randn but for the last place of the logarithm`(
        _ record: Vectors.Seed
    ) throws {
        var random = NumPyRandom(seed: record.seed)
        for bits in record.randn_bits {
            let expected = try double(bits: bits)
            let value = random.normal()
            #expect(abs(value - expected) <= expected.ulp)
        }
    }

    @Test func `a hundred thousand normals keep in step with randn`() throws {
        let expected = try fixture("numpy_random", as: Vectors.self).randn_42_100000
        var random = NumPyRandom(seed: 42)
        let values = (0..<100_000).map { _ in random.normal() }
        #expect(abs(try NumPy.sum(values[...]) - double(bits: expected.sum_bits)) < 1e-11)
        #expect(values.max().map { abs($0 - expected.max) <= expected.max.ulp } == true)
        #expect(values.min().map { abs($0 - expected.min) <= expected.min.ulp } == true)
    }

    @Test(arguments: seeds) func `integers equal choice for small and large bounds`(_ record: Vectors.Seed) throws {
        for (text, expected) in record.choice {
            var random = NumPyRandom(seed: record.seed)
            let bound = try #require(UInt64(text))
            #expect(expected.map { _ in random.integer(through: bound - 1) } == expected, "choice(\(text))")
        }
        for (text, expected) in record.choice_big {
            var random = NumPyRandom(seed: record.seed)
            let bound = try #require(UInt64(text))
            #expect(expected.map { _ in String(random.integer(through: bound - 1)) } == expected, "choice(\(text))")
        }
    }

    @Test(arguments: seeds) func `permutations equal permutation`(_ record: Vectors.Seed) {
        var random = NumPyRandom(seed: record.seed)
        #expect(random.permutation(10) == record.permutation10)
        random = NumPyRandom(seed: record.seed)
        let order = random.permutation(5000)
        #expect(Array(order.prefix(10)) == record.permutation5000_first10)
        #expect(sha256(order) == record.permutation5000_sha256)
    }

    @Test(arguments: seeds) func `the second normal of a pair survives other calls`(_ record: Vectors.Seed) throws {
        var random = NumPyRandom(seed: record.seed)
        for call in record.mixed {
            let bits = try call.bits.map(double(bits:))
            switch call.op {
            case "rand": #expect([random.double()] == bits)
            case "choice48": #expect([Int(random.integer(through: 47))] == call.ints)
            case "perm5": #expect(random.permutation(5) == call.ints)
            default:
                for expected in bits { #expect(abs(random.normal() - expected) <= expected.ulp) }
            }
        }
    }
}

/// The SHA-256 of numbers as they lie in memory, little-endian, in hexadecimal.
func sha256<Value: BitwiseCopyable>(_ values: [Value]) -> String {
    values.withUnsafeBytes { bytes in
        SHA256.hash(data: bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
