// Records a run into a store with the library Storage: noise that goes through random linear layers, with weights that
// are a little too large, so that the variance grows from layer to layer. Takes the store's path; varve.db otherwise.
import Storage

let width = 32
let examples = 100

func gaussian() -> Float {
    (0..<12).reduce(-6) { sum, _ in sum + Float.random(in: 0..<1) }
}

/// The population variance (divisor N) of each unit over the examples, averaged over the units.
func variance(_ units: [[Float]]) -> Float {
    let variances = units.map { unit in
        let mean = unit.reduce(0, +) / Float(unit.count)
        return unit.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(unit.count)
    }
    return variances.reduce(0, +) / Float(variances.count)
}

var run = NewRun()
run.experiment = "examples"
run.name = "random layers"
run.architecture = "linear"
run.params = [("width", .integer(Int64(width))), ("gain", .real(1.1))]
run.tags = [("note", "recorded by Examples/recorder")]

let store = try Store(path: CommandLine.arguments.dropFirst().first ?? "varve.db", for: .writing)
var recorder = try Recorder(store)
let open = try recorder.start(
    run,
    layers: (0..<5).map { position in
        LayerPlace(name: "linear\(position)", position: position, measure: LayerPlace.populationMean)
    }
)
for step in 0..<10 {
    var units = (0..<width).map { _ in (0..<examples).map { _ in gaussian() } }
    var variances: [Float] = []
    for _ in 0..<5 {
        units = (0..<width).map { _ in
            let weights = (0..<width).map { _ in gaussian() * 1.1 / Float(width).squareRoot() }
            return (0..<examples).map { example in
                zip(weights, units).reduce(0) { $0 + $1.0 * $1.1[example] }
            }
        }
        variances.append(variance(units))
    }
    try recorder.log(open, step: step, variances: variances)
    try recorder.log(open, step: step, metric: "growth", Double(variances[4] / variances[0]))
}
try recorder.finish(open, RunEnding(.finished, steps: 10))
// On the disk, where it survives a loss of power too.
try store.synchronize()
print("Recorded in \(store.path): run \(open.number)")
