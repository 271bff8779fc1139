import Testing

@testable import Analysis

@Suite struct ChartMarkupTests {
    @Test func `names cannot leave their place, and what XML forbids becomes visible`() {
        #expect(Markup.escaped("a<b> & \"c\" 'd'") == "a&lt;b&gt; &amp; &quot;c&quot; 'd'")
        #expect(Markup.escaped("\u{1B}[31m\u{0}") == "␛[31m␀")
        #expect(Markup.escaped("a\u{202E}b\u{FFFE}c\u{7F}") == "a\u{FFFD}b\u{FFFD}c\u{FFFD}")
        #expect(Markup.escaped("größer ✓ 分散") == "größer ✓ 分散")
    }

    @Test func `elements are closed, and empty attributes left out`() throws {
        var markup = Markup()
        markup.element("g", ["class": "a\"b", "id": ""], title: "1 < 2") { markup in
            markup.element("path", ["d": "M0 0"])
            markup.line("x & y", x: 1, y: 2.55)
        }
        #expect(
            markup.text == """
                <g class="a&quot;b"><title>1 &lt; 2</title>
                <path d="M0 0"/>
                <text x="1" y="2.6">x &amp; y</text>
                </g>

                """
        )
    }

    @Test func `texts are broken between words and cut only where they must be`() {
        let name = "After first residual connection"
        #expect(wrapped(name, to: 92, size: 12) == ["After first", "residual", "connection"])
        #expect(wrapped(name, to: 1000, size: 12) == [name])
        #expect(wrapped("", to: 10, size: 12) == [])
        #expect(shortened(name, to: 1000, size: 12) == name)
        #expect(shortened(name, to: 80, size: 12) == "After first r…")
        #expect(textWidth("分散", size: 12) > textWidth("ab", size: 12))
    }

    @Test func `a line breaks where there is no value, and a value alone is a dot`() {
        let places: [(x: Double, y: Double?)] = [(0, 1), (1, 2), (2, nil), (3, 4), (4, nil), (5, 6)]
        #expect(linePath(places) == "M0 1L1 2M3 4h0M5 6h0")
        #expect(linePath(places[2..<3]) == "")
        #expect(bandPath([(10, 5, 1), (20, 6, 2)]) == "M10 1 20 2 20 6 10 5z")
        #expect(bandPath([(10, 5, 1)]) == "M4 1 16 1 16 5 4 5z")
    }

    @Test func `a thinned line keeps its ends, its peaks and what is not finite`() {
        var points = (0..<100_000).map { Series.Point(x: $0, y: 1 + Double($0 % 7)) }
        points[12_345] = Series.Point(x: 12_345, y: 1000)
        points[54_321] = Series.Point(x: 54_321, y: .nan)
        points[54_322] = Series.Point(x: 54_322, y: 0)
        let thin = thinned(points, columns: 100, on: .logarithmic)
        #expect(thin.count <= 500)
        #expect(thin.first == points.first)
        #expect(thin.last == points.last)
        #expect(thin.contains(points[12_345]))
        #expect(thin.contains { $0.x == 54_321 })
        #expect(thin.contains(points[54_322]))
        #expect(zip(thin, thin.dropFirst()).allSatisfy { $0.x < $1.x })
        #expect(thinned(Array(points.prefix(400)), columns: 100, on: .linear).count == 400)
    }

    @Test func `a line that is thinned again and again keeps its peaks and what is not finite`() {
        var line = Series(name: "plain", points: [])
        for start in stride(from: 0, to: 100_000, by: 1000) {
            let points = (start..<start + 1000).map { x in
                Series.Point(x: x, y: x == 12_345 ? 1000 : x == 54_321 ? .nan : x == 54_322 ? 0 : 1 + Double(x % 7))
            }
            line = Series(name: "plain", points: line.points + points).thinned(columns: 500)
        }
        #expect(line.points.count <= 2500)
        #expect(line.points.first?.x == 0)
        #expect(line.points.last?.x == 99_999)
        #expect(Set([12_345, 54_321, 54_322]).isSubset(of: line.points.map(\.x)))
    }
}
