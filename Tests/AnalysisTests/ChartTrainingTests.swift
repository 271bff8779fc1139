import Testing

@testable import Analysis

@Suite struct ChartTrainingTests {
    private func series(_ name: String, _ values: [Double], every distance: Int = 1) -> Series {
        Series(name: name, points: values.enumerated().map { Series.Point(x: $0 * distance, y: $1) })
    }

    private func plot(_ layers: [Series], _ losses: [Series]) -> TrainingPlot {
        TrainingPlot(
            title: "Training of run 1",
            subtitle: "plain, seed 0, mnist1d",
            layers: layers,
            metrics: losses,
            measure: "variance (population, mean over units)"
        )
    }

    @Test func `every variance and every loss shows on hover with all its digits`() throws {
        let picture = try #require(
            Picture(
                plot(
                    [series("Input", [0.9965496063232422, 1.25]), series("First preactivation", [1.5, 2.75])],
                    [
                        series("training loss", [17.360748291015625, 2.5]),
                        Series(name: "validation loss", points: [.init(x: 1, y: 3.5)]),
                    ]
                ).svg()
            )
        )
        let titles = picture.titles()
        for title in [
            "step 0, Input: 0.9965496063232422", "step 1, Input: 1.25", "step 0, First preactivation: 1.5",
            "step 1, First preactivation: 2.75", "step 0\ntraining loss: 17.360748291015625",
            "step 1\ntraining loss: 2.5\nvalidation loss: 3.5",
        ] {
            #expect(titles.contains(title))
        }
        for text in ["Training of run 1", "Input", "training loss", "validation loss", "step"] {
            #expect(picture.texts.contains(text))
        }
        #expect(!picture.texts.contains { $0.hasPrefix("not finite") })
    }

    @Test func `the lowest variance is darkest and the highest lightest`() throws {
        let picture = try #require(Picture(plot([series("Input", [1, 10, 100])], []).svg()))
        let colors = (0..<3).compactMap { step in
            picture.elements.first { $0.title?.hasPrefix("step \(step), Input") == true }?.attributes["fill"]
        }
        #expect(colors == [ColorScale.color(at: 0), ColorScale.color(at: 0.5), ColorScale.color(at: 1)])
    }

    @Test func `the place where finiteness was lost is marked, and such cells have patterns of their own`() throws {
        let picture = try #require(
            Picture(
                plot(
                    [
                        series("Input", [1, 1, 1, 0]), series("First", [1, 2, .infinity, .nan]),
                        series("Second", [1, 2, .nan, .nan]), series("Third", [1, 2, 3, .nan]),
                    ],
                    [series("training loss", [3, 2, .nan, .nan])]
                ).svg()
            )
        )
        #expect(picture.texts.contains("not finite from step 2: First and 2 more"))
        #expect(picture.count("event") == 1)
        let fills = Dictionary(
            picture.elements.compactMap { element in element.title.map { ($0, element.attributes["fill"] ?? "") } },
            uniquingKeysWith: { first, _ in first }
        )
        #expect(fills["step 2, First: Infinity"] == "url(#varve-infinite)")
        #expect(fills["step 3, First: NaN"] == "url(#varve-nan)")
        #expect(fills["step 3, Input: 0.0"] == "url(#varve-low)")
        for name in ["varve-nan", "varve-infinite", "varve-low"] {
            #expect(picture.elements.contains { $0.name == "pattern" && $0.attributes["id"] == name })
        }
        for label in ["NaN", "∞", "≤ 0"] { #expect(picture.texts.contains(label)) }
        #expect(picture.titles(of: "hit").contains("step 2\ntraining loss: NaN"))
    }

    @Test func `a million steps fit in a small file, and none of them is lost`() throws {
        let steps = 1_000_000
        var points = (0..<steps).map { Series.Point(x: $0, y: 1 + Double($0 * 7919 % 1000) / 1000) }
        points[400_000] = Series.Point(x: 400_000, y: .nan)
        points[600_000] = Series.Point(x: 600_000, y: 12.5)
        let layers = (0..<7).map { Series(name: "After residual connection \($0)", points: points) }
        let svg = plot(layers, [Series(name: "training loss", points: points)]).svg()
        #expect(svg.utf8.count < 300_000)
        let picture = try #require(Picture(svg))
        let cells = picture.titles().filter { $0.contains("After residual connection 3:") }
        let counts = cells.compactMap { cell in
            cell.split(separator: ", ").first { $0.hasSuffix(" values") }.flatMap { Int($0.dropLast(7)) }
        }
        #expect(counts.reduce(0, +) == steps)
        #expect(cells.count { $0.hasSuffix(", 1 NaN") } == 1)
        #expect(cells.count { $0.contains("to 12.5,") } == 1)
        #expect(picture.texts.contains("not finite from step 400000: After residual connection 0 and 7 more"))
        #expect(picture.texts.contains { $0.hasPrefix("Each cell shows several steps") })
    }

    @Test func `columns meet half way between their steps`() {
        let plot = plot([Series(name: "Input", points: [0, 10, 20, 25].map { .init(x: $0, y: 1) })], [])
        let steps = StepColumn.steps(of: plot.layers)
        #expect(steps == [0, 10, 20, 25])
        #expect(StepColumn.columns(of: steps, atMost: 4).map(\.extent) == [-5...5, 5...15, 15...22.5, 22.5...27.5])
        #expect(StepColumn.columns(of: steps, atMost: 2).map(\.steps) == [0...10, 20...25])
        #expect(StepColumn.columns(of: [7], atMost: 4).map(\.extent) == [6.5...7.5])
    }

    @Test func `steps at which a loss alone is known leave no gap in the map`() throws {
        let layer = Series(name: "Input", points: [0, 10, 20].map { .init(x: $0, y: 1) })
        let loss = Series(name: "validation loss", points: [.init(x: 9, y: 2), .init(x: 19, y: 1)])
        let with = try #require(Picture(plot([layer], [loss]).svg()))
        let cells = with.titles().filter { $0.contains("Input:") }
        #expect(cells.count == 3)
        #expect(with.titles().contains { $0.hasPrefix("step 19\n") && $0.contains("validation loss") })
    }

    @Test func `twenty-two layers with long names are all readable`() throws {
        let layers = (0..<22).map { series("After twenty-\($0)th residual connection", [1, 2, 3]) }
        let picture = try #require(Picture(plot(layers, [series("training loss", [3, 2, 1])]).svg()))
        for layer in layers { #expect(picture.texts.contains(layer.name)) }
        #expect(picture.clippedTexts == [])
    }

    @Test func `step numbers may be anything`() throws {
        for steps in [[Int.min, .max], [.max], [.max - 1, .max], [5, 5, 3]] {
            let series = Series(name: "Input", points: steps.map { .init(x: $0, y: 1) })
            let picture = try #require(Picture(plot([series], [series]).svg()))
            #expect(picture.titles().contains { $0.hasPrefix("step \(steps[0]), Input: 1.0") })
        }
    }

    @Test func `endless names are cut, not clipped`() throws {
        let name = String(repeating: "endless", count: 70)
        let layers = [series(name, [1, .nan]), series(name + " " + name, [1, 2])]
        let training = TrainingPlot(
            title: name,
            subtitle: name,
            layers: layers,
            metrics: layers,
            measure: "variance (population, mean over units)"
        )
        let profile = ProfilePlot(
            title: name,
            subtitle: name,
            groups: [.init(name: name, layers: [name, name], runs: [.init(name: name, values: [1, 2])])],
            measure: "variance (population, mean over units)"
        )
        let history = HistoryPlot(
            title: name,
            subtitle: name,
            points: [.init(run: 1, group: name, value: 1)],
            measure: "variance (population, mean over units)"
        )
        for svg in [training.svg(), profile.svg(), history.svg()] {
            let picture = try #require(Picture(svg))
            #expect(picture.clippedTexts == [])
            #expect(picture.elements.first?.title == name)
        }
    }

    @Test(arguments: ChartScaleTests.hardRanges) func `whatever the values, a picture is well-formed`(values: [Double])
        throws
    {
        let ends = Series(name: "<&>", points: values.enumerated().map { .init(x: $0 * 1_000_000_000, y: $1) })
        for plot in [plot([series("a", values), ends], [series("loss", values)]), plot([], [ends]), plot([ends], [])] {
            let picture = try #require(Picture(plot.svg()))
            #expect(picture.clippedTexts == [])
            #expect(plot.svg() == plot.svg())
        }
    }
}
