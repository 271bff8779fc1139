import Testing

@testable import Analysis

@Suite struct ChartProfileTests {
    private static let layers =
        ["Input", "First preactivation"]
        + ["first", "second", "third", "fourth", "fifth"].map { "After \($0) residual connection" }

    private func plot(
        _ groups: [(name: String, runs: [[Double?]])],
        layers: [String] = layers,
        afterNorm: Set<Int> = []
    ) -> ProfilePlot {
        ProfilePlot(
            title: "Variance by layer",
            subtitle: "step 0, mnist1d",
            groups: groups.map { group in
                ProfilePlot.Group(
                    name: group.name,
                    layers: layers,
                    runs: group.runs.enumerated().map { ProfilePlot.Run(name: "seed \($0)", values: $1) },
                    afterNorm: afterNorm
                )
            },
            measure: "variance (population, mean over units)"
        )
    }

    private let plain: [Double?] = [0.99654, 1.88007, 3.28015, 5.28719, 8.72749, 15.0375, 26.949670791625977]
    private let other: [Double?] = [1.01, 2.02, 3.53, 6.04, 11.05, 20.06, 37.07]

    @Test func `every value shows on hover with all its digits, and the mean over the runs`() throws {
        let picture = try #require(Picture(plot([("plain", [plain, other])]).svg()))
        let runs = picture.titles(of: "thin")
        #expect(runs.count == 2)
        for (title, values) in zip(runs, [plain, other]) {
            for (layer, value) in zip(Self.layers, values) { #expect(title.contains("\(layer): \(value ?? 0)")) }
        }
        let summary = Summary([26.949670791625977, 37.07])
        let marks = picture.titles(of: "mark")
        #expect(marks.count == 7)
        #expect(
            marks.last == """
                plain, After fifth residual connection
                mean \(summary.mean ?? 0)
                standard deviation \(summary.standardDeviation ?? 0)
                lowest 26.949670791625977, highest 37.07
                n = 2
                """
        )
    }

    @Test func `title, subtitle, legend with n and every layer's name are in the picture`() throws {
        let picture = try #require(Picture(plot([("plain", [plain]), ("batchnorm", [other, other, other])]).svg()))
        let whole = picture.texts.joined(separator: " ")
        for text in ["Variance by layer", "step 0, mnist1d", "plain (n = 1)", "batchnorm (n = 3)"] + Self.layers {
            #expect(whole.contains(text))
        }
        #expect(picture.texts.contains("variance (population, mean over units)"))
        #expect(picture.elements.first?.attributes["role"] == "img")
        #expect(picture.elements.first?.title == "Variance by layer")
        let description = try #require(picture.elements.first { $0.name == "desc" })
        #expect(description.text.contains("plain, n = 1: Input 0.9965"))
        #expect(description.text.contains("After fifth residual connection 37.07"))
    }

    @Test func `only points measured after a norm are hollow, and the legend says why`() throws {
        let with = try #require(Picture(plot([("batchnorm", [plain])], afterNorm: [6]).svg()))
        #expect(with.titles(of: "hollow").map { $0.hasSuffix("measured after a norm") } == [true])
        #expect(with.texts.contains("hollow: measured after a norm"))
        let without = try #require(Picture(plot([("plain", [plain])]).svg()))
        #expect(without.count("hollow") == 0)
        #expect(!without.texts.contains { $0.hasPrefix("hollow") })
    }

    @Test func `many runs become a band, and the legend says of what`() throws {
        let runs = (0..<1000).map { run in plain.map { $0.map { $0 * (1 + Double(run) / 5000) } } }
        let svg = plot([("plain", runs)]).svg()
        let picture = try #require(Picture(svg))
        #expect(picture.count("thin") == 0)
        #expect(picture.titles(of: "band") == ["plain: lowest to highest of its runs"])
        #expect(picture.texts.contains("line: mean, band: lowest to highest run"))
        #expect(svg.utf8.count < 20_000)
    }

    @Test func `twenty runs are lines, twenty-one a band`() throws {
        for (count, lines, bands) in [(20, 20, 0), (21, 0, 1)] {
            let runs = Array(repeating: plain, count: count)
            let picture = try #require(Picture(plot([("plain", runs)]).svg()))
            #expect(picture.titles(of: "thin").count == lines)
            #expect(picture.titles(of: "band").count == bands)
        }
    }

