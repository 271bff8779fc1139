/// The keys of metrics' names that a connection has met, so that they are not looked up with every value.
final class MetricKeyCache {
    /// Further ones are looked up in the store, so that no stream of names can fill the memory.
    private static let limit = 10_000

    /// In the order in which they were met first.
    private var keys: [(text: ExactText, key: Recorder.MetricKey)] = []
    private var places: [ExactText: Int] = [:]
    /// Behind the one that was met last: one batch has them in the order of the one before.
    private var next = 0
    /// How many transactions had been undone, and names with them, when these keys were met.
    private var undone = 0

    func key(_ text: String, in store: Store) throws -> Recorder.MetricKey {
        if undone != store.connection.statements.undone {
            keys.removeAll(keepingCapacity: true)
            places.removeAll(keepingCapacity: true)
            undone = store.connection.statements.undone
        }
        let exact = ExactText(text)
        let isNext = next < keys.count && keys[next].text == exact
        if let place = isNext ? next : places[exact] {
            next = place + 1
            return keys[place].key
        }
        let key = Recorder.MetricKey(id: try store.metricKey(text), checksum: Checksum(key: text))
        if keys.count < Self.limit {
            places[exact] = keys.count
            keys.append((exact, key))
        }
        return key
    }
}
