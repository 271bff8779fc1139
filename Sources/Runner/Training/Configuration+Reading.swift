extension Configuration {
    /// Reads the settings that ``parameters`` gives.
    ///
    /// - Returns: nil where one is missing or of another kind; settings that are not known are passed over.
    init?(parameters: [String: ParameterValue]) {
        func integer(_ key: String) -> Int? {
            guard case .integer(let value)? = parameters[key] else { return nil }
            return Int(exactly: value)
        }
        func real(_ key: String) -> Double? {
            switch parameters[key] {
            case .real(let value): value
            case .integer(let value): Double(value)
            default: nil
            }
        }
        func choice<Value: RawRepresentable<String>>(_ key: String) -> Value? {
            guard case .text(let value)? = parameters[key] else { return nil }
            return Value(rawValue: value)
        }
        guard let architecture: Architecture = choice("architecture"), let blocks = integer("blocks"),
            let width = integer("width"), let initialization: Initialization = choice("initialization"),
            let batchSize = integer("batch_size"), let learningRate = real("learning_rate"),
            let momentum = real("momentum"), let recordEvery = integer("record_every"),
            let duration = integer("steps").map(Duration.steps) ?? integer("epochs").map(Duration.epochs)
        else { return nil }
        self.init(architecture)
        self.blocks = blocks
        self.width = width
        self.initialization = initialization
        self.batchSize = batchSize
        self.learningRate = learningRate
        self.momentum = momentum
        self.duration = duration
        self.recordEvery = recordEvery
        if case .text(let digest)? = parameters["weights_from"] { weightsFrom = digest }
    }
}
