import Analysis
import Questions
import Storage

/// The variances of all layers in a group of runs, at one step.
struct DepthProfile {
    /// The group as it was named.
    let name: String
    /// How many different configurations and datasets its runs have.
    let kinds: Int
    /// The keys of the layers that were measured.
    let measured: Set<Int64>
    private let runs: [Member]

    private struct Kind: Hashable {
        let configuration: String?
        let dataset: Int64?
    }

    private struct Replica: Hashable {
        let kind: Kind
        let seed: Int64
    }

    private struct Member {
        let name: String
        var values: [Int64: Double]
    }

    /// Asks for a group: an architecture of the store, a RUN, or a FILTER.
    ///
    /// - Throws: `FilterError`; `StoreError` for a RUN that is not there, and where no finished run is found.
    init(_ word: String, step: RecordedStep, layers: [StoredLayer], in store: Store) throws {
        name = word
        var members: [(number: Int64, member: Member)] = []
        var places: [Replica: Int] = [:]
        var kinds: Set<Kind> = []
        var measured: Set<Int64> = []
        try store.forEachVariance(of: layers, matching: Filter(group: word, in: store), step: step.number) {
            row in
            measured.insert(row.layer)
            let value = row.variance
            if members.last?.number == row.run {
                members[members.count - 1].member.values[row.layer] = value
                return
            }
            let kind = Kind(configuration: row.configurationDigest, dataset: row.dataset)
            kinds.insert(kind)
            let name = "run \(row.run)" + (row.seed.map { ", seed \($0)" } ?? "")
            members.append((row.run, Member(name: name, values: [row.layer: value])))
            // What is not known of a logged run makes it the replica of none.
            guard let seed = row.seed, kind.configuration != nil else { return }
            if let earlier = places.updateValue(members.count - 1, forKey: Replica(kind: kind, seed: seed)) {
                members[earlier].member.values = [:]
            }
        }
        guard !members.isEmpty else {
            throw CommandError(.missing, "no finished run in \(store.path) fits '\(word)' and has \(step.text)")
        }
        runs = members.map(\.member).filter { !$0.values.isEmpty }
        self.kinds = kinds.count
        self.measured = measured
    }

    /// The group as it is drawn over some places.
    func group(over places: [LayerPlace], layers: [StoredLayer]) -> ProfilePlot.Group {
        let keys = places.map { place in
            layers.filter { $0.place.name == place.name && $0.place.position == place.position }
        }
        return ProfilePlot.Group(
            name: name,
            runs: runs.map { run in
                ProfilePlot.Run(
                    name: run.name,
                    values: keys.map { $0.lazy.compactMap { run.values[$0.id] }.first }
                )
            },
            behindNorm: Set(
                keys.indices.filter { keys[$0].contains { $0.place.afterNorm && measured.contains($0.id) } }
            )
        )
    }
}
