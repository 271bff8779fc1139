import Testing

@testable import Analysis

@Suite struct ChartHistoryTests {
    private func plot(_ points: [HistoryPlot.Point]) -> HistoryPlot {
        HistoryPlot(
            title: "After fifth residual connection",
            subtitle: "step 0, mnist1d",
            points: points,
            measure: "variance (population, mean over units)"
        )
    }

    @Test func `every run shows on hover with its value and its band`() throws {
        let picture = try #require(
            Picture(
                plot([
                    .init(run: 3, group: "plain", seed: 0, value: 26.949670791625977),
                    .init(run: 4, group: "plain", value: 30.25, bandLow: 20.125, bandHigh: 40.5),
                    .init(run: 9, group: "batchnorm", seed: 1, value: 0.999994),
                ]).svg()
            )
        )
        #expect(
            picture.titles(of: "mark") == [
                "run 3, plain, seed 0\nvariance 26.949670791625977",
                "run 4, plain\nvariance 30.25\nband 20.125 to 40.5",
                "run 9, batchnorm, seed 1\nvariance 0.999994",
            ]
        )
        #expect(picture.texts.contains("plain (n = 2)"))
        #expect(picture.texts.contains("95 % prediction band of earlier runs"))
        for run in ["3", "4", "9"] { #expect(picture.texts.contains(run)) }
    }

    @Test func `a run outside its band is ringed, and the legend says so`() throws {
        let inside = HistoryPlot.Point(run: 1, group: "plain", value: 1)
        let outside = HistoryPlot.Point(
            run: 2,
            group: "plain",
            value: 9,
            bandLow: 0.5,
            bandHigh: 1.5,
            isOutside: true
        )
        let picture = try #require(Picture(plot([inside, outside]).svg()))
        #expect(picture.count("ring") == 2)
        #expect(picture.texts.contains("outside what earlier runs predict"))
        #expect(
            picture.titles().contains("run 2, plain\nvariance 9.0\nband 0.5 to 1.5\noutside what earlier runs predict")
        )
        #expect(try #require(Picture(plot([inside]).svg())).count("ring") == 0)
    }

    @Test func `runs without gaps are labelled by round numbers`() throws {
        let points = (1...60).map { HistoryPlot.Point(run: $0, group: "plain", value: Double($0)) }
        let picture = try #require(Picture(plot(points).svg()))
        for label in ["10", "20", "30", "40", "50", "60"] { #expect(picture.texts.contains(label)) }
    }

    @Test func `values at the edge are counted`() throws {
        let values: [Double] = [1, 100, .nan, 0, .infinity]
        let points = zip(1..., values).map { HistoryPlot.Point(run: $0, group: "plain", value: $1) }
        let picture = try #require(Picture(plot(points).svg()))
        #expect(picture.count("strip") == 3)
        #expect(picture.texts.contains("1 of 5 values NaN, 1 ∞, 1 ≤ 0: they are at the edge."))
    }

    @Test func `a million runs fit in a small file that keeps the extremes and says what it leaves out`() throws {
        var points = (0..<1_000_000).map { run -> HistoryPlot.Point in
            let low = 0.9 + Double(run % 13) / 1000
            return HistoryPlot.Point(
                run: Int64(run + 1),
                group: run.isMultiple(of: 2) ? "plain" : "batchnorm",
                seed: Int64(run),
                value: 1 + Double(run * 7919 % 1000) / 1000,
                bandLow: low,
                bandHigh: 2.1
            )
        }
        points[777_777] = HistoryPlot.Point(run: 777_778, group: "batchnorm", value: 12.5, isOutside: true)
        points[555_555] = HistoryPlot.Point(run: 555_556, group: "batchnorm", value: .nan)
        let svg = plot(points).svg()
        #expect(svg.utf8.count < 300_000)
        let picture = try #require(Picture(svg))
        #expect(picture.titles().contains { $0.hasPrefix("run 777778, ") })
        #expect(picture.titles().contains { $0.hasPrefix("run 555556, ") })
        #expect(picture.texts.contains { $0.contains("of 1000000 runs are drawn") })
    }

    @Test func `the most runs that have a mark each fit in a small file`() {
        let points = (0..<1200).map { run in
            let value = Double(Float(1) / Float(run + 3))
            return HistoryPlot.Point(
                run: Int64(run),
                group: "group \(run % 8)",
                seed: Int64(run),
                value: value,
                bandLow: value / 3,
                bandHigh: value * 3
            )
        }
        #expect(plot(points).svg().utf8.count < 300_000)
    }

    @Test(arguments: ChartScaleTests.hardRanges) func `whatever the values, a picture is well-formed`(values: [Double])
        throws
    {
        let points = values.map { value in
            HistoryPlot.Point(
                run: value > 1 ? 1_000_000 : -1_000_000,
                group: "<\(value)>",
                value: value,
                bandLow: value,
                bandHigh: .infinity,
                isOutside: true
            )
        }
        let plot = plot(points)
        let picture = try #require(Picture(plot.svg()))
        #expect(picture.clippedTexts == [])
        #expect(plot.svg() == plot.svg())
    }

    @Test func `run numbers may be anything`() throws {
        for runs in [[Int64.min, .max], [.max, .min], [.max], [.min, .min + 1], [5, 3, 4], [1, 1, 1]] {
            let picture = try #require(Picture(plot(runs.map { .init(run: $0, group: "plain", value: 1) }).svg()))
            #expect(picture.titles(of: "mark") == runs.map { "run \($0), plain\nvariance 1.0" })
        }
    }

    @Test func `a lasting shift has a line at its run, and a text where there is room`() throws {
        let points = (1...60).map { run in
            HistoryPlot.Point(
                run: Int64(run),
                group: run.isMultiple(of: 2) ? "plain" : "batchnorm",
                value: run > 30 ? 9 : 3,
                beginsShift: [31, 32, 33, 34, 60].contains(run)
            )
        }
        for width in [360, 800, 1600] {
            let picture = try #require(Picture(plot(points).svg(PictureStyle(width: width))))
            // One of the six is the legend's.
            #expect(picture.count("event") == 6)
            #expect(picture.texts.contains("shift from run 31 (batchnorm)"))
            #expect(picture.texts.contains("shift from run 32 (plain)"))
            #expect(picture.titles(of: "event").allSatisfy { $0.hasSuffix("a lasting shift begins") })
            #expect(picture.clippedTexts == [])
            #expect(picture.overlappingTexts == [])
        }
        let alone = [1, 2].map { HistoryPlot.Point(run: $0, group: "plain", value: 1, beginsShift: $0 == 2) }
        #expect(try #require(Picture(plot(alone).svg())).texts.contains("shift from run 2"))
        #expect(!plot(Array(points.prefix(9))).svg().contains("shift"))
    }

    @Test func `what is compared by differences has a linear axis on which zero has a place`() throws {
        let points = zip(1..., [0, 0.001, 0.5, -0.1]).map {
            HistoryPlot.Point(run: $0, group: "plain", value: $1, bandLow: -0.2, bandHigh: 0.6)
        }
        let plot = HistoryPlot(title: "fc1", subtitle: "", points: points, measure: "dead_share", isLinear: true)
        let picture = try #require(Picture(plot.svg()))
        #expect(picture.count("strip") == 0)
        for label in ["-0.2", "0", "0.2", "0.4", "0.6"] { #expect(picture.texts.contains(label)) }
        #expect(picture.titles(of: "mark").first == "run 1, plain\ndead_share 0.0\nband -0.2 to 0.6")
    }
}
