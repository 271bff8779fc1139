import Storage

/// Keys of params and tags that do not count where runs are put together: a folder, a host, a time.
public struct IgnoredKeys: Sendable, Equatable {
    /// The keys of params, in order.
    public private(set) var params: [String] = []
    /// The keys of tags, in order.
    public private(set) var tags: [String] = []

    /// Ignores the params of some keys; none unless given.
    public init(params: [String] = []) { self.params = Set(params).sorted() }

    /// Reads keys with commas between them: `params.out, tags.host`.
    ///
    /// - Throws: `FilterError` that points at the first place which cannot be read; ``QuestionError`` for what is neither a
    ///   param nor a tag.
    public init(parsing text: String) throws {
        for column in try RunColumn.list(parsing: text) {
            switch column {
            case .field(.param(let key), _): insert(param: key)
            case .field(.tag(let key), _): insert(tag: key)
            case .field(_, let title): throw QuestionError.notIgnorable(word: title)
            default: throw QuestionError.notIgnorable(word: text)
            }
        }
    }

    /// As they are typed: `params.out`.
    public var words: [String] {
        params.map { "params.\(FilterText.key($0))" } + tags.map { "tags.\(FilterText.key($0))" }
    }

    /// Adds the keys of others.
    public mutating func formUnion(_ other: IgnoredKeys) {
        for key in other.params { insert(param: key) }
        for key in other.tags { insert(tag: key) }
    }

    /// Adds what the runs that a filter finds say in their tag `varve.ignore`: the keys of params, as a JSON array or with
    /// commas between them, with or without `params.` before them.
    mutating func formUnion(ofRuns filter: Filter, in store: Store) throws {
        for text in try store.ignoredKeys(matching: filter) {
            var words = text.split(separator: ",").map { $0.drop { $0 == " " } }.map(String.init)
            if text.hasPrefix("["), case .array(let items)? = try? JSON(parsing: text) {
                words = items.compactMap { if case .string(let word) = $0 { word } else { nil } }
            }
            for word in words where !word.isEmpty {
                if word.hasPrefix("tags.") {
                    insert(tag: String(word.dropFirst("tags.".count)))
                } else {
                    insert(param: word.hasPrefix("params.") ? String(word.dropFirst("params.".count)) : word)
                }
            }
        }
    }

    private mutating func insert(param key: String) {
        if !params.contains(key) { params = (params + [key]).sorted() }
    }

    private mutating func insert(tag key: String) {
        if !tags.contains(key) { tags = (tags + [key]).sorted() }
    }
}