    @Test func `what is not finite or not positive is at the edge and is counted`() throws {
        let runs: [[Double?]] = [
            [1, .nan, 3, .infinity, 5, 0, -.infinity], [1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 5, -6, nil],
        ]
        let picture = try #require(Picture(plot([("plain", runs)]).svg()))
        #expect(picture.count("strip") == 3)
        #expect(picture.texts.filter { ["NaN", "∞", "≤ 0"].contains($0) } == ["NaN", "∞", "≤ 0"])
        let marks = picture.titles(of: "mark")
        #expect(marks.contains("plain, First preactivation\nseed 0: NaN"))
        #expect(marks.contains("plain, After second residual connection\nseed 0: Infinity"))
        #expect(marks.contains("plain, After fourth residual connection\nseed 0: 0.0\nseed 2: -6.0"))
        #expect(marks.contains("plain, After fifth residual connection\nseed 0: -Infinity"))
        #expect(
            picture.texts.contains(
                "plain: 1 of 20 values NaN, 1 ∞, 3 ≤ 0. They are at the edge; means are over the finite values."
            )
        )
        #expect(marks.contains { $0.hasPrefix("plain, First preactivation\nmean 2.0\n") && $0.hasSuffix("n = 2") })
    }

    @Test func `twenty-two long names and eight groups are all readable`() throws {
        let layers = (0..<22).map { "After residual connection \($0)" }
        let groups = (0..<8).map { group in
            (name: "group \(group)", runs: [layers.indices.map { Double($0 * group + 1) as Double? }])
        }
        let picture = try #require(Picture(plot(groups, layers: layers).svg()))
        for name in layers { #expect(picture.texts.contains(name)) }
        #expect(picture.clippedTexts == [])
        let looks = picture.elements.filter { $0.attributes["class"] == "line" }.map {
            $0.attributes["stroke-dasharray"] ?? ""
        }
        #expect(Set(looks).count == 8)
    }

    @Test func `the same values give the same bytes`() {
        let one = plot([("plain", [plain, other]), ("batchnorm", [other])], afterNorm: [6])
        #expect(one.svg() == one.svg())
    }

    @Test(arguments: ChartScaleTests.hardRanges) func `whatever the values, a picture is well-formed`(values: [Double])
        throws
    {
        for count in [1, 3, 30] {
            let runs = Array(repeating: values.map { $0 as Double? }, count: count)
            let plot = plot([("<&\"\u{1B}>", runs), ("", [])], layers: values.map { "layer <\($0)>" })
            let picture = try #require(Picture(plot.svg()))
            #expect(picture.clippedTexts == [])
            let places = picture.elements.flatMap { element in ["x", "y", "d"].compactMap { element.attributes[$0] } }
            #expect(!places.contains { $0.contains("n") || $0.contains("e") })
        }
    }

    private func group(_ name: String, _ layers: [String], runs: Int = 3) -> ProfilePlot.Group {
        ProfilePlot.Group(
            name: name,
            layers: layers,
            runs: (0..<runs).map { run in
                .init(
                    name: "seed \(run)",
                    values: layers.indices.map { [1.0, 10, 100][$0 % 3] * (1 + Double(run) / 10) }
                )
            }
        )
    }

    @Test func `groups of other layers have panels of their own, with the same vertical axis`() throws {
        let plot = ProfilePlot(
            title: "Variance by layer",
            subtitle: "",
            groups: [
                group("plain", ["a", "b", "c"]), group("convnet", ["conv1", "fc"]),
                group("batchnorm", ["a", "b", "c"]),
            ],
            measure: "variance"
        )
        let picture = try #require(Picture(plot.svg()))
        let headings = picture.elements.filter { $0.attributes["class"] == "strong" }.map(\.text)
        #expect(headings == ["plain, batchnorm", "convnet"])
        #expect(picture.texts.filter { $0 == "layer" }.count == 2)
        for layer in ["a", "b", "c", "conv1", "fc"] { #expect(picture.texts.filter { $0 == layer }.count == 1) }
        for tick in ["1", "10", "100"] { #expect(picture.texts.filter { $0 == tick }.count == 2) }
        // No line of one panel reaches into the other.
        let places = picture.elements.filter { $0.attributes["class"] == "line" }.dropFirst(3)
            .map { ($0.attributes["d"] ?? "").split { "ML ".contains($0) }.compactMap { Double($0) } }
            .map { line in stride(from: 0, to: line.count, by: 2).map { line[$0] } }
        #expect(places.map(\.count) == [3, 3, 2])
        #expect(places[0] == places[1])
        #expect(try #require(places[0].last) < places[2][0])
    }

    @Test(arguments: 1...6, [360, 800, 1600]) func `panels of any number, depth and length of names fit on the page`(
        count: Int,
        width: Int
    ) throws {
        let depths = [7, 60, 1, 12, 30, 3]
        let groups = (0..<count).map { index in
            let layers = (0..<depths[index]).map { "encoder.\(index).layer \($0) with a long name" }
            return group("network \(index)", layers, runs: index == 3 ? 25 : 4)
        }
        let plot = ProfilePlot(title: "Variance by layer", subtitle: "", groups: groups, measure: "variance")
        let picture = try #require(Picture(plot.svg(PictureStyle(width: width))))
        #expect(picture.page.width == Double(width))
        #expect(picture.clippedTexts == [])
        #expect(picture.overlappingTexts == [])
        #expect(picture.count("strong") == (count == 1 ? 0 : count))
    }

    @Test func `a share has a linear axis on which zero has a place`() throws {
        let run = ProfilePlot.Run(name: "seed 0", values: [0, 0.4])
        let group = ProfilePlot.Group(name: "plain", layers: ["a", "b"], runs: [run])
        let plot = ProfilePlot(title: "", subtitle: "", groups: [group], measure: "dead_share", isLinear: true)
        let picture = try #require(Picture(plot.svg()))
        #expect(picture.count("strip") == 0)
        #expect(picture.titles(of: "mark").first == "plain, a\ndead_share 0.0\nn = 1")
    }
}
