extension Initialization {
    /// Draws the weights of all layers in the order of the notebook: first all as constructed, then all anew.
    func draw(_ layers: [Linear], from generator: inout TorchGenerator) {
        if self != .torchDefault {
            for layer in layers { layer.skipConstruction(&generator) }
        }
        for layer in layers {
            switch self {
            case .heUniform: layer.drawHeUniform(&generator)
            case .heNormal: layer.drawHeNormal(&generator)
            case .xavierUniform: layer.drawXavierUniform(&generator)
            case .torchDefault: layer.drawConstruction(&generator)
            }
        }
    }
}

extension Linear {
    private var inputs: Int { weight.value.columns }
    private var outputs: Int { weight.value.rows }

    /// Draws weight and bias as the constructor of `nn.Linear` does.
    func drawConstruction(_ generator: inout TorchGenerator) {
        drawWeight(deviation: Self.heDeviation(slope: 5.0.squareRoot(), inputs: inputs), &generator)
        generator.uniform(bound: 1 / Double(inputs).squareRoot(), into: bias.value.start, count: outputs)
    }

    /// Passes over what the constructor of `nn.Linear` draws, where it is drawn anew before anyone looks.
    func skipConstruction(_ generator: inout TorchGenerator) {
        generator.skip(words: inputs * outputs + outputs)
    }

    /// Draws the weight as `torch.nn.init.kaiming_uniform_` does, and sets the bias to zero.
    ///
    /// K. He et al., "Delving Deep into Rectifiers", arXiv:1502.01852.
    func drawHeUniform(_ generator: inout TorchGenerator) {
        drawWeight(deviation: Self.heDeviation(slope: 0, inputs: inputs), &generator)
        bias.value.fill(0)
    }

    /// Draws the weight as `torch.nn.init.kaiming_normal_` does, and sets the bias to zero.
    func drawHeNormal(_ generator: inout TorchGenerator) {
        let deviation = Self.heDeviation(slope: 0, inputs: inputs)
        generator.normal(deviation: deviation, count: outputs * inputs, kernel: kernel) { place, values in
            var (row, column) = place.quotientAndRemainder(dividingBy: inputs)
            for value in values {
                weight.value.row(row)[column] = value
                column += 1
                if column == inputs { (row, column) = (row + 1, 0) }
            }
        }
        bias.value.fill(0)
    }

    /// Draws the weight as `torch.nn.init.xavier_uniform_` does, and sets the bias to zero.
    ///
    /// X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010.
    func drawXavierUniform(_ generator: inout TorchGenerator) {
        drawWeight(deviation: Self.xavierDeviation(inputs: inputs, outputs: outputs), &generator)
        bias.value.fill(0)
    }

    private func drawWeight(deviation: Double, _ generator: inout TorchGenerator) {
        let bound = Self.bound(deviation: deviation)
        for row in 0..<outputs { generator.uniform(bound: bound, into: weight.value.row(row), count: inputs) }
    }

    // In double and in PyTorch's order of operations.

    /// The standard deviation for layers before a leaky relu of some negative slope.
    static func heDeviation(slope: Double, inputs: Int) -> Double {
        (2 / (1 + slope * slope)).squareRoot() / Double(inputs).squareRoot()
    }

    /// The standard deviation for layers before something linear.
    static func xavierDeviation(inputs: Int, outputs: Int) -> Double {
        (2 / Double(inputs + outputs)).squareRoot()
    }

    /// The bound of the uniform distribution of a standard deviation.
    static func bound(deviation: Double) -> Double { 3.0.squareRoot() * deviation }
}
