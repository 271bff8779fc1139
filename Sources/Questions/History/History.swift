import Analysis
public import Storage

/// What `history` answers: a layer or a metric through the finished runs of a filter, oldest first, each compared with
/// those before it.
public struct History: Sendable {
    /// Nil where no run has measured any layer.
    public let quantity: Quantity?
    public let filter: Filter
    public var step = RecordedStep.final
    /// The last runs, at most this many; those before them are in the bands all the same.
    public var limit: Int?
    /// Keys that make no other configuration; those that the runs name themselves are among them.
    public private(set) var ignored: IgnoredKeys

    /// Reads `[LAYER] [FILTER]`.
    ///
    /// - Parameters:
    ///   - first: a layer, or a filter where it is alone; without one, the last layer of the newest run.
    ///   - second: a filter.
    ///   - measure: what of the layer; nil for the variance, or the only measure that all runs have.
    ///   - store: where it was recorded.
    /// - Throws: ``QuestionError`` for a layer or a measure that is not there, and where runs were measured in several ways;
    ///   `FilterError`; `SQLiteError`.
    public init(_ first: String?, _ second: String?, measure: MeasureWord? = nil, in store: Store) throws {
        self = try store.snapshot {
            let (layer, filter) = try Self.read(first, second, in: store)
            return try History(layer.map { try Self.quantity(of: $0, measure, filter, store) }, filter, store)
        }
    }

    /// The history of a metric.
    ///
    /// - Parameters:
    ///   - key: the metric.
    ///   - filter: which runs; all finished ones without it.
    ///   - store: where it was recorded.
    /// - Throws: ``QuestionError`` for a metric that is not there; `FilterError`; `SQLiteError`.
    public init(metric key: String, _ filter: String?, in store: Store) throws {
        try self.init(Quantity(metric: key, in: store), try filter.map(Filter.init(parsing:)) ?? .all, store)
    }

    private init(_ quantity: Quantity?, _ filter: Filter, _ store: Store) throws {
        self.quantity = quantity
        self.filter = filter
        var ignored = IgnoredKeys()
        try ignored.formUnion(ofRuns: filter, in: store)
        self.ignored = ignored
    }

    /// Adds keys that make no other configuration.
    public mutating func ignore(_ keys: IgnoredKeys) { ignored.formUnion(keys) }

    private static func read(
        _ first: String?,
        _ second: String?,
        in store: Store
    ) throws -> (layer: NamedLayer?, filter: Filter) {
        if let second { return (try NamedLayer(first ?? "", in: store), try Filter(parsing: second)) }
        let layers = try store.layers()
        if let first, let layer = NamedLayer(first, among: layers) { return (layer, .all) }
        if let first, !mayBeFilter(first) { _ = try NamedLayer(first, in: store) }
        let filter = try first.map(Filter.init(parsing:)) ?? .all
        let last = try lastLayer(of: store.runNumbers(matching: filter).reversed(), in: store)
        return (last.flatMap { NamedLayer($0, among: layers) }, filter)
    }

    /// A layer that was misspelt is no filter; what has an operator in it, or can be read, is one.
    private static func mayBeFilter(_ word: String) -> Bool {
        word.contains(where: "=<>!'\"`(".contains) || (try? Filter(parsing: word)) != nil
    }

    /// The name of the deepest layer of the first of some runs that is finished and has measured any.
    private static func lastLayer(of runs: some Sequence<Int64>, in store: Store) throws -> String? {
        for number in runs {
            guard let run = try store.run(number: number), run.status == .finished else { continue }
            if let layer = try store.measures(of: run).last { return layer.layer }
        }
        return nil
    }

    private static func quantity(
        of layer: NamedLayer,
        _ asked: MeasureWord?,
        _ filter: Filter,
        _ store: Store
    ) throws -> Quantity {
        let known = Set(layer.places.map { ExactText($0.place.measure) })
        // As a rule the name has one measure; only where it does not, the runs have to be looked at first.
        guard asked == nil, known.count > 1 else {
            return .layer(layer, try .chosen(asked, among: [(layer.shortName, known)]))
        }
        var met: [Int64: Set<ExactText>] = [:]
        try store.forEachVariance(of: layer.places, matching: filter) { value in
            for place in layer.places where place.id == value.layer {
                met[value.run, default: []].insert(ExactText(place.place.measure))
            }
        }
        guard !met.isEmpty else { return .layer(layer, .variance) }
        return .layer(layer, try .chosen(nil, among: met.map { ("run \($0.key)", $0.value) }))
    }

    /// `After first residual connection (residual1): variance at each run's last step`.
    public var heading: String { quantity.map { "\($0.heading) at \(step.ofEachRun)" } ?? "" }

    /// Whether the runs are compared by differences, not by ratios.
    var isLinear: Bool {
        switch quantity {
        case .metric: true
        case .layer(_, let measure): measure.isShare
        case nil: false
        }
    }

    /// The params of which each run of an architecture has a value of its own, as of a folder or a time: none of these runs
    /// has an earlier one of its configuration.
    ///
    /// - Returns: them, without those that are ignored.
    /// - Throws: `SQLiteError`.
    public func ownParams(in store: Store) throws -> IgnoredKeys {
        try Mixture.ownParams(ofRuns: filter, ignoring: ignored, in: store)
    }

    /// Hands over the runs, oldest first, in one snapshot of the store.
    ///
    /// - Throws: `SQLiteError`; what `body` throws.
    public func forEachEntry(in store: Store, _ body: (Entry) throws -> Void) throws {
        guard quantity != nil else { return }
        try store.snapshot {
            let kinds = try store.kinds(ofRunsMatching: filter, ignoring: ignored.params)
            try forEachEntry(of: kinds, in: store, body)
        }
    }

    /// Hands over the runs, oldest first, whose kinds are known.
    func forEachEntry(of kinds: [RunKind], in store: Store, _ body: (Entry) throws -> Void) throws {
        guard let quantity else { return }
        var past = PastRuns(kinds, scale: isLinear ? .difference : .ratio)
        var kept = Tail<Entry>(limit)
        try quantity.forEachRun(matching: filter, step: step, in: store) { value in
            let entry = past.entry(for: value, of: quantity)
            if limit == nil { try body(entry) } else { kept.append(entry) }
        }
        for entry in kept.elements { try body(entry) }
    }

    /// All entries.
    ///
    /// - Throws: as ``forEachEntry(in:_:)``.
    public func entries(in store: Store) throws -> [Entry] {
        var entries: [Entry] = []
        try forEachEntry(in: store) { entries.append($0) }
        return entries
    }
}
