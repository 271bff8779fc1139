/// How far a run has come that is being recorded.
struct RunProgress {
    /// The greatest step of its variances or, where it has no layers, of its metrics; nil before the first.
    private(set) var lastStep: Int64?
    /// The updates that its steps show, as they count from 0.
    private(set) var steps: Int64
    /// Its layers, in the order it met them.
    private(set) var layers: [Layer] = []
    /// Whether something was recorded that is not committed.
    private(set) var isChanged = false
    /// When the store was told last that it lives, by ``Moment/monotonic``.
    private(set) var noted: Int64

    /// A layer, with the greatest step that was recorded of it since the last commit.
    struct Layer {
        let id: Int64
        var step: Int64?
    }

    /// A run that begins or goes on.
    init(lastStep: Int64? = nil, steps: Int64 = 0, layers: [RecordedLayer], now: Int64) {
        self.lastStep = lastStep
        self.steps = steps
        self.layers = layers.map { Layer(id: $0.id) }
        noted = now
    }

    /// Takes a layer that the run meets as it goes.
    mutating func add(_ layer: RecordedLayer) {
        // Until now the last step was that of the metrics.
        if layers.isEmpty { lastStep = nil }
        layers.append(Layer(id: layer.id))
    }

    /// Notes variances of some layers.
    mutating func reach(_ step: Int64, layers range: Range<Int>) {
        reachLast(step)
        for index in range { layers[index].step = max(step, layers[index].step ?? step) }
    }

    /// Notes the value of a metric.
    mutating func reach(_ step: Int64) {
        if layers.isEmpty { return reachLast(step) }
        count(step)
    }

    private mutating func reachLast(_ step: Int64) {
        lastStep = max(step, lastStep ?? step)
        count(step)
    }

    private mutating func count(_ step: Int64) {
        steps = max(steps, step + 1)
        isChanged = true
    }

    /// Forgets what is committed.
    mutating func commit(now: Int64) {
        noted = now
        guard isChanged else { return }
        isChanged = false
        for index in layers.indices { layers[index].step = nil }
    }
}
