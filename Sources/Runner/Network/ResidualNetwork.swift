/// A residual network with its gradients and activations, in one of the architectures.
///
/// A linear layer into the width, `blocks` residual blocks f + linear(relu(f)), and a linear layer to the classes. A
/// norm may come before each linear layer: on the trunk (`batchnorm`, the notebook's second network), where the residual
/// goes through it too, or inside the branch (`branchnorm`, `layernorm`). Owns no memory: it lies in a ``Slab``.
struct ResidualNetwork {
    /// A linear layer and the norm before it, one of the two or none.
    struct Stage {
        let batchNorm: BatchNorm?
        let layerNorm: LayerNorm?
        let linear: Linear
    }

    /// What normalises: the batch's own statistics, which then enter the running ones, or the running ones.
    enum Mode { case training, evaluation }

    let stages: [Stage]
    private let architecture: Architecture
    /// The greatest number of examples in a batch.
    let batchSize: Int
    /// What was measured in the last passes that measured.
    let measured: Measurements
    private let statistics: BatchStatistics
    let kernel: Kernel

    // Activations, [batch × columns]. f[k] is the sum after k blocks and h[k] its relu, after the norm if there is one.
    // Without norms nobody needs an earlier sum again, so all lie in the same memory.
    private(set) var input: Matrix
    private var normedInput: Matrix
    private var f: [Matrix]
    private var h: [Matrix]
    /// The norm's output where the residual goes through the norm; else the first sum.
    private var trunk: Matrix
    private var logits: Matrix

    private var logitsGradient: Matrix
    private var gradient: Matrix
    private var otherGradient: Matrix
    private var inputGradient: Matrix

    /// Takes its memory from a slab.
    init(
        _ configuration: Configuration,
        features: Int,
        classes: Int,
        batchSize: Int,
        instructionSet: InstructionSet,
        from carver: inout Slab.Carver
    ) {
        let (blocks, width) = (configuration.blocks, configuration.width)
        let kernel = Kernel(instructionSet: instructionSet)
        self.kernel = kernel
        let kind = configuration.architecture
        architecture = kind
        self.batchSize = batchSize
        stages = (0..<blocks + 2).map { j in
            let inputs = j == 0 ? features : width
            let isBlock = (1...blocks).contains(j)
            let hasBatchNorm = kind == .batchnorm || kind == .branchnorm && isBlock
            let hasLayerNorm = kind == .layernorm && isBlock
            return Stage(
                batchNorm: hasBatchNorm ? BatchNorm(columns: inputs, kernel: kernel, from: &carver) : nil,
                layerNorm: hasLayerNorm
                    ? LayerNorm(columns: inputs, batchSize: batchSize, kernel: kernel, from: &carver) : nil,
                linear: Linear(inputs: inputs, outputs: j > blocks ? classes : width, kernel: kernel, from: &carver)
            )
        }
        measured = Measurements(positions: blocks + 2, from: &carver)
        statistics = BatchStatistics(columns: max(features, width), from: &carver)

        input = carver.matrix(batchSize, features)
        let onTrunk = kind == .batchnorm
        normedInput = onTrunk ? carver.matrix(batchSize, features) : input
        inputGradient = carver.matrix(batchSize, features)
        let sum = carver.matrix(batchSize, width)
        f = [sum] + (0..<blocks).map { _ in kind == .plain ? sum : carver.matrix(batchSize, width) }
        h = (0..<blocks).map { _ in carver.matrix(batchSize, width) }
        trunk = onTrunk ? carver.matrix(batchSize, width) : sum
        gradient = carver.matrix(batchSize, width)
        otherGradient = carver.matrix(batchSize, width)
        logits = carver.matrix(batchSize, classes)
        logitsGradient = carver.matrix(batchSize, classes)
    }

    /// Draws the weights of a fresh run.
    func initialize(_ initialization: Initialization, from generator: inout TorchGenerator) {
        initializeNorms()
        initialization.draw(stages.map(\.linear), from: &generator)
    }

    /// Sets the norms of a fresh run, which draw nothing.
    func initializeNorms() {
        for stage in stages {
            stage.batchNorm?.initialize()
            stage.layerNorm?.initialize()
        }
    }

    /// Takes over a batch: the examples at the given indices.
    mutating func load(_ indices: some Collection<Int64>, of inputs: [Float]) {
        if indices.count != input.rows { resize(indices.count) }
        inputs.withUnsafeBufferPointer { inputs in
            guard let start = inputs.baseAddress else { return }
            for (row, index) in indices.enumerated() {
                input.row(row).update(from: start + Int(index) * input.columns, count: input.columns)
            }
        }
    }

    /// Sets the number of examples in a batch, for the last, short one of an epoch or a split.
    private mutating func resize(_ rows: Int) {
        for k in f.indices { f[k].rows = rows }
        for k in h.indices { h[k].rows = rows }
        (input.rows, normedInput.rows, inputGradient.rows) = (rows, rows, rows)
        (trunk.rows, logits.rows, logitsGradient.rows) = (rows, rows, rows)
        (gradient.rows, otherGradient.rows) = (rows, rows)
    }

