import Foundation
import Testing

/// The reference values of `Fixtures/make_statistics.py`.
struct StatisticsVectors: Decodable {
    struct Tail: Decodable {
        let df: Double
        let t: Double
        let p: Double
    }
    struct Quantile: Decodable {
        let df: Double
        let share: Double
        let t: Double
    }
    struct Summary: Decodable {
        let values: [Double]
        let n: Int
        let mean: Double?
        let sd: Double?
        let median: Double?
        let min: Double?
        let max: Double?
        let non_finite: Int
        let non_positive: Int
    }
    struct Comparison: Decodable {
        let name: String
        let a: [Double]
        let b: [Double]
        let count: Int
        let ratio: Double?
        let low: Double?
        let high: Double?
        let p: Double?
        let effect: Double?
    }
    struct Adjustment: Decodable {
        let p: [Double?]
        let adjusted: [Double?]
    }
    struct Growth: Decodable {
        let name: String
        let seeds: [[Double]]
        let count: Int
        let left_out: Int
        let factor: Double
        let factor_low: Double
        let factor_high: Double
        let increment: Double
        let increment_low: Double
        let increment_high: Double
        let model: String
    }
    struct Band: Decodable {
        let name: String
        let earlier: [Double]
        let low: Double
        let high: Double
    }
    let tails: [Tail]
    let quantiles: [Quantile]
    let summaries: [Summary]
    let paired: [Comparison]
    let unpaired: [Comparison]
    let adjustments: [Adjustment]
    let growths: [Growth]
    let bands: [Band]

    static func load() throws -> StatisticsVectors {
        let url = try #require(Bundle.module.url(forResource: "Fixtures/statistics", withExtension: "json"))
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Infinity",
            negativeInfinity: "-Infinity",
            nan: "NaN"
        )
        return try decoder.decode(StatisticsVectors.self, from: Data(contentsOf: url))
    }
}

/// Whether two numbers agree to a relative tolerance, or are both missing.
func agree(_ value: Double?, _ reference: Double?, within tolerance: Double = 1e-9) -> Bool {
    guard let value, let reference else { return value == nil && reference == nil }
    return abs(value - reference) <= tolerance * abs(reference)
}

/// Normal and log-normal numbers that are the same in every run of the tests.
///
/// SplitMix64 (G. L. Steele, D. Lea and C. H. Flood, OOPSLA 2014) and the transformation of G. E. P. Box and M. E. Muller
/// (Annals of Mathematical Statistics 29, 1958).
struct NormalGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func normal() -> Double {
        (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform())
    }

    private mutating func uniform() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((word ^ (word >> 31)) >> 11) * 0x1p-53
    }
}
