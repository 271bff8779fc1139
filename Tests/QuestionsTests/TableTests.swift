import Testing

@testable import Questions

@Suite struct TableTests {
    private let long = String(repeating: "x", count: 3_000_000)

    @Test func `a very long text makes no other row longer`() {
        var table = Table(["run", "tag", "steps"], rows: [[.integer(1), .text(long), .integer(2)]])
        table.rows += (2...200).map { [.integer($0), .text("short"), .integer($0)] }
        let lines = table.takeText(isColored: false, width: nil)
        #expect(lines.count == 201)
        #expect(lines[1].utf8.count == 3_000_010 || lines[1].hasSuffix("x      2"))
        #expect(lines.dropFirst(2).allSatisfy { $0.utf8.count < 1100 })
        #expect(Set(lines.dropFirst(2).map(\.utf8.count)).count == 1)
    }

    @Test func `columns stand below each other, and no line ends in spaces`() {
        var table = Table(["name", "n", "text"])
        table.append(.text("é日"), .integer(5), .text("end"))
        table.append(.text("longer"), .integer(1000), .missing)
        #expect(
            table.takeText(isColored: false, width: nil) == ["name       n  text", "é日        5  end", "longer  1000"]
        )
    }

    @Test func `a head that stood there before its rows decides nothing about them`() {
        var table = Table(["run", "n"])
        #expect(table.takeText(isColored: false, width: nil) == ["run  n"])
        table.append(.integer(1), .integer(5))
        #expect(table.takeText(isColored: false, width: nil) == ["  1  5"])
    }

    @Test func `on a terminal a long text is cut to what fits`() {
        var table = Table(["run", "tag"], rows: [[.integer(1), .text(long)]])
        #expect(
            table.takeText(isColored: false, width: 20) == [
                "run  tag", "  1  " + String(repeating: "x", count: 14) + "…",
            ]
        )
    }

    @Test func `CSV quotes a quote that a letter is drawn over`() {
        #expect(CSV.line(["a\"\u{301}b", "c"]).utf8.elementsEqual("\"a\"\"\u{301}b\",c".utf8))
    }
}
