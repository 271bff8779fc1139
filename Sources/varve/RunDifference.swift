import Runner
import Storage

/// What `diff` found: two runs, fact by fact, and where their variances part.
struct RunDifference {
    /// One fact of both runs; `.null` where a run does not have it.
    struct Fact {
        let key: String
        let a: JSON
        let b: JSON

        var differs: Bool { a != b }
    }

    /// The first place at which the variances are not the same.
    struct Parting {
        let step: Int64
        let place: LayerPlace
        /// NaN is a value like others here; nil where a run has no such row.
        let a: Double?
        let b: Double?

        private var difference: Verdict.Difference { Verdict.Difference(recorded: a, computed: b) }
        /// How many float32 values lie between the two.
        var ulps: Int? { difference.ulps }
        /// The difference as a share of A's value.
        var relative: Double? { difference.relative }
    }

    let a: Run
    let b: Run
    /// Lifecycle, status, seed and the like.
    let facts: [Fact]
    let params: [Fact]
    let digests: [Fact]
    let environment: [Fact]
    private(set) var parting: Parting?
    /// Up to the parting: the steps that both runs recorded, and those that one of them did not.
    private(set) var steps = (common: 0, onlyA: 0, onlyB: 0)

    init(_ a: Run, _ b: Run, in store: Store) throws {
        self.a = a
        self.b = b
        let details = try RunDetails(store)
        func facts(_ values: (Run) throws -> [(key: String, value: JSON)]) throws -> [Fact] {
            let (ours, theirs) = (try values(a), try values(b))
            let (byA, byB) = (Dictionary(ours, uniquingKeysWith: { $1 }), Dictionary(theirs, uniquingKeysWith: { $1 }))
            let keys = ours.map(\.key) + theirs.map(\.key).filter { byA[$0] == nil }
            return keys.map { Fact(key: $0, a: byA[$0] ?? .null, b: byB[$0] ?? .null) }
        }
        self.facts = try facts { run in
            [
                ("experiment", .string(run.experiment)), ("architecture", JSON(run.architecture)),
                ("seed", JSON(run.seed)), ("dataset", JSON(run.datasetName)), ("status", .string(run.status.rawValue)),
                ("lifecycle", JSON(try store.lifecycle(of: run.number)?.rawValue)), ("steps", .integer(run.steps)),
                ("last_step", JSON(run.lastStep)), ("numerics", JSON(run.numerics)),
            ]
        }
        params = try facts { run in try details.params(of: run.number).map { ($0.key, JSON($0.value)) } }
        digests = try facts { run in
            [
                ("configuration", JSON(run.configurationDigest)), ("dataset", JSON(run.datasetDigest)),
                ("initial_weights", JSON(run.initialWeightsDigest)), ("batch_order", JSON(run.batchOrderDigest)),
                ("final_weights", JSON(run.finalWeightsDigest)),
            ]
        }
        environment = try facts { run in
            guard case .object(let members)? = try run.environment.map({ try JSON(stored: $0, in: store) }) else {
                return []
            }
            return members.map { ($0.key, $0.value) }
        }
        try walk(store)
    }

    /// Whether at some step the runs have no measure in common, so that nothing was compared there.
    private(set) var isMeasuredDifferently = false

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
    /// Layers are lined up by their short names; what was measured in different ways is never compared.
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
