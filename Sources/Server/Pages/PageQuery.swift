/// The state of a page: the names and values behind the question mark of its address, in their order.
struct PageQuery: Sendable, Equatable {
    private(set) var items: [(name: String, value: String)]

    init(_ items: [(name: String, value: String)] = []) { self.items = items }

    static func == (first: PageQuery, second: PageQuery) -> Bool {
        first.items.elementsEqual(second.items) { $0.name == $1.name && $0.value == $1.value }
    }

    /// The first value of a name that is not empty.
    subscript(name: String) -> String? {
        items.first { $0.name == name && !$0.value.isEmpty }?.value
    }

    /// All values of a name that are not empty.
    func all(_ name: String) -> [String] {
        items.filter { $0.name == name && !$0.value.isEmpty }.map(\.value)
    }

    /// The same state with another value of a name, or without it.
    func setting(_ name: String, _ value: String?) -> PageQuery {
        setting(name, value.map { [$0] } ?? [])
    }

    /// The same state with other values of a name.
    func setting(_ name: String, _ values: [String]) -> PageQuery {
        var result = items.filter { $0.name != name }
        let place = items.firstIndex { $0.name == name } ?? result.count
        result.insert(contentsOf: values.map { (name, $0) }, at: min(place, result.count))
        return PageQuery(result)
    }

    /// The same state without some names.
    func without(_ names: String...) -> PageQuery {
        PageQuery(items.filter { !names.contains($0.name) })
    }

    /// The address of a path in this state.
    func address(_ path: String) -> String {
        let items = items.filter { !$0.value.isEmpty }
        guard !items.isEmpty else { return path }
        return path + "?" + items.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }.joined(separator: "&")
    }

    /// A text as it stands in an address, in a path or behind the question mark.
    static func encoded(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E, 0x2C, 0x2F, 0x28, 0x29, 0x2A, 0x3A:
                result.append(byte)
            default:
                result.append(0x25)
                for digit in [byte >> 4, byte & 15] { result.append(digit < 10 ? 0x30 + digit : 0x37 + digit) }
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
