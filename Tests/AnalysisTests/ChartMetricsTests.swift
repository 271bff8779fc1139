import Testing

@testable import Analysis

@Suite struct ChartMetricsTests {
    private func series(_ name: String, _ values: [Double] = [3, 2, 1]) -> Series {
        Series(name: name, points: values.enumerated().map { Series.Point(x: $0, y: $1) })
    }

    private func plot(layers: [Series] = [], metrics: [Series]) -> TrainingPlot {
        TrainingPlot(title: "Run 1", subtitle: "", layers: layers, metrics: metrics, measure: "variance")
    }

    @Test func `metrics of one name on several splits share a panel, training first`() {
        let names = [
            "lr", "val_loss", "accuracy", "test/acc", "train_loss", "loss/total", "Val/acc", "grad_norm",
            "val_accuracy", "validate_me", "test_", "gpu0/memory", "gpu1/memory",
        ]
        #expect(
            plot(metrics: names.map { series($0) }).panels.map { $0.map(\.name) } == [
                ["train_loss", "val_loss"], ["accuracy", "val_accuracy"], ["Val/acc", "test/acc"], ["lr"],
                ["loss/total"], ["grad_norm"], ["validate_me"], ["test_"], ["gpu0/memory"], ["gpu1/memory"],
            ]
        )
    }

    @Test func `a run of metrics alone is drawn, each with its name and its values on hover`() throws {
        let picture = try #require(Picture(plot(metrics: [series("perplexity"), series("bleu", [0.5, 0.25])]).svg()))
        for text in ["perplexity", "bleu", "step"] { #expect(picture.texts.contains(text)) }
        #expect(picture.titles(of: "hit").contains("step 1\nperplexity: 2.0"))
        #expect(picture.titles(of: "hit").contains("step 1\nbleu: 0.25"))
        #expect(!picture.elements.contains { $0.name == "linearGradient" })
        let broken = try #require(Picture(plot(metrics: [series("loss", [1, .nan])]).svg()))
        #expect(broken.texts.contains("Marked: not finite from step 1: loss."))
        #expect(broken.titles(of: "hollow") == ["loss\nnot finite from step 1: NaN"])
    }

    @Test func `a run of layers alone is drawn, and one of nothing says so`() throws {
        let layers = try #require(Picture(plot(layers: [series("fc1")], metrics: []).svg()))
        #expect(layers.titles().contains("step 0, fc1: 3.0"))
        #expect(layers.count("hit") == 0)
        let nothing = try #require(Picture(plot(metrics: []).svg()))
        #expect(nothing.texts.contains("No value was recorded by step."))
    }

    @Test func `of very many metrics twelve panels are drawn, and the rest is counted`() throws {
        let metrics = (0..<500).map { series("metric \($0)") } + [series("loss"), series("val_loss")]
        let picture = try #require(Picture(plot(metrics: metrics).svg()))
        for name in ["loss", "val_loss", "metric 0", "metric 10"] { #expect(picture.texts.contains(name)) }
        #expect(!picture.texts.contains("metric 11"))
        #expect(picture.texts.contains("489 more metrics are not drawn."))
        #expect(picture.overlappingTexts == [])
    }

    @Test func `ten thousand layers fit in a small file that says how many share a row`() throws {
        let layers = (0..<10_000).map { series("encoder.layers.\($0).mlp", (0..<50).map { Double($0 + 1) }) }
        let svg = plot(layers: layers, metrics: [series("loss")]).svg()
        #expect(svg.utf8.count < 600_000)
        let picture = try #require(Picture(svg))
        #expect(picture.texts.contains { $0.hasPrefix("Each row shows up to 100 neighbouring layers of the 10000.") })
        #expect(
            picture.titles().contains(
                "steps 0 to 1, encoder.layers.0.mlp … encoder.layers.99.mlp: 1.0 to 2.0, 200 values"
            )
        )
        #expect(picture.overlappingTexts == [])
    }

    @Test func `a long run of many metrics fits in a small file`() {
        let points = (0..<300_000).map { Series.Point(x: $0, y: 1 + Double($0 * 7919 % 1000) / 1000) }
        let metrics = (0..<3).flatMap { number in
            ["m\(number)", "val_m\(number)"].map { Series(name: $0, points: points) }
        }
        #expect(plot(metrics: metrics).svg().utf8.count < 300_000)
    }

    @Test(arguments: [360, 500, 800, 4000]) func `texts neither leave the page nor lie on each other`(width: Int) throws
    {
        let layers = ["Input", "After first residual connection", "features.0.conv.weight"].map { series($0) }
        let metrics = [
            "loss", "val_loss", "accuracy", "validation/accuracy", "a_metric_with_quite_a_long_name_for_a_panel",
        ]
        for layers in [layers, []] {
            let plot = plot(layers: layers, metrics: metrics.map { series($0, [3, 1e-3, .nan]) })
            let picture = try #require(Picture(plot.svg(PictureStyle(width: width))))
            #expect(picture.clippedTexts == [])
            #expect(picture.overlappingTexts == [])
        }
    }
}
