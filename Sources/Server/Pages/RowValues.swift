import Questions
import Storage

/// What belongs to a run, read once for all of its columns.
struct RowValues {
    private let run: Run
    private let store: Store
    private var params: [ExactText: JSON]?
    private var tags: [ExactText: JSON]?
    private var metrics: [ExactText: JSON]?
    private var layers: [LayerVariance]?

    init(_ run: Run, _ store: Store) {
        self.run = run
        self.store = store
    }

    mutating func value(of field: RunField) throws -> JSON {
        switch field {
        case .param(let key):
            let known = try params ?? Self.dictionary(store.params(of: run.number))
            params = known
            return known[ExactText(key)] ?? .null
        case .tag(let key):
            let known = try allTags()
            return known[ExactText(key)] ?? .null
        case .metric(let key, .last):
            let known =
                try metrics
                ?? Dictionary(
                    store.lastMetrics(of: run.number).map { (ExactText($0.key), JSON.real($0.value)) },
                    uniquingKeysWith: { $1 }
                )
            metrics = known
            return known[ExactText(key)] ?? .null
        case .layer(let name, let measure):
            let known = try layers ?? store.measures(of: run)
            layers = known
            let found = known.first {
                ($0.name.isExactly(name) || $0.layer.isExactly(name)) && measure.includes($0.measure)
            }
            return JSON(found?.variance)
        default: return try field.value(of: run, store)
        }
    }

    mutating func allTags() throws -> [ExactText: JSON] {
        let known = try tags ?? Self.dictionary(store.tags(of: run.number))
        tags = known
        return known
    }

    private static func dictionary(_ entries: [Entry]) -> [ExactText: JSON] {
        Dictionary(entries.map { (ExactText($0.key), JSON($0.value)) }, uniquingKeysWith: { $1 })
    }
}
