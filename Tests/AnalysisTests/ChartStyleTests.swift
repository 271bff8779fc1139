import Testing

@testable import Analysis

@Suite struct ChartStyleTests {
    /// One picture of each kind, with the same text wherever a text can be.
    private func pictures(_ text: String) -> [(PictureStyle) -> String] {
        let series = [Series(name: text, points: [.init(x: 0, y: 1), .init(x: 1, y: .nan)])]
        let points = [1.0, 2].map { CurvesPlot.Point(x: Int($0), y: $0, low: $0 - 0.5, high: $0 + 0.5, n: 3) }
        let history = (1...3).map { run in
            HistoryPlot.Point(
                run: Int64(run),
                group: text,
                value: 1,
                bandLow: 0.5,
                bandHigh: 2,
                isOutside: run == 3,
                beginsShift: run == 2
            )
        }
        let groups = [[text], [text, text]].map { layers in
            ProfilePlot.Group(name: text, layers: layers, runs: [.init(name: text, values: [1, .nan])])
        }
        let dots = [ScatterPlot.Value.text(text), .number(1)].map {
            ScatterPlot.Point(run: 1, group: text, x: $0, y: 1)
        }
        return [
            CurvesPlot(title: text, subtitle: text, curves: [.init(name: text, points: points)], measure: text).svg,
            HistoryPlot(title: text, subtitle: text, points: history, measure: text).svg,
            ProfilePlot(title: text, subtitle: text, groups: groups, measure: text).svg,
            ScatterPlot(title: text, subtitle: text, points: dots, param: text, metric: text).svg,
            TrainingPlot(title: text, subtitle: text, layers: series, metrics: series, measure: text).svg,
        ]
    }

    @Test(arguments: [1, 360, 500, 800, 1600, 2000, 4000, 100_000]) func `a picture is as wide as was asked for`(
        width: Int
    ) throws {
        for svg in pictures("loss") {
            let picture = try #require(Picture(svg(PictureStyle(width: width))))
            let root = try #require(picture.elements.first)
            #expect(root.attributes["width"] == "\(min(4000, max(360, width)))")
            let scale = Double(min(4000, max(360, width))) / picture.page.width
            let height = try #require(root.attributes["height"].flatMap(Double.init))
            #expect(abs(height - picture.page.height * scale) <= 0.5)
            #expect(picture.page.width <= 1600)
            #expect(picture.clippedTexts == [])
            #expect(picture.overlappingTexts == [])
        }
    }

    @Test func `the title can be another, and none`() throws {
        for svg in pictures("loss") {
            let other = try #require(Picture(svg(PictureStyle(title: "Figure 1"))))
            #expect(other.elements.first?.title == "Figure 1")
            #expect(other.elements.filter { $0.attributes["class"] == "heading" }.map(\.text) == ["Figure 1"])
            #expect(try #require(Picture(svg(PictureStyle(title: "")))).count("heading") == 0)
        }
    }

    @Test func `a theme is the reader's, or forced`() throws {
        for svg in pictures("loss") {
            func style(_ theme: Theme) throws -> String {
                let picture = try #require(Picture(svg(PictureStyle(theme: theme))))
                return try #require(picture.elements.first { $0.name == "style" }).text
            }
            #expect(try style(.auto).contains("prefers-color-scheme"))
            #expect(try style(.auto).contains("#14181d"))
            #expect(try !style(.light).contains("#14181d"))
            #expect(try style(.dark).contains(".varve .page,.varve .hollow{fill:#14181d}"))
            #expect(try !style(.dark).contains("@media"))
        }
    }

    @Test(arguments: [
        "", "<script>alert('x')</script>", "a & b \"c\" 'd'", "\u{0}\u{1B}[31m\u{7F}\u{FFFE}", "line\nline\r\nline",
        "]]>--><!--", "\u{202E}evil\u{2066}", "größer ✓ 分散 👩‍👩‍👧", String(repeating: "W", count: 200_000),
        String(repeating: "many words ", count: 20_000), "e" + String(repeating: "\u{301}", count: 100_000),
        String(repeating: "\n", count: 200_000),
    ]) func `whatever is in a name, a picture is whole, small and readable`(text: String) throws {
        for svg in pictures(text) {
            for width in [360, 800, 4000] {
                let text = svg(PictureStyle(width: width))
                #expect(text.utf8.count < 60_000)
                let picture = try #require(Picture(text))
                #expect(picture.clippedTexts == [])
                #expect(picture.page.height < 2 * max(800, picture.page.width))
                #expect(picture.elements.count { $0.name == "desc" } == 1)
                #expect(!picture.elements.contains { $0.name == "script" })
            }
        }
    }

    @Test func `a long name is cut to one line that ends with an ellipsis`() {
        #expect(clipped("loss") == "loss")
        #expect(clipped("a\nb") == "a␊b")
        #expect(clipped(String(repeating: "é", count: 200)) == String(repeating: "é", count: 200))
        #expect(clipped(String(repeating: "é", count: 201)) == String(repeating: "é", count: 199) + "…")
        #expect(listed(["a", "b", "c"], atMost: 2, separator: ", ") == "a, b, and 1 more")
    }

    @Test func `where there is nothing to draw, a picture is whole all the same`() throws {
        for svg in [
            CurvesPlot(title: "loss", subtitle: "", curves: [], measure: "loss").svg(),
            CurvesPlot(title: "loss", subtitle: "", curves: [.init(name: "run 1", points: [])], measure: "loss").svg(),
            HistoryPlot(title: "loss", subtitle: "", points: [], measure: "loss").svg(),
            ProfilePlot(title: "loss", subtitle: "", groups: [], measure: "loss").svg(),
            ProfilePlot(title: "", subtitle: "", groups: [.init(name: "", layers: [], runs: [])], measure: "").svg(),
            ScatterPlot(title: "loss", subtitle: "", points: [], param: "width", metric: "loss").svg(),
            TrainingPlot(title: "loss", subtitle: "", layers: [], metrics: [], measure: "loss").svg(),
        ] {
            let picture = try #require(Picture(svg))
            #expect(picture.clippedTexts == [])
            #expect(picture.page.height > 20)
        }
    }
}
