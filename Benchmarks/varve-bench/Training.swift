import Runner

/// Times 400 steps of every architecture.
func steps() throws {
    let data = try MNIST1D().generate()
    let workspace = Workspace()
    for architecture in Architecture.allCases {
        var configuration = Configuration(architecture)
        configuration.duration = .steps(400)
        var training = try Training(configuration, seed: 0, on: data, in: workspace, keeping: [])
        report("step", architecture.rawValue, Timing(repeating: 400) { _ = training.step() })
    }
}

/// Times 200 fresh models of every architecture, in one workspace as in a sweep; the digest of the weights is in it.
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
}
