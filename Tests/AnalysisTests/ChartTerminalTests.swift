import Testing

@testable import Analysis

@Suite struct ChartTerminalTests {
    private func series(_ name: String, _ values: [Double]) -> Series {
        Series(name: name, points: values.enumerated().map { Series.Point(x: $0, y: $1) })
    }

    @Test func `a sparkline runs from the lowest block to the highest`() {
        #expect(sparkline([1, 2, 3, 4, 5, 6, 7, 8]) == "▁▂▃▄▅▆▇█")
        #expect(sparkline([1, 10, 100, 1000]) == "▁▃▆█")
        #expect(sparkline([8, 1, 8, 1], isASCII: true) == "@.@.")
        #expect(sparkline([3, 3, 3]) == "▅▅▅")
        #expect(sparkline([]) == "")
    }

    @Test func `a sparkline shows what is on no scale, and many values in the width it has`() {
        #expect(sparkline([1, .nan, 100, .infinity, 0, -.infinity]) == "▁?█^vv")
        #expect(sparkline((1000..<2000).map(Double.init), width: 8) == "▁▂▃▄▅▆▇█")
        #expect(sparkline([1, 1, 1, .nan, 9, 9], width: 3) == "▁?█")
    }

    @Test func `a chart has labelled axes, its points, and dots between them`() {
        let chart = TerminalChart([series("plain", [1, 1.8, 3.2, 5.3, 8.7, 15, 27])], from: "step 0", to: "step 6")
        #expect(
            chart.lines(width: 50, height: 7) == [
                "   │                                          ···*",
                "20 ┤                                   ···*···",
                "10 ┤                           ···*····",
                " 5 ┤                   ····*···",
                "   │           ····*···",
                " 2 ┤    ····*··",
                " 1 ┤*···",
                "   └──────────────────────────────────────────────",
                "    step 0                                  step 6",
            ]
        )
    }

    @Test func `several lines have marks of their own, and what is on no axis is named`() {
        let chart = TerminalChart(
            [series("plain", [1, 50, .nan, 100]), series("batch\u{1B}norm", [1, .infinity, 0, 2])],
            from: "run 1",
            to: "run 4",
            isASCII: true
        )
        #expect(
            chart.lines(width: 30, height: 5) == [
                "100 +        ^       ?       *",
                "    |      ..*",
                " 10 +    ..",
                "    |  ..                    +",
                "  1 ++.              v",
                "    +-------------------------",
                "     run 1               run 4",
                "* plain   + batch␛norm   ? NaN   ^ infinite   v zero or less",
            ]
        )
    }

    @Test func `among many points the one that is not a number is seen`() {
        var values = (0..<1000).map { $0.isMultiple(of: 2) ? 1.0 : 100 }
        values[500] = .nan
        let lines = TerminalChart([series("plain", values)], from: "step 0", to: "step 999").lines(width: 40, height: 5)
        #expect(lines.first?.contains("?") == true)
        #expect(lines.last == "? NaN")
    }

    @Test(arguments: ChartScaleTests.hardRanges) func `whatever the values, the chart has the size that was asked for`(
        values: [Double]
    ) {
        let far = Series(name: "far", points: values.enumerated().map { .init(x: $0 == 0 ? .min : .max, y: $1) })
        let lines = TerminalChart([series("near", values), far], from: "a", to: "b").lines(width: 60, height: 9)
        #expect((11...12).contains(lines.count))
        #expect(lines.prefix(11).allSatisfy { $0.count <= 60 })
        #expect(TerminalChart([far], from: "a", to: "b").lines(width: 0, height: 0).count >= 5)
        #expect(sparkline(values).count == values.count)
    }
}