    /// Computes the logits, and on the way what is to be measured of the activations.
    func forward(_ mode: Mode = .training, measuring measures: Set<Measure> = []) {
        let blocks = h.count
        let (entry, exit) = (stages[0], stages[blocks + 1])

        // input [batch × features] → f[0] [batch × width]
        entry.batchNorm?.forward(input, mode, into: normedInput)
        if !measures.isEmpty { measure(measures, 0, input, entry.batchNorm) }
        entry.linear.forward(normedInput, into: f[0], rectified: architecture == .plain ? h[0] : nil)

        // f[k] → f[k + 1] [batch × width]
        for k in 0..<blocks {
            let stage = stages[k + 1]
            switch architecture {
            case .plain: break  // h[k] came with f[k].
            case .batchnorm: stage.batchNorm?.forward(f[k], mode, into: trunk, rectified: h[k])
            case .branchnorm: stage.batchNorm?.forward(f[k], mode, rectified: h[k])
            case .layernorm: stage.layerNorm?.forward(f[k], rectified: h[k])
            }
            if !measures.isEmpty { measure(measures, k + 1, f[k], stage.batchNorm, rectified: h[k]) }
            let residual = architecture == .batchnorm ? trunk : f[k]
            let rectified = architecture == .plain && k + 1 < blocks ? h[k + 1] : nil
            stage.linear.forward(h[k], adding: residual, into: f[k + 1], rectified: rectified)
        }

        // f[blocks] → logits [batch × classes]
        exit.batchNorm?.forward(f[blocks], mode, into: trunk)
        let last = exit.batchNorm == nil ? f[blocks] : trunk
        if !measures.isEmpty { measure(measures, blocks + 1, last, nil) }
        exit.linear.forward(last, into: logits)
    }

    /// Computes the loss of the last forward pass, and its gradient, from which the backward pass starts.
    func loss(labels: Span<Int64>) -> Float {
        CrossEntropy.loss(of: logits, labels: labels, gradient: logitsGradient)
    }

    /// Adds the losses of the last forward pass to a sum, and the examples told right to a count.
    func score(labels: Span<Int64>, loss: inout Double, correct: inout Int) {
        CrossEntropy.score(logits, labels: labels, scratch: logitsGradient, loss: &loss, correct: &correct)
    }

    /// Computes the gradients of all parameters, and on the way what is to be measured of the activations' gradients.
    func backward(measuring measures: Set<Measure> = []) {
        let measuring = measures.contains(.gradientSecondMoment)
        let blocks = h.count
        let (entry, exit) = (stages[0], stages[blocks + 1])
        var (g, next) = (gradient, otherGradient)

        // logits [batch × classes] → f[blocks] [batch × width]
        exit.linear.backward(logitsGradient, input: exit.batchNorm == nil ? f[blocks] : trunk)
        exit.linear.backward(logitsGradient, intoInput: g)
        if measuring { measureGradient(blocks + 1, g) }
        exit.batchNorm?.backward(g, input: f[blocks], intoInput: g)

        // f[k + 1] → f[k] [batch × width]
        for k in (0..<blocks).reversed() {
            let stage = stages[k + 1]
            stage.linear.backward(g, input: h[k])
            switch architecture {
            case .plain:
                stage.linear.backward(g, gate: h[k], adding: g, intoInput: next)
            case .batchnorm:
                stage.linear.backward(g, gate: h[k], adding: g, intoInput: next)
                stage.batchNorm?.backward(next, input: f[k], intoInput: next)
            case .branchnorm:
                stage.linear.backward(g, gate: h[k], intoInput: next)
                stage.batchNorm?.backward(next, input: f[k], adding: g, intoInput: next)
            case .layernorm:
                stage.linear.backward(g, gate: h[k], intoInput: next)
                stage.layerNorm?.backward(next, input: f[k], adding: g, intoInput: next)
            }
            swap(&g, &next)
            if measuring { measureGradient(k + 1, g) }
        }

        // f[0] [batch × width] → input [batch × features], wanted only for the sake of a norm or to be measured
        entry.linear.backward(g, input: normedInput)
        guard entry.batchNorm != nil || measuring else { return }
        entry.linear.backward(g, intoInput: inputGradient)
        if measuring {
            entry.batchNorm?.backward(inputGradient, input: input, intoInput: inputGradient)
            measureGradient(0, inputGradient)
        } else {
            entry.batchNorm?.backward(inputGradient, input: input)
        }
    }

    /// Notes what is to be measured of a layer, whose statistics a norm that comes after it has taken already.
    private func measure(
        _ measures: Set<Measure>,
        _ position: Int,
        _ x: Matrix,
        _ norm: BatchNorm?,
        rectified: Matrix? = nil
    ) {
        let (variance, second) = (measures.contains(.variance), measures.contains(.secondMoment))
        if norm == nil, variance || second { statistics.measure(x, with: kernel) }
        let known = norm?.statistics ?? statistics
        if variance { measured[.variance, position] = known.averageVariance(columns: x.columns) }
        if second { measured[.secondMoment, position] = known.averageSecondMoment(columns: x.columns) }
        if let rectified, measures.contains(.deadShare) {
            measured[.deadShare, position] = statistics.deadShare(ofRectified: rectified, with: kernel)
        }
    }

    private func measureGradient(_ position: Int, _ gradient: Matrix) {
        measured[.gradientSecondMoment, position] = statistics.averageSquare(ofGradient: gradient, with: kernel)
    }
}
