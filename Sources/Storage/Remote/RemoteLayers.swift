/// The layers of a run whose variances come as metrics.
struct RemoteLayers {
    private let store: Store
    private let run: Int64
    private let pattern: LayerPattern
    private let starter: RunStarter
    /// By the metric's key; those that the run has, and those that come with this batch.
    private var known: [ExactText: RecordedLayer]?
    private var nextPosition = 0

    init(of run: Int64, _ pattern: LayerPattern, in store: Store) throws(SQLiteError) {
        self.run = run
        self.pattern = pattern
        self.store = store
        starter = try RunStarter(store)
    }

    /// The layer that a metric is the variance of; nil where it is none.
    mutating func layer(of key: String) throws(SQLiteError) -> RecordedLayer? {
        guard let name = pattern.layer(in: key) else { return nil }
        var layers: [ExactText: RecordedLayer]
        if let known { layers = known } else { layers = try readLayers() }
        defer { known = layers }
        if let layer = layers[ExactText(name)] { return layer }
        let place = LayerPlace(name: name, position: nextPosition, measure: LayerPlace.unknownMeasure)
        let layer = try starter.recorded(place)
        if nextPosition < .max { nextPosition += 1 }
        layers[ExactText(name)] = layer
        return layer
    }

    private mutating func readLayers() throws(SQLiteError) -> [ExactText: RecordedLayer] {
        var layers: [ExactText: RecordedLayer] = [:]
        for stored in try store.layers(ofRun: run) {
            nextPosition = max(nextPosition, stored.place.position == .max ? .max : stored.place.position + 1)
            guard stored.place.measure == LayerPlace.unknownMeasure else { continue }
            layers[ExactText(stored.place.name)] = RecordedLayer(id: stored.id, checksum: Checksum(stored.place))
        }
        return layers
    }
}
