/// The keys of metrics' names that a connection has met, so that they are not looked up with every value.
final class MetricKeyCache {
    /// Further ones are looked up in the store, so that no stream of names can fill the memory.
    private static let limit = 10_000

    private var keys: [ExactText: Recorder.MetricKey] = [:]
    /// How many transactions had been undone, and names with them, when these keys were met.
    private var undone = 0

    func key(_ text: String, in store: Store) throws -> Recorder.MetricKey {
        if undone != store.connection.statements.undone {
            keys.removeAll(keepingCapacity: true)
            undone = store.connection.statements.undone
        }
        let exact = ExactText(text)
        if let known = keys[exact] { return known }
        let key = Recorder.MetricKey(id: try store.metricKey(text), checksum: Checksum(key: text))
        if keys.count < Self.limit { keys[exact] = key }
        return key
    }
}
