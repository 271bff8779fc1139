import Testing

@testable import Questions

/// What is kept of long lists.
@Suite struct TailTests {
    @Test(arguments: [0, 1, 3, 999, 5000, 10_000, 20_000]) func `the last n are kept in order`(_ limit: Int) {
        var tail = Tail<Int>(limit)
        for number in 0..<10_000 { tail.append(number) }
        #expect(Array(tail.elements) == Array((0..<10_000).suffix(limit)))
    }

    @Test func `without a limit there is nothing to keep`() {
        #expect(Tail<Int>(nil).elements.isEmpty)
    }
}
