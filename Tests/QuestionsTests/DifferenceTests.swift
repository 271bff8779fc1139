import Foundation
import TestSupport
import Testing

@testable import Questions
@testable import Storage

/// What differs between two runs, and what is said of what was not compared.
@Suite struct DifferenceTests {
    private let folder: TemporaryFolder
    private let store: Store

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.file("varve.db"), for: .writing)
    }

    private func record(
        params: [(key: String, value: SQLValue)] = [],
        tags: [(key: String, value: String)] = [],
        metrics: [(key: String, step: Int, value: Double)] = [],
        variances: [(layer: String, measure: String, step: Int, value: Double)] = []
    ) throws {
        var recorder = try Recorder(store)
        var new = NewRun()
        new.params = params
        new.tags = tags
        var layers: [LayerPlace] = []
        for row in variances where !layers.contains(where: { ($0.name, $0.measure) == (row.layer, row.measure) }) {
            let place = LayerPlace(
                name: row.layer,
                shortName: row.layer,
                position: layers.count,
                measure: row.measure,
                afterNorm: false
            )
            layers.append(place)
        }
        let run = try recorder.start(new, layers: layers)
        for (key, step, value) in metrics { try recorder.log(run, step: step, metric: key, value) }
        for row in variances {
            let index = layers.firstIndex { ($0.name, $0.measure) == (row.layer, row.measure) } ?? 0
            try recorder.log(run, step: row.step, layer: index, variance: row.value)
        }
        try recorder.finish(run, RunEnding(.finished, steps: 9))
    }

    private func difference() throws -> Difference { try Difference("1", "2", in: store) }

    @Test func `losses that differ are found at the first step where they do`() throws {
        try record(metrics: [("loss", 0, 1), ("loss", 1, 2), ("loss", 2, 4), ("val", 0, .nan)])
        try record(metrics: [("loss", 0, 1), ("loss", 1, 4), ("loss", 2, 8), ("val", 0, .nan)])
        let found = try difference()
        #expect(found.record["metrics"].text == #"[{"metric":"loss","step":1,"a":2.0,"b":4.0}]"#)
        #expect(found.sentences.contains("The metric loss differs first at step 1: 2.0 in run 1, 4.0 in run 2."))
        #expect(found.sentences.contains("Identical metrics: val at 1 common step."))
        #expect(!found.sentences.contains { $0.contains("variances are identical") })
        #expect(found.notCompared == [])
    }

    @Test func `values of one step are compared in their order`() throws {
        try record(metrics: [("loss", 0, 1)])
        try record(metrics: [("loss", 0, 1), ("loss", 0, 3)])
        let parting = try #require(try difference().metrics.first?.parting)
        #expect(parting.a == nil || parting.b == nil)
    }

    @Test func `what one run alone has is not compared, and named`() throws {
        try record(
            metrics: [("loss", 0, 1), ("accuracy", 3, 0.5)],
            variances: [("a", "x", 0, 1), ("a", "x", 1, 1), ("a", "y", 0, 1)]
        )
        try record(metrics: [("loss", 0, 1), ("loss", 1, 1)], variances: [("a", "x", 0, 1), ("a", "x", 5, 1)])
        let found = try difference()
        #expect(
            found.notCompared == [
                "accuracy at 1 step that run 1 alone recorded", "loss at 1 step that run 2 alone recorded",
                "the variances at 1 step that run 1 alone recorded",
                "the variances at 1 step that run 2 alone recorded", "y, which run 1 alone recorded",
            ]
        )
        #expect(found.record["not_compared"] == .array(found.notCompared.map { .string($0) }))
        #expect(found.sentences.last?.hasPrefix("Not compared: accuracy at 1 step") == true)
        #expect(found.parting == nil)
    }

    @Test func `params and tags are the same by the rule of values, byte by byte`() throws {
        let composed = "\u{E9}"
        let decomposed = "e\u{301}"
        try record(
            params: [("a", .integer(1)), ("b", .text("1.0")), ("c", .text("x")), ("d", .text(composed))],
            tags: [("n", "1"), ("m", "p"), (composed, "1")]
        )
        try record(
            params: [("a", .text("1")), ("b", .real(1)), ("c", .text("X")), ("d", .text(decomposed))],
            tags: [("n", "1.0"), ("m", "q"), (decomposed, "1")]
        )
        let found = try difference()
        #expect(found.params.filter(\.differs).map(\.key) == ["c", "d"])
        #expect(found.tags.filter(\.differs).count == 3)
        #expect(found.tags.first { $0.key == "n" }?.differs == false)
        #expect(found.record["params"].text.contains(#""a":{"a":1,"b":"1"}"#))
    }
}
