public import Storage

/// A layer as people name it: all places of the store that bear the name.
public struct NamedLayer: Sendable, Equatable {
    public let places: [StoredLayer]
    /// The long name.
    public let name: String
    public let shortName: String

    /// Finds a layer by its short or long name; the case counts only where two names differ in nothing else.
    public init?(_ word: String, among layers: [StoredLayer]) {
        let exact = layers.filter { $0.place.shortName.isExactly(word) || $0.place.name.isExactly(word) }
        let lowercased = word.lowercased()
        let found =
            exact.isEmpty
            ? layers.filter { [$0.place.shortName, $0.place.name].map { $0.lowercased() }.contains(lowercased) } : exact
        guard let first = found.first else { return nil }
        places = found
        name = first.place.name
        shortName = first.place.shortName
    }

    /// The layer of a name in a store.
    ///
    /// - Throws: ``QuestionError`` that lists the layers there are; `SQLiteError`.
    public init(_ word: String, in store: Store) throws {
        let layers = try store.layers()
        guard let layer = NamedLayer(word, among: layers) else {
            if try store.names(of: .metric).holds(word) { throw QuestionError.layerIsMetric(key: word) }
            throw QuestionError.noLayer(word: word, path: store.path, known: layers.shortNames)
        }
        self = layer
    }

    /// The place of a key.
    func place(_ key: Int64) -> LayerPlace? { places.first { $0.id == key }?.place }
}

extension [StoredLayer] {
    /// The short names, each once, in the order of the layers.
    var shortNames: [String] { map(\.place.shortName).reduce(into: []) { if !$0.holds($1) { $0.append($1) } } }
}
