import Testing

@testable import Analysis

@Suite struct ChartCurvesTests {
    private func curve(_ name: String, _ values: [Double]) -> CurvesPlot.Curve {
        .init(name: name, points: values.enumerated().map { .init(x: $0, y: $1) })
    }

    private func group(_ name: String, _ means: [Double], n: Int = 5) -> CurvesPlot.Curve {
        .init(
            name: name,
            points: means.enumerated().map { .init(x: $0 * 10, y: $1, low: $1 - 0.25, high: $1 + 0.25, n: n) }
        )
    }

    private func plot(_ curves: [CurvesPlot.Curve]) -> CurvesPlot {
        CurvesPlot(title: "loss by step", subtitle: "step by step", curves: curves, measure: "loss")
    }

    @Test func `groups have a mean, a band, their n, and all of it on hover`() throws {
        let picture = try #require(Picture(plot([group("plain", [3, 2, 1]), group("other", [2, 1.5], n: 4)]).svg()))
        #expect(picture.titles(of: "band") == ["plain: 95 % interval of the mean", "other: 95 % interval of the mean"])
        #expect(picture.texts.contains("line: mean, band: 95 % interval of the mean"))
        #expect(
            picture.titles(of: "hit") == [
                """
                step 0
                plain: mean 3.0, 95 % interval 2.75 to 3.25, n = 5
                other: mean 2.0, 95 % interval 1.75 to 2.25, n = 4
                """,
                """
                step 10
                plain: mean 2.0, 95 % interval 1.75 to 2.25, n = 5
                other: mean 1.5, 95 % interval 1.25 to 1.75, n = 4
                """,
                "step 20\nplain: mean 1.0, 95 % interval 0.75 to 1.25, n = 5",
            ]
        )
        for text in ["plain (n = 5)", "other (n = 4)", "loss", "step"] { #expect(picture.texts.contains(text)) }
        #expect(picture.elements.first?.attributes["role"] == "img")
        #expect(picture.elements.contains { $0.name == "desc" && $0.text.contains("plain (n = 5): from 1 to 3.") })
    }

    @Test func `a number of runs that changes on the way is reported as a range`() throws {
        let curve = CurvesPlot.Curve(name: "plain", points: [.init(x: 0, y: 1, n: 5), .init(x: 1, y: 2, n: 3)])
        #expect(curve.label == "plain (n = 3 to 5)")
    }

