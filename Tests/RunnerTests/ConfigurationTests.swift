import Testing

@testable import Runner

@Suite struct ConfigurationTests {
    @Test func `the parameters have the names and values of the notebook`() {
        let parameters = Configuration(.batchnorm).parameters
        #expect(
            parameters.map(\.key) == [
                "architecture", "blocks", "width", "initialization", "batch_size", "learning_rate", "momentum", "steps",
                "record_every",
            ]
        )
        #expect(
            parameters.map(\.value) == [
                .text("batchnorm"), .integer(5), .integer(100), .text("he-uniform"), .integer(200), .real(0.05),
                .real(0.9), .integer(1), .integer(1),
            ]
        )
        var configuration = Configuration()
        configuration.duration = .epochs(7)
        #expect(configuration.parameters[7].key == "epochs")
        #expect(configuration.parameters[7].value == .integer(7))
    }

    @Test func `the layers have the notebook's names`() {
        let layers = Configuration(.batchnorm).layers
        #expect(
            layers.map(\.name) == [
                "Input", "First preactivation",
                "After first residual connection", "After second residual connection",
                "After third residual connection", "After fourth residual connection",
                "After fifth residual connection",
            ]
        )
        #expect(layers.map(\.shortName).first == "input")
        #expect(layers.map(\.shortName).last == "residual5")
        #expect(layers.map(\.position) == Array(0..<7))
        #expect(layers.map(\.afterNorm) == [false, false, false, false, false, false, true])
        #expect(Configuration(.branchnorm).layers.allSatisfy { !$0.afterNorm })
    }

    @Test func `deeper networks are spelled to twenty and counted from there`() {
        var configuration = Configuration()
        configuration.blocks = 21
        #expect(configuration.layers[21].name == "After twentieth residual connection")
        #expect(configuration.layers[22].name == "After residual connection 21")
        #expect(configuration.layers[22].shortName == "residual21")
    }

    @Test(arguments: [
        ("blocks", "must be from 1 to 1000, not 0"), ("width", "must be from 1 to 8192, not 9000"),
        ("batch_size", "must be from 1 to 1000000, not -1"), ("learning_rate", "must be from 0.0 to 1000.0, not nan"),
        ("momentum", "must be from 0.0 to 1.0, not 1.5"), ("steps", "must be from 1 to 1000000000, not 0"),
        ("epochs", "must be from 1 to 1000000, not 0"), ("record_every", "must be from 1 to 1000000000, not 0"),
    ])
    func `a setting out of range is named with its range`(_ parameter: String, _ reason: String) {
        var configuration = Configuration()
        switch parameter {
        case "blocks": configuration.blocks = 0
        case "width": configuration.width = 9000
        case "batch_size": configuration.batchSize = -1
        case "learning_rate": configuration.learningRate = .nan
        case "momentum": configuration.momentum = 1.5
        case "steps": configuration.duration = .steps(0)
        case "epochs": configuration.duration = .epochs(0)
        default: configuration.recordEvery = 0
        }
        #expect(throws: ConfigurationError(parameter, reason)) { try configuration.validate() }
    }

    @Test func `a batch of one is refused before a batch norm meets it`() throws {
        let data = try TrainingTests.oddData(examples: 27)
        var configuration = TrainingTests.oddConfiguration(.batchnorm, steps: 2)
        _ = try TrainingTests.run(configuration, on: data)
        configuration.duration = .steps(3)
        #expect(throws: ConfigurationError.self) { try TrainingTests.run(configuration, on: data) }
        configuration.architecture = .plain
        _ = try TrainingTests.run(configuration, on: data)
    }

    @Test func `a network larger than memory is refused`() throws {
        var configuration = Configuration()
        configuration.blocks = 1000
        configuration.width = 8192
        #expect(throws: ConfigurationError.self) { try TrainingTests.run(configuration, on: TrainingTests.oddData()) }
    }
}
