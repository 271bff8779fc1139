import Testing

@testable import Storage

/// A sign of ASCII is one also where a letter behind it is drawn over it: Swift takes the two for one character.
@Suite struct ExactTextTests {
    private let text = "a'\u{301}b'c"

    @Test func `parts end at each sign`() {
        #expect(text.parts(between: "'") == ["a", "\u{301}b", "c"])
        #expect(text.parts(between: "'", atMost: 2) == ["a", "\u{301}b'c"])
        #expect("".parts(between: "'") == [""])
        #expect(text.doubling("'").utf8.elementsEqual("a''\u{301}b''c".utf8))
    }

    @Test(arguments: ["it'\u{301}s", "`\u{301}", "a\u{301}", "x\u{20E3}", "\"\u{308}"])
    func `a filter finds the key and the text it was written for`(_ name: String) throws {
        for text in [
            FilterText.test(param: name, .text(name)), "tags.\(FilterText.key(name)) = \(FilterText.quoted(name))",
        ] {
            #expect(throws: Never.self) { try Filter(parsing: text) }
        }
        let fields = try RunColumn.list(parsing: "params.\(FilterText.key(name))")
        #expect(fields.count == 1)
    }
}