    @Test func `lines are named at their ends where there is room, else in a legend`() throws {
        func hasLegend(_ curves: [CurvesPlot.Curve], width: Int = 800) throws -> Bool {
            let picture = try #require(Picture(plot(curves).svg(PictureStyle(width: width))))
            for curve in curves { #expect(picture.texts.contains(curve.name)) }
            #expect(picture.clippedTexts == [])
            #expect(picture.overlappingTexts == [])
            // A legend has a sample of each line beside the line itself.
            return picture.count("line") == 2 * curves.count
        }
        #expect(try !hasLegend([curve("a", [3, 2, 1]), curve("b", [3, 2, 2])]))
        #expect(try !hasLegend([curve("a", [3, 2, 1]), curve("b", [3, 2, 1.01]), curve("c", [3, 0, 0])]))
        #expect(try hasLegend((0..<8).map { curve("run \($0)", [3, 2, 1]) }))
        #expect(try hasLegend((0..<13).map { curve("run \($0)", [3, Double($0)]) }))
        #expect(try hasLegend([curve("a", [3, 2, 1]), curve("b", [3, 2, .nan])]))
        #expect(try hasLegend([curve("a", [3, 2, 1]), curve("b", [1])]))
        #expect(try hasLegend([curve("a", [3, 2, 1]), curve("b", [3, 2, 2])], width: 360))
    }

    @Test func `names at the ends are moved apart, and no farther than they may`() throws {
        let labels = try #require(EndLabels(at: [100, 50, 101, 5], within: 0...200))
        #expect(labels.places == [93, 50, 108, 7.5])
        #expect(EndLabels(at: [100, 100, 100, 100, 100], within: 0...200) == nil)
        #expect(EndLabels(at: [1, 2, 3], within: 0...40) == nil)
        #expect(EndLabels(at: [], within: 0...40)?.places == [])
    }

    @Test func `no two lines look the same without colour`() throws {
        let picture = try #require(Picture(plot((0..<20).map { curve("run \($0)", [3, Double($0)]) }).svg()))
        let dashes = picture.elements.filter { $0.attributes["class"] == "line" }.prefix(8)
            .map { $0.attributes["stroke-dasharray"] ?? "" }
        #expect(Set(dashes).count == 8)
        #expect(Theme.dash(0) != Theme.dash(8))
        #expect(Theme.shape(0, x: 0, y: 0) != Theme.shape(8, x: 0, y: 0))
    }

    @Test func `the axis is logarithmic where all values are positive and span more than a decade`() {
        #expect(Scale.Kind(spanning: [1, 11, .nan]) == .logarithmic)
        #expect(Scale.Kind(spanning: [1, 9]) == .linear)
        #expect(Scale.Kind(spanning: [0, 1, 100]) == .linear)
        #expect(Scale.Kind(spanning: [-1, 1, 100]) == .linear)
        #expect(Scale.Kind(spanning: [1, 100, -.infinity]) == .logarithmic)
    }

    @Test func `it is said where a band goes through 0, for which a logarithmic axis has no place`() throws {
        let points = (0..<4).map { step in
            CurvesPlot.Point(x: step, y: 100 / Double(step * step * step + 1), low: Double(1 - step), high: 200, n: 5)
        }
        var plot = plot([CurvesPlot.Curve(name: "plain", points: points)])
        let note = "plain: where the band meets the axis, the interval goes on to 0 and below."
        let picture = try #require(Picture(plot.svg()))
        #expect(picture.texts.contains(note))
        plot.axis = .linear
        #expect(try !#require(Picture(plot.svg())).texts.contains(note))
    }

    @Test func `a line has a gap where it is not finite, and a mark where that began`() throws {
        let picture = try #require(Picture(plot([curve("run 7", [3, 2, .nan, .infinity, 1, 2, 3])]).svg()))
        let path = try #require(picture.elements.last { $0.attributes["class"] == "line" }?.attributes["d"])
        #expect(path.count { $0 == "M" } == 2)
        #expect(picture.titles(of: "hollow") == ["run 7\nnot finite from step 2: NaN"])
        #expect(picture.count("strip") == 2)
        #expect(picture.texts.contains("run 7: not finite from step 2."))
        #expect(picture.titles(of: "hit").contains("step 3\nrun 7: Infinity"))
    }

    @Test func `of a hundred lines each says whose it is, in a small picture`() throws {
        let values = (0..<5000).map { Double($0 * 7919 % 997) }
        let curves = (0..<100).map { curve("run \($0)", values) }
        let svg = plot(curves).svg(PictureStyle(width: 1600))
        #expect(svg.utf8.count < 200_000)
        let picture = try #require(Picture(svg))
        #expect(picture.titles(of: "dense") == curves.map(\.name))
        #expect(picture.titles(of: "hit") == [] && picture.count("flag") == 0)
        #expect(Set(picture.texts).isSuperset(of: ["loss", "step"]) && !picture.texts.contains("run 1"))
    }

    @Test func `a million steps keep each column's lowest and highest value exactly`() throws {
        var values = (0..<1_000_000).map { 1 + Double($0 * 7919 % 1000) / 1000 }
        values[123_456] = 0.125
        values[654_321] = 4.5
        let svg = plot([curve("run 1", values), curve("run 2", values.map { $0 * 1.5 })]).svg()
        #expect(svg.utf8.count < 300_000)
        let picture = try #require(Picture(svg))
        let hits = picture.titles(of: "hit")
        #expect(hits.contains { $0.contains("run 1: 0.125 to ") })
        #expect(hits.contains { $0.contains(" to 6.75, ") })
        let points = curve("run 1", values).series.points.suffix(400_000)
        let (first, width) = (600_000, 400)
        func reach(_ points: some Sequence<Series.Point>) -> [ClosedRange<Double>] {
            var reach: [ClosedRange<Double>] = []
            for point in points {
                let column = (point.x - first) / width
                if column == reach.count { reach.append(point.y...point.y) }
                let old = reach[column]
                reach[column] = min(old.lowerBound, point.y)...max(old.upperBound, point.y)
            }
            return reach
        }
        // One column more than there are, since the last point begins another.
        let thin = thinned(Array(points) + [.init(x: 1_000_000, y: 1)], columns: 1000, on: .linear)
        #expect(thin.count <= 4001)
        #expect(reach(thin.dropLast()) == reach(points))
    }

    @Test(arguments: ChartScaleTests.hardRanges) func `whatever the values, a picture is well-formed`(values: [Double])
        throws
    {
        let far = CurvesPlot.Curve(
            name: "<far>",
            points: values.enumerated().map { .init(x: $0 == 0 ? .min : .max, y: $1, low: -$1, high: $1, n: 2) }
        )
        for width in [360, 800, 4000] {
            let plot = plot([curve("<&\"\u{1B}>", values), far, curve("", [])])
            let picture = try #require(Picture(plot.svg(PictureStyle(width: width))))
            #expect(picture.clippedTexts == [])
            let places = picture.elements.flatMap { element in ["x", "y", "d"].compactMap { element.attributes[$0] } }
            #expect(!places.contains { $0.contains("n") || $0.contains("e") })
        }
    }
}

@Suite struct ChartZoomTests {
    private func plot() -> CurvesPlot {
        let points = (10...30).map { CurvesPlot.Point(x: $0, y: Double($0)) }
        return CurvesPlot(title: "", subtitle: "", curves: [.init(name: "loss", points: points)], measure: "loss")
    }

    @Test func `a picture says which steps lie where, so that a page can zoom into it`() throws {
        let svg = plot().svg()
        let words = try #require(svg.firstMatch(of: /data-steps="([0-9. ]+)"/)).1.split(separator: " ").compactMap {
            Double($0)
        }
        #expect(words.count == 4 && words[0] < words[1])
        #expect(words[2...] == [10, 30])
    }

    @Test func `the axis is the one asked for, whatever suits the values`() {
        var plot = plot()
        let linear = plot.svg()
        plot.axis = .logarithmic
        let logarithmic = plot.svg()
        plot.axis = .linear
        #expect(plot.svg() == linear && logarithmic != linear)
    }

    @Test func `what was smoothed stands thin behind the line, and a line without a name has no legend`() throws {
        var plot = plot()
        plot.raw = plot.curves
        plot.isNamed = false
        let picture = try #require(Picture(plot.svg()))
        #expect(!picture.texts.contains { $0.hasPrefix("loss (") })
        #expect(plot.svg().contains("class=\"thin\""))
    }
}
