extension Initialization {
    /// Draws the weights of all layers in the order of the notebook: first all as constructed, then all anew.
    func draw(_ layers: [Linear], from generator: inout TorchGenerator) {
        switch self {
        case .heUniform:
            for layer in layers { layer.skipConstruction(&generator) }
            for layer in layers { layer.drawHeUniform(&generator) }
        }
    }
}

extension Linear {
    private var inputs: Int { weight.value.columns }
    private var outputs: Int { weight.value.rows }

    /// Draws weight and bias as the constructor of `nn.Linear` does.
    func drawConstruction(_ generator: inout TorchGenerator) {
        drawWeight(bound: Self.bound(slope: 5.0.squareRoot(), inputs: inputs), &generator)
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
        drawWeight(bound: Self.bound(slope: 0, inputs: inputs), &generator)
        bias.value.fill(0)
    }

    private func drawWeight(bound: Double, _ generator: inout TorchGenerator) {
        for row in 0..<outputs { generator.uniform(bound: bound, into: weight.value.row(row), count: inputs) }
    }

    /// PyTorch's bound for a leaky relu of some negative slope, in double and in PyTorch's order of operations.
    static func bound(slope: Double, inputs: Int) -> Double {
        let gain = (2 / (1 + slope * slope)).squareRoot()
        return 3.0.squareRoot() * (gain / Double(inputs).squareRoot())
    }
}
