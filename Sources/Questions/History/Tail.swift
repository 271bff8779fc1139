/// The last n of things that come one after the other.
struct Tail<Element> {
    private let limit: Int
    private var kept: [Element] = []

    /// Keeps the last n; none where there is no limit, as they then need not be kept.
    init(_ limit: Int?) { self.limit = limit ?? 0 }

    /// At most n, in their order.
    var elements: ArraySlice<Element> { kept.suffix(limit) }

    mutating func append(_ element: Element) {
        kept.append(element)
        // Now and then only: all that are kept move.
        if kept.count > 1000, kept.count / 2 > limit { kept.removeFirst(kept.count - limit) }
    }
}
