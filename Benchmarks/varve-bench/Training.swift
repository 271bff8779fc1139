import Runner
import Storage

/// Times 400 steps of every architecture, and as many in turn with all measures.
func steps() throws {
    let data = try MNIST1D().generate()
    for architecture in Architecture.allCases {
        var configuration = Configuration(architecture)
        configuration.duration = .steps(400)
        var training = try Training(configuration, seed: 0, on: data, in: Workspace(), keeping: [])
        var measuring = try Training(
            configuration,
            seed: 0,
            on: data,
            in: Workspace(),
            keeping: [],
            recording: Set(Measure.allCases)
        )
        var times: (plain: [Double], measuring: [Double]) = ([], [])
        for _ in 0..<400 {
            times.plain.append(Timing(repeating: 1) { _ = training.step() }.best)
            times.measuring.append(Timing(repeating: 1) { _ = measuring.step() }.best)
        }
        report("step", architecture.rawValue, Timing(times.plain))
        report("step", "\(architecture.rawValue), all measures", Timing(times.measuring))
    }
}

/// Times 200 fresh models of every architecture, in one workspace as in a sweep, and the digest of the weights in them.
func models() throws {
    let data = try MNIST1D().generate()
    let workspace = Workspace()
    for architecture in Architecture.allCases {
        var seed: UInt32 = 0
        let timing = try Timing(repeating: 200) {
            let training = try Training(Configuration(architecture), seed: seed, on: data, in: workspace, keeping: [])
            precondition(!training.isFinished)
            seed += 1
        }
        report("model", architecture.rawValue, timing)
    }
    let weights = [UInt8](repeating: 7, count: 4 * 55_610)
    report("model", "digest alone", Timing(repeating: 200) { _ = Digest.sha256(weights) })
}
