public import Analysis
public import Storage

/// What `history` answers: a layer through the finished runs of a filter, oldest first, each held against those before it.
public struct History: Sendable {
    /// Nil where no run has measured any.
    public let layer: NamedLayer?
    public let filter: Filter
    public var step = RecordedStep.final
    /// The last so many runs; those before them are in the bands all the same.
    public var limit: Int?

    /// One run beside those before it.
    public struct Entry: Sendable {
        public let run: RunVariance
        public let place: LayerPlace?
        /// The value less that of the run before.
        public let change: Double?
        /// Where the runs of other seeds let it be expected.
        public let band: Interval?
        /// The earlier run of the same seed, where the values differ in any bit.
        public let differsFrom: Int64?
        /// Whether the earlier run of the same seed differs; without one, whether the value lies outside the band; nil
        /// where there is no band either.
        public let isOutside: Bool?

        public var value: Double { run.variance }

        init(
            _ run: RunVariance,
            at place: LayerPlace?,
            change: Double? = nil,
            band: Interval? = nil,
            differsFrom: Int64? = nil,
            isOutside: Bool? = nil
        ) {
            self.run = run
            self.place = place
            self.change = change
            self.band = band
            self.differsFrom = differsFrom
            self.isOutside = isOutside
        }
    }

    /// Reads `[LAYER] [FILTER]`.
    ///
    /// - Throws: ``QuestionError`` for a layer that is not there; `FilterError`; `SQLiteError`.
    public init(_ first: String?, _ second: String?, in store: Store) throws {
        if let second {
            layer = try NamedLayer(first ?? "", in: store)
            filter = try Filter(parsing: second)
            return
        }
        let layers = try store.layers()
        if let first, let layer = NamedLayer(first, among: layers) {
            self.layer = layer
            filter = .all
            return
        }
        if let first, !Self.mayBeFilter(first) { _ = try NamedLayer(first, in: store) }
        filter = try first.map(Filter.init(parsing:)) ?? .all
        layer = try Self.lastLayer(of: store.runNumbers(matching: filter).reversed(), in: store)
            .flatMap { NamedLayer($0, among: layers) }
    }

    /// A layer that was misspelt is no filter; what has an operator in it, or can be read, is one.
    private static func mayBeFilter(_ word: String) -> Bool {
        word.contains(where: "=<>!'\"`(".contains) || (try? Filter(parsing: word)) != nil
    }

    /// The name of the deepest layer of the first of some runs that is finished and has measured any.
    private static func lastLayer(of runs: some Sequence<Int64>, in store: Store) throws -> String? {
        let details = try RunDetails(store)
        for number in runs {
            guard let run = try details.run(number: number), run.status == .finished else { continue }
            if let layer = try details.variances(of: run).last { return layer.layer }
        }
        return nil
    }

    /// `After first residual connection (residual1): variance at each run's last step`.
    public var heading: String { layer.map { "\($0.name) (\($0.shortName)): variance at \(step.ofEachRun)" } ?? "" }

    /// Hands over the runs, oldest first, in one snapshot of the store.
    ///
    /// - Throws: ``QuestionError`` where they were measured in several ways; `SQLiteError`; what `body` throws.
    public func forEachEntry(
        in store: Store,
        groupedBy grouping: RunGrouping? = nil,
        _ body: (Entry) throws -> Void
    ) throws {
        guard let layer else { return }
        try store.snapshot {
            // As a rule the name stands for one measure; only where it does not, the runs have to be looked at first.
            if Set(layer.places.map(\.place.measure)).count > 1 {
                var met: Set<Int64> = []
                try forEachVariance(of: layer, in: store, nil) { met.insert($0.layer) }
                let measures = Set(met.compactMap { layer.place($0)?.measure }).sorted()
                guard measures.count < 2 else {
                    throw QuestionError.measuresDiffer(layer: layer.shortName, measures: measures)
                }
            }
            var past = PastRuns()
            var kept = Tail<Entry>(limit)
            try forEachVariance(of: layer, in: store, grouping) { variance in
                let entry = past.entry(for: variance, at: layer.place(variance.layer))
                if limit == nil { try body(entry) } else { kept.append(entry) }
            }
            for entry in kept.elements { try body(entry) }
        }
    }

    private func forEachVariance(
        of layer: NamedLayer,
        in store: Store,
        _ grouping: RunGrouping?,
        _ body: (RunVariance) throws -> Void
    ) throws {
        try store.forEachVariance(
            of: layer.places,
            matching: filter,
            step: step.number,
            groupedBy: grouping,
            body
        )
    }

    /// All entries.
    ///
    /// - Throws: as ``forEachEntry(in:groupedBy:_:)``.
    public func entries(in store: Store) throws -> [Entry] {
        var entries: [Entry] = []
        try forEachEntry(in: store) { entries.append($0) }
        return entries
    }
}

extension History.Entry: Recordable {
    /// The keys of ``record``, in order.
    public static let keys = [
        "run", "uuid", "architecture", "seed", "started", "step", "layer", "name", "variance", "change", "band_low",
        "band_high", "outside",
    ]

    public var record: Record {
        [
            "run": .integer(run.run), "uuid": .string(run.uuid), "architecture": JSON(run.architecture),
            "seed": JSON(run.seed), "started": .integer(run.started), "step": .integer(run.step),
            "layer": JSON(place?.name), "name": JSON(place?.shortName), "variance": .real(value),
            "change": JSON(change), "band_low": JSON(band?.low), "band_high": JSON(band?.high),
            "outside": JSON(isOutside),
        ]
    }

    /// `differs from run 3`, `outside`, or nothing.
    public var mark: String? {
        differsFrom.map { "differs from run \($0)" } ?? (isOutside == true ? "outside" : nil)
    }
}
