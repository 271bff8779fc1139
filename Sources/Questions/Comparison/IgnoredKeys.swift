import Storage

/// Keys of params and tags that do not count where runs are put together: a folder, a host, a time.
public struct IgnoredKeys: Sendable, Equatable {
    /// The keys of params, in order.
    public private(set) var params: [String] = []
    /// The keys of tags, in order.
    public private(set) var tags: [String] = []

    /// Ignores the params of some keys; none unless given.
    public init(params: [String] = []) { for key in params { insert(param: key) } }

    /// Reads keys with commas between them: `params.out, tags.host`; nil for what are not keys of params and tags.
    public init?(parsing text: String) {
        guard let columns = try? RunColumn.list(parsing: text) else { return nil }
        for column in columns {
            switch column {
            case .field(.param(let key), _): insert(param: key)
            case .field(.tag(let key), _): insert(tag: key)
            default: return nil
            }
        }
    }

    /// As they are typed: `params.out`.
    public var words: [String] {
        params.map { "params.\(FilterText.key($0))" } + tags.map { "tags.\(FilterText.key($0))" }
    }

    /// Adds what the runs that a filter finds say in their tag `varve.ignore`: the keys of params, as a JSON array or with
    /// commas between them, with or without `params.` before them.
    mutating func formUnion(ofRuns filter: Filter, in store: Store) throws {
        for text in try store.ignoredKeys(matching: filter) {
            var words = text.parts(between: ",").map { String($0.drop { $0 == " " }) }
            if text.hasPrefix("["), case .array(let items)? = try? JSON(parsing: text) {
                words = items.compactMap { if case .string(let word) = $0 { word } else { nil } }
            }
            for word in words where !word.isEmpty {
                if let key = word.behind("tags.") {
                    insert(tag: key)
                } else {
                    insert(param: word.behind("params.") ?? word)
                }
            }
        }
    }

    /// Adds other keys.
    mutating func formUnion(_ other: IgnoredKeys) {
        for key in other.params { insert(param: key) }
        for key in other.tags { insert(tag: key) }
    }

    private mutating func insert(param key: String) {
        if !params.holds(key) { params = (params + [key]).sorted() }
    }

    private mutating func insert(tag key: String) {
        if !tags.holds(key) { tags = (tags + [key]).sorted() }
    }
}
