import Storage

/// What a question is about: a metric, or a measure of one layer.
public enum Quantity: Sendable {
    /// A metric, by its key.
    case metric(String)
    case layer(NamedLayer, MeasureWord)

    /// The metric's key, or the layer's short name.
    public var name: String {
        switch self {
        case .metric(let key): key
        case .layer(let layer, _): layer.shortName
        }
    }

    /// For headings: `val_accuracy`, or `After first residual connection (residual1): variance`.
    public var heading: String {
        switch self {
        case .metric(let key): key
        case .layer(let layer, let measure): "\(layer.name) (\(layer.shortName)): \(measure.noun)"
        }
    }

    /// For the titles of pictures: `val_accuracy`, or `Variance at After first residual connection`.
    var title: String {
        switch self {
        case .metric(let key): key
        case .layer(let layer, let measure): "\(measure.capitalized) at \(layer.name)"
        }
    }

    /// The range of all steps that can be recorded.
    static let allSteps: ClosedRange<Int64> = .min ... .max

    /// The title of an axis.
    var axis: String {
        switch self {
        case .metric(let key): key
        case .layer(_, let measure): measure.title
        }
    }

    /// The places of a layer that were measured so; none of a metric.
    var places: [StoredLayer] {
        switch self {
        case .metric: []
        case .layer(let layer, let measure): layer.places.filter { measure.includes($0.place.measure) }
        }
    }

    /// The place of a key.
    func place(_ key: Int64?) -> LayerPlace? {
        if case .layer(let layer, _) = self, let key { layer.place(key) } else { nil }
    }

    /// A metric that the store has.
    ///
    /// - Throws: ``QuestionError`` that lists the metrics there are; `SQLiteError`.
    init(metric key: String, in store: Store) throws {
        let known = try store.names(of: .metric)
        guard known.holds(key) else { throw QuestionError.unknownMetric(key: key, path: store.path, known: known) }
        self = .metric(key)
    }

    /// Hands over the values of a run, by step.
    ///
    /// - Parameters:
    ///   - run: its number.
    ///   - store: where it was recorded.
    ///   - steps: those that count.
    ///   - body: takes step, layer and value.
    /// - Throws: `SQLiteError`; what `body` throws.
    func forEachValue(
        in run: Int64,
        _ store: Store,
        steps: ClosedRange<Int64> = Self.allSteps,
        _ body: (Int64, Int64?, Double) throws -> Void
    ) throws {
        // What lies outside of a range is not read at all.
        switch self {
        case .metric(let key) where steps != Self.allSteps:
            for point in try store.points(ofMetric: key, in: run, steps: steps) {
                try body(point.step, nil, point.value)
            }
        case .layer where steps != Self.allSteps:
            var points: [(step: Int64, layer: Int64, value: Double)] = []
            for place in places {
                points += try store.points(ofLayer: place.id, in: run, steps: steps).map {
                    ($0.step, place.id, $0.value)
                }
            }
            if places.count > 1 { points.sort { ($0.step, $0.layer) < ($1.step, $1.layer) } }
            for point in points { try body(point.step, point.layer, point.value) }
        case .metric(let key): try store.forEachValue(ofMetric: key, in: run) { try body($0, nil, $1) }
        case .layer:
            let keys = Set(places.map(\.id))
            try store.forEachStep(of: run) { step, key, value in
                if keys.contains(key) { try body(step, key, value) }
            }
        }
    }

    /// The values of a run behind a step, by step, each with the key of its layer.
    ///
    /// - Throws: `SQLiteError`.
    func points(of run: Int64, after step: Int64, in store: Store) throws -> [(layer: Int64?, point: RecordedPoint)] {
        let steps = min(step, .max - 1) + 1 ... .max
        switch self {
        case .metric(let key): return try store.points(ofMetric: key, in: run, steps: steps).map { (nil, $0) }
        case .layer:
            return try places.flatMap { place in
                try store.points(ofLayer: place.id, in: run, steps: steps).map { (place.id, $0) }
            }
            .sorted { $0.point.step < $1.point.step }
        }
    }

    /// Hands over the values of the finished runs of a filter, oldest run first.
    ///
    /// - Throws: `SQLiteError`; what `body` throws.
    func forEachRun(
        matching filter: Filter,
        step: RecordedStep,
        in store: Store,
        _ body: (RunValue) throws -> Void
    ) throws {
        switch self {
        case .metric(let key): try store.forEachValue(ofMetric: key, matching: filter, step: step.number, body)
        case .layer: try store.forEachVariance(of: places, matching: filter, step: step.number, body)
        }
    }
}

extension MeasureWord {
    /// The noun at the beginning of a title.
    var capitalized: String { noun.prefix(1).uppercased() + noun.dropFirst() }
}
