import Storage

/// The state of a page: the names and values behind the question mark of its address, in their order.
struct PageQuery: Sendable, Equatable {
    private(set) var items: [(name: String, value: String)]

    init(_ items: [(name: String, value: String)] = []) { self.items = items }

    static func == (first: PageQuery, second: PageQuery) -> Bool {
        first.items.elementsEqual(second.items) { $0.name.isExactly($1.name) && $0.value.isExactly($1.value) }
    }

    /// The first value of a name that is not empty.
    subscript(name: String) -> String? {
        items.first { $0.name.isExactly(name) && !$0.value.isEmpty }?.value
    }

    /// All values of a name that are not empty.
    func all(_ name: String) -> [String] {
        items.filter { $0.name.isExactly(name) && !$0.value.isEmpty }.map(\.value)
    }

    /// The same state with another value of a name, or without it.
    func setting(_ name: String, _ value: String?) -> PageQuery {
        setting(name, value.map { [$0] } ?? [])
    }

    /// The same state with other values of a name.
    func setting(_ name: String, _ values: [String]) -> PageQuery {
        var result = items.filter { !$0.name.isExactly(name) }
        let place = items.firstIndex { $0.name.isExactly(name) } ?? result.count
        result.insert(contentsOf: values.map { (name, $0) }, at: min(place, result.count))
        return PageQuery(result)
    }

    /// The same state without some names.
    func without(_ names: String...) -> PageQuery {
        PageQuery(items.filter { !names.holds($0.name) })
    }

    /// The address of a path in this state.
    func address(_ path: String) -> String {
        let items = items.filter { !$0.value.isEmpty }
        guard !items.isEmpty else { return path }
        return path + "?" + items.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }.joined(separator: "&")
    }

    /// A text as it stands in an address, in a path or behind the question mark.
    static func encoded(_ text: String) -> String { Path.encoded(text, keeping: ",()*:") }
}
