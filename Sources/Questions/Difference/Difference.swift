public import Storage

/// What `diff` answers: two runs, fact by fact, and where their variances part.
public struct Difference: Sendable {
    /// One fact of both runs; `.null` where a run does not have it.
    public struct Fact: Sendable {
        public let key: String
        public let a: JSON
        public let b: JSON

        public var differs: Bool { a != b }
    }

    /// The first place at which the variances are not the same.
    public struct Parting: Sendable {
        public let step: Int64
        public let place: LayerPlace
        /// NaN is a value like others here; nil where a run has no such row.
        public let a: Double?
        public let b: Double?

        /// How far B's value lies from A's.
        public var distance: ValueDistance { ValueDistance(from: a, to: b) }
    }

    public let a: Run
    public let b: Run
    /// Lifecycle, status, seed and the like.
    public let facts: [Fact]
    public let params: [Fact]
    public let digests: [Fact]
    public let environment: [Fact]
    public private(set) var parting: Parting?
    /// Up to the parting: how many steps both runs recorded, and how many one of them alone.
    public private(set) var steps = (common: 0, onlyA: 0, onlyB: 0)
    /// Whether at some step the runs have no measure in common, so that nothing was compared there.
    public private(set) var isMeasuredDifferently = false

    /// Holds two runs against each other, in one snapshot of the store.
    ///
    /// - Throws: `StoreError` for a RUN that is not there; `SQLiteError`.
    public init(_ a: String, _ b: String, in store: Store) throws {
        self = try store.snapshot { try Difference(store.run(a), store.run(b), in: store) }
    }

    private init(_ a: Run, _ b: Run, in store: Store) throws {
        self.a = a
        self.b = b
        let details = try RunDetails(store)
        func facts(_ values: (Run) throws -> [JSON.Member]) throws -> [Fact] {
            let (ours, theirs) = (Record(try values(a)), Record(try values(b)))
            let keys = ours.members.map(\.key)
            let others = theirs.members.map(\.key).filter { !keys.contains($0) }
            return (keys + others).map { Fact(key: $0, a: ours[$0], b: theirs[$0]) }
        }
        self.facts = try facts { run in
            [
                .init("experiment", .string(run.experiment)), .init("architecture", JSON(run.architecture)),
                .init("seed", JSON(run.seed)), .init("dataset", JSON(run.datasetName)),
                .init("status", .string(run.status.rawValue)),
                .init("lifecycle", JSON(try store.lifecycle(of: run.number)?.rawValue)),
                .init("steps", .integer(run.steps)), .init("last_step", JSON(run.lastStep)),
                .init("numerics", JSON(run.numerics)),
            ]
        }
        params = try facts { run in try details.params(of: run.number).map { .init($0.key, JSON($0.value)) } }
        digests = try facts { run in
            [
                .init("configuration", JSON(run.configurationDigest)), .init("dataset", JSON(run.datasetDigest)),
                .init("initial_weights", JSON(run.initialWeightsDigest)),
                .init("batch_order", JSON(run.batchOrderDigest)), .init("final_weights", JSON(run.finalWeightsDigest)),
            ]
        }
        environment = try facts { run in
            guard case .object(let members)? = try run.environment.map({ try JSON(stored: $0, in: store) }) else {
                return []
            }
            return members
        }
        try walk(store)
    }

    /// Goes through both runs' steps side by side, to the first variance that is not the same.
    private mutating func walk(_ store: Store) throws {
        let (rowsA, rowsB) = (try VarianceRows(of: a.number, in: store), try VarianceRows(of: b.number, in: store))
        var places: [Int64: LayerPlace] = [:]
        var (stepA, stepB) = (try rowsA.next(), try rowsB.next())
        while let ours = stepA, let theirs = stepB {
            if ours.number < theirs.number {
                steps.onlyA += 1
                stepA = try rowsA.next()
            } else if ours.number > theirs.number {
                steps.onlyB += 1
                stepB = try rowsB.next()
            } else {
                steps.common += 1
                if !ours.values.elementsEqual(theirs.values, by: { $0.isSame(as: $1) }) {
                    for value in ours.values + theirs.values where places[value.layer] == nil {
                        places[value.layer] = try store.layerPlace(value.layer)
                    }
                    let measures = Self.measures(ours, places).intersection(Self.measures(theirs, places))
                    if measures.isEmpty { isMeasuredDifferently = true }
                    parting = Self.parting(ours, theirs, places, measures)
                    if parting != nil { return }
                }
                (stepA, stepB) = (try rowsA.next(), try rowsB.next())
            }
        }
        while stepA != nil {
            steps.onlyA += 1
            stepA = try rowsA.next()
        }
        while stepB != nil {
            steps.onlyB += 1
            stepB = try rowsB.next()
        }
    }

    private static func measures(_ step: VarianceRows.Step, _ places: [Int64: LayerPlace]) -> Set<String> {
        Set(step.values.compactMap { places[$0.layer]?.measure })
    }

    /// The first layer of a step, by position, whose variance is not the same.
    ///
    /// Layers are lined up by their names; what was measured in different ways is never compared.
    private static func parting(
        _ a: VarianceRows.Step,
        _ b: VarianceRows.Step,
        _ places: [Int64: LayerPlace],
        _ measures: Set<String>
    ) -> Parting? {
        struct Name: Hashable {
            let shortName: String
            let measure: String
        }
        var pairs: [Name: (place: LayerPlace, a: Double?, b: Double?)] = [:]
        for value in a.values {
            guard let place = places[value.layer] else { continue }
            pairs[Name(shortName: place.shortName, measure: place.measure)] = (place, value.variance, nil)
        }
        for value in b.values {
            guard let place = places[value.layer] else { continue }
            let name = Name(shortName: place.shortName, measure: place.measure)
            pairs[name] = (pairs[name]?.place ?? place, pairs[name]?.a, value.variance)
        }
        return pairs.values.sorted { ($0.place.position, $0.place.shortName) < ($1.place.position, $1.place.shortName) }
            .first { pair in
                guard measures.contains(pair.place.measure) else { return false }
                guard let ours = pair.a, let theirs = pair.b else { return true }
                return ours != theirs && !(ours.isNaN && theirs.isNaN)
            }
            .map { Parting(step: a.number, place: $0.place, a: $0.a, b: $0.b) }
    }
}
