import ArgumentParser
import Runner
import Storage

/// A layer as people name it: all places of the store that bear the name.
struct NamedLayer {
    let places: [StoredLayer]
    let name: String
    let shortName: String

    /// Finds a layer by its short or long name; the case counts only where two names differ in nothing else.
    init?(_ word: String, among layers: [StoredLayer]) {
        let exact = layers.filter { $0.place.shortName == word || $0.place.name == word }
        let lowercased = word.lowercased()
        let found =
            exact.isEmpty
            ? layers.filter { [$0.place.shortName, $0.place.name].map { $0.lowercased() }.contains(lowercased) } : exact
        guard let first = found.first else { return nil }
        places = found
        name = first.place.name
        shortName = first.place.shortName
    }
}

/// A step as it is given to `--step`.
enum RecordedStep: ExpressibleByArgument {
    /// The last recorded one of each run.
    case final
    case number(Int64)

    init?(argument: String) {
        if argument == "final" {
            self = .final
        } else if let number = Int64(argument), number >= 0 {
            self = .number(number)
        } else {
            return nil
        }
    }

    /// What the store is asked for.
    var number: Int64? { if case .number(let number) = self { number } else { nil } }

    var text: String { number.map { "step \($0)" } ?? "the last step" }
}

/// What `history` and `plot history` are asked: a layer through the finished runs of a filter.
struct HistoryQuestion {
    /// Nil where no run has measured any.
    let layer: NamedLayer?
    let filter: Filter
    var step = RecordedStep.final
    /// The last so many runs; those before them are in the bands all the same.
    var limit: Int?

    /// Reads `[LAYER] [FILTER]`.
    ///
    /// - Throws: `StoreError` for a layer that is not there; `FilterError`.
    init(_ first: String?, _ second: String?, in store: Store) throws {
        let layers = try store.layers()
        if let second {
            layer = try Self.layer(first ?? "", among: layers, store)
            filter = try Filter(parsing: second)
            return
        }
        if let first, let layer = NamedLayer(first, among: layers) {
            self.layer = layer
            filter = .all
            return
        }
        if let first, !Self.mayBeFilter(first) { _ = try Self.layer(first, among: layers, store) }
        filter = try first.map(Filter.init(parsing:)) ?? .all
        layer = try Self.lastLayer(of: store.runNumbers(matching: filter).reversed(), in: store)
            .flatMap { NamedLayer($0, among: layers) }
    }

    /// The layer of a name.
    ///
    /// - Throws: `StoreError` that lists the layers there are.
    static func layer(_ word: String, among layers: [StoredLayer], _ store: Store) throws -> NamedLayer {
        if let layer = NamedLayer(word, among: layers) { return layer }
        var names: [String] = []
        for layer in layers where !names.contains(layer.place.shortName) { names.append(layer.place.shortName) }
        throw CommandError(
            .missing,
            "no layer '\(word)' in \(store.path): "
                + (names.isEmpty ? "`varve run` records some" : "there are " + names.joined(separator: ", "))
        )
    }

    /// A layer that was mistyped is no filter; what has an operator in it, or can be read, is one.
    private static func mayBeFilter(_ word: String) -> Bool {
        word.contains(where: "=<>!'\"`(".contains) || (try? Filter(parsing: word)) != nil
    }

    /// The name of the deepest layer of the first of some runs that is finished and has measured any.
    static func lastLayer(of runs: some Sequence<Int64>, in store: Store) throws -> String? {
        let details = try RunDetails(store)
        for number in runs {
            guard let run = try details.run(number: number), run.status == .finished else { continue }
            if let layer = try details.variances(of: run).last { return layer.layer }
        }
        return nil
    }

    /// Hands over the runs, oldest first, each held against those before it.
    func forEachEntry(
        in store: Store,
        groupedBy grouping: RunGrouping? = nil,
        _ body: (RunHistory.Entry) throws -> Void
    ) throws {
        guard let layer else { return }
        var history = RunHistory()
        var kept = Tail<RunHistory.Entry>(limit)
        try store.forEachVariance(
            of: layer.places,
            matching: filter,
            step: step.number,
            groupedBy: grouping
        ) { variance in
            let entry = history.entry(for: variance)
            if limit == nil { try body(entry) } else { kept.append(entry) }
        }
        for entry in kept.elements { try body(entry) }
    }

    /// How values that are put together were measured; nil where there is none.
    ///
    /// - Throws: `StoreError` that names the ways where there are several.
    @discardableResult
    func measure(of entries: [RunHistory.Entry]) throws -> String? {
        let met = Set(entries.map(\.variance.layer))
        let measures = Set(layer?.places.filter { met.contains($0.id) }.map(\.place.measure) ?? []).sorted()
        guard measures.count < 2 else {
            throw CommandError(
                .badData,
                "layer '\(layer?.shortName ?? "")' was measured in different ways (\(measures.joined(separator: ", "))), "
                    + "which are never put together: choose runs with a filter"
            )
        }
        return measures.first
    }
}
