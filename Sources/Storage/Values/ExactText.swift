/// A text that equals another of the same bytes only, as SQLite compares them; to Swift `é` is one, however it is composed.
struct ExactText: Hashable {
    private let bytes: [UInt8]

    init(_ text: String) { bytes = Array(text.utf8) }
}
