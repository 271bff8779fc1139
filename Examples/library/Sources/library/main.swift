// Uses Varve as a library: records runs, then asks questions about them. Takes the store's path; varve.db otherwise.
//
// The runs send noise through five random linear layers whose weights are a little too large, so the variance grows from
// layer to layer: faster with the greater gain.
import Analysis
import Questions
import Storage

let width = 16
let examples = 50
let layers = (1...5).map { LayerPlace(name: "linear\($0)", position: $0 - 1, measure: LayerPlace.populationMean) }

/// Roughly normal numbers of a seed: sums of twelve uniform ones, from a linear congruential generator.
struct Noise {
    var state: UInt64

    mutating func next() -> Float {
        (0..<12).reduce(-6) { sum, _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return sum + Float(state >> 40) / Float(1 << 24)
        }
    }
}

/// The population variance (divisor N) of each unit over the examples, averaged over the units.
func variance(_ units: [[Float]]) -> Float {
    let variances = units.map { unit in
        let mean = unit.reduce(0, +) / Float(unit.count)
        return unit.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(unit.count)
    }
    return variances.reduce(0, +) / Float(variances.count)
}

func record(_ architecture: String, gain: Float, seed: Int64, with recorder: inout Recorder) throws {
    var run = NewRun()
    run.experiment = "examples"
    run.architecture = architecture
    run.seed = seed
    run.params = [("width", .integer(Int64(width)))]
    run.tags = [("note", "recorded by Examples/library")]
    var noise = Noise(state: UInt64(seed) &+ 1)
    let open = try recorder.start(run, layers: layers)
    for step in 0..<3 {
        var units = (0..<width).map { _ in (0..<examples).map { _ in noise.next() } }
        var variances: [Float] = []
        for _ in layers {
            units = (0..<width).map { _ in
                let weights = (0..<width).map { _ in noise.next() * gain / Float(width).squareRoot() }
                return (0..<examples).map { example in
                    zip(weights, units).reduce(0) { $0 + $1.0 * $1.1[example] }
                }
            }
            variances.append(variance(units))
        }
        try recorder.log(open, step: step, variances: variances)
        try recorder.log(open, step: step, metric: "growth", Double(variances[4] / variances[0]))
    }
    try recorder.finish(open, RunEnding(.finished, steps: 3))
}

/// Storage says what is wrong; each program says in its own words what to do about it.
func advice(for error: StoreError) -> String {
    switch error {
    case .noStore(let path): "Nothing has been recorded in \(path) yet. Run this program again to record there."
    default: error.description
    }
}

let path = CommandLine.arguments.dropFirst().first ?? "varve.db"
do {
    _ = try Store(path: path, for: .reading)
} catch let error as StoreError {
    print(advice(for: error))
}

let store = try Store(path: path, for: .writing)
var recorder = try Recorder(store)
for seed in Int64(0)..<3 {
    try record("narrow", gain: 1.1, seed: seed, with: &recorder)
    try record("wide", gain: 1.3, seed: seed, with: &recorder)
}
// On the disk, where it survives a loss of power too.
try store.synchronize()

// Each question is asked in one snapshot of the store. Its answer has values, and a record from which JSON is made.
let comparison = try Questions.Comparison(ComparisonQuestion(.words(["narrow", "wide"])), in: store)
for pair in comparison.pairs { print(pair.headline) }
print(comparison.record.json.text)
let values = try History("linear5", "architecture = 'wide'", in: store).entries(in: store).map(\.value)
if let mean = Summary(values).mean {
    print("linear5 through \(counted(values.count, "run")) of wide: mean \(rounded(mean))")
}
print(try WholeRun("1", in: store).record.json.text)
