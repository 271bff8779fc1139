import Testing

@testable import Analysis

@Suite struct ChartScatterTests {
    private func plot(_ points: [ScatterPlot.Point]) -> ScatterPlot {
        ScatterPlot(title: "loss by width", subtitle: "last values", points: points, param: "width", metric: "loss")
    }

    private func dots(_ picture: Picture) -> [Picture.Element] {
        picture.elements.filter { ($0.attributes["class"] ?? "").hasPrefix("dot") && $0.title != nil }
    }

    @Test func `every run is a dot with its run, seed and values on hover`() throws {
        let picture = try #require(
            Picture(
                plot([
                    .init(run: 1, seed: 0, group: "plain", x: .number(50), y: 1.5),
                    .init(run: 2, group: "batchnorm", x: .number(0.1), y: 0.30000000000000004),
                ]).svg()
            )
        )
        #expect(
            dots(picture).map(\.title) == [
                "run 1, plain, seed 0\nwidth: 50\nloss: 1.5", "run 2, batchnorm\nwidth: 0.1\nloss: 0.30000000000000004",
            ]
        )
        #expect(dots(picture).map { $0.attributes["class"] } == ["dot c0", "dot c1"])
        for text in ["plain (n = 1)", "batchnorm (n = 1)", "width", "0.1", "50"] {
            #expect(picture.texts.contains(text))
        }
    }

    @Test func `runs that lack a value are counted in the subtitle`() throws {
        let picture = try #require(
            Picture(
                plot([
                    .init(run: 1, group: "plain", x: .number(50), y: 1), .init(run: 2, group: "plain", x: nil, y: 1),
                    .init(run: 3, group: "plain", x: nil, y: nil),
                    .init(run: 4, group: "plain", x: .number(60), y: nil),
                    .init(run: 5, group: "plain", x: .number(.nan), y: 1),
                ]).svg()
            )
        )
        #expect(dots(picture).count == 1)
        #expect(picture.texts.contains("last values; 2 of 5 runs lack width; 1 of 5 runs lacks loss"))
        #expect(picture.texts.contains("1 run is not drawn: width is not finite."))
    }

    @Test func `values that are not all numbers have a place each, numbers first`() throws {
        let values: [ScatterPlot.Value] = [.text("sgd"), .number(10), .text("adam"), .number(9), .text("sgd")]
        let points = zip(1..., values).map { ScatterPlot.Point(run: $0, group: "plain", x: $1, y: Double($0)) }
        let picture = try #require(Picture(plot(points).svg()))
        let names = ["9", "10", "adam", "sgd"]
        let places = names.map { name in
            picture.elements.first { $0.name == "text" && $0.text == name }?.attributes["x"].flatMap(Double.init)
        }
        #expect(places.compactMap(\.self).count == 4)
        #expect(places.compactMap(\.self) == places.compactMap(\.self).sorted())
        #expect(dots(picture).count == 5)
    }

    @Test func `the axes are logarithmic where positive values span more than a decade`() throws {
        let points = (0..<40).map { run -> ScatterPlot.Point in
            let number = Double(run)
            let width = (number * number + 1) / 1000
            let loss = number * number * number + 1
            return ScatterPlot.Point(run: Int64(run), group: "plain", x: .number(width), y: loss)
        }
        let picture = try #require(Picture(plot(points).svg()))
        for label in ["0.001", "0.01", "0.1", "1", "10", "100", "1000", "1e4"] {
            #expect(picture.texts.contains(label))
        }
    }

    @Test func `of very many runs those that lie on others are counted`() throws {
        let points = (0..<100_000).map { run -> ScatterPlot.Point in
            let (width, loss) = (Double(run * 7919 % 1000), Double(run * 104_729 % 997))
            let group = run.isMultiple(of: 2) ? "a" : "b"
            return ScatterPlot.Point(run: Int64(run), group: group, x: .number(width), y: loss)
        }
        let svg = plot(points).svg()
        #expect(svg.utf8.count < 700_000)
        let picture = try #require(Picture(svg))
        let hidden = dots(picture).compactMap { dot in
            dot.title?.split(separator: "\n").first { $0.hasPrefix("and ") }?.split(separator: " ")[1]
        }.compactMap { Int($0) }.reduce(0, +)
        #expect(dots(picture).count + hidden == 100_000)
        #expect(picture.texts.contains("\(hidden) of 100000 dots lie on others and are not drawn."))
    }

    @Test(arguments: ChartScaleTests.hardRanges) func `whatever the values, a picture is well-formed`(values: [Double])
        throws
    {
        for width in [360, 800, 4000] {
            for text in [nil, "<&>", String(repeating: "endless ", count: 100)] {
                let points = values.enumerated().map { index, value in
                    ScatterPlot.Point(
                        run: index == 0 ? .min : .max,
                        group: "<\(value)>",
                        x: text.map(ScatterPlot.Value.text) ?? .number(value),
                        y: value
                    )
                }
                let picture = try #require(Picture(plot(points).svg(PictureStyle(width: width))))
                #expect(picture.clippedTexts == [])
                let places = picture.elements.flatMap { element in
                    ["x", "y", "d"].compactMap { element.attributes[$0] }
                }
                #expect(!places.contains { $0.contains("n") || $0.contains("e") })
            }
        }
    }
}
