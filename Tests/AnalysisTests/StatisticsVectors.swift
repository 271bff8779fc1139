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
        let geometric_mean: Double?
        let non_finite: Int
        let non_positive: Int
    }
    struct Contrast: Decodable {
        let name: String
        let scale: String
        let a: [Double]
        let b: [Double]
        let count: Int
        let estimate: Double?
        let low: Double?
        let high: Double?
        let p: Double?
        let effect: Double?
        let equal_within: Double?
        let detectable: Double?
    }
    struct Noncentral: Decodable {
        let df: Double
        let delta: Double
        let t: Double
        let outside: Double
    }
    struct Powers: Decodable {
        struct Delta: Decodable {
            let df: Double
            let delta: Double
        }
        struct Paired: Decodable {
            let effect: Double
            let n: Int
        }
        struct Independent: Decodable {
            let difference: Double
            let a: Double
            let b: Double
            let n: Int
        }
        let deltas: [Delta]
        let effects: [Paired]
        let paired: [Paired]
        let independent: [Independent]
    }
    struct Adjustment: Decodable {
        let p: [Double?]
        let adjusted: [Double?]
    }
    struct Growth: Decodable {
        let name: String
        let seeds: [[Double]]
        let blocks: [Int]
        let count: Int
        let left_out: Int
        let factor: Double
        let factor_low: Double
        let factor_high: Double
        let increment: Double
        let increment_low: Double
        let increment_high: Double
        let first_factor: Double
        let last_factor: Double
        let shape: Double?
        let shape_low: Double?
        let shape_high: Double?
        let model: String?
    }
    let tails: [Tail]
    let quantiles: [Quantile]
    let summaries: [Summary]
    let paired: [Contrast]
    let unpaired: [Contrast]
    let adjustments: [Adjustment]
    let noncentral: [Noncentral]
    let powers: Powers
    let growths: [Growth]

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
