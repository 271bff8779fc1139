import Analysis
import Storage
import Testing

@testable import Questions

/// Two groups, row by row.
///
/// Expected values are SciPy's: `ttest_1samp` of the differences, `nct`, statsmodels' `multipletests`
/// and `TTestPower`, by the functions of `Tests/AnalysisTests/Fixtures/reference.py`.
@Suite struct ComparisonTests {
    private let small: LoggedStore

    init() throws { small = try LoggedStore() }

    private let a = [1.0, 1.1, 0.9, 1.2, 1.05, 0.95]
    private let b = [1.3, 1.25, 1.0, 1.5, 1.2, 1.15]
    private let lossA = [0.50, 0.52, 0.47, 0.55, 0.49, 0.51]
    private let lossB = [0.46, 0.50, 0.45, 0.52, 0.48, 0.47]

    private func record(_ architecture: String, _ values: [Double], _ losses: [Double], first: Int64 = 0) throws {
        for (index, (value, loss)) in zip(values, losses).enumerated() {
            try small.run(architecture, seed: first + Int64(index), ["conv": [value]], metrics: ["loss": [loss]])
        }
    }

    private func row(_ name: String, _ comparison: Comparison, pair: Int = 0) throws -> ComparedPair.Row {
        try #require(comparison.pairs[pair].rows.first { $0.name == name })
    }

    private func notes(_ comparison: Comparison) -> String { comparison.notes.joined(separator: "\n") }

    @Test func `layers are compared as ratios and metrics as differences, in one family`() throws {
        try record("one", a, lossA)
        try record("two", b, lossB)
        let found = try small.compare("one", "two") {
            _ = $0.detection.add("1.05")
            _ = $0.detection.add("loss=0.01")
        }
        let layer = try row("conv", found).record
        #expect(layer["ratio"].number.map { isClose($0, 1.1899144201806284) } == true)
        #expect(isClose(layer["ratio_low"].number, 1.1153843684582725))
        #expect(isClose(layer["ratio_high"].number, 1.2694245745176687))
        #expect(isClose(layer["p"].number, 0.00097272489392258))
        #expect(isClose(layer["p_holm"].number, 0.00194544978784516))
        #expect(isClose(layer["effect_size"].number, 2.821131519207485))
        #expect(layer["effect_kind"] == "d_z")
        #expect(isClose(layer["equal_within"].number, 1.251803216153559))
        #expect(isClose(layer["detectable"].number, 1.0924453779775292))
        #expect(layer["seeds_needed"] == .integer(15))
        #expect(isClose(layer["a"]["geometric_mean"].number, 1.028698778555478))
        #expect(isClose(layer["a"]["sd"].number, 0.10801234497346433))
        let metric = try row("loss", found).record
        #expect(isClose(metric["difference"].number, -0.026666666666666672))
        #expect(isClose(metric["difference_low"].number, -0.0393759634136011))
        #expect(isClose(metric["difference_high"].number, -0.01395736991973225))
        #expect(isClose(metric["p_holm"].number, 0.002957553220484705))
        #expect(isClose(metric["equal_within"].number, 0.036629332465157975))
        #expect(isClose(metric["detectable"].number, 0.017373200069253324))
        #expect(metric["seeds_needed"] == .integer(14))
        #expect(metric["ratio"] == .null)
        let json = found.record.json
        #expect(json["test"] == "paired" && json["paired"] == .bool(true) && json["step"] == .integer(0))
        #expect(json["measure"] == "population_mean" && json["ignored"] == .array([]))
    }

    @Test func `few common seeds out of many make no pairs, unless it is asked for`() throws {
        try record("one", a, lossA)
        try record("two", Array(b.prefix(4)), Array(lossB.prefix(4)), first: 5)
        let found = try small.compare("one", "two")
        #expect(found.record["test"] == "welch")
        #expect(notes(found).contains("1 common seed: compared as independent runs (Welch)"))
        let row = try row("conv", found)
        #expect(isClose(row.contrast?.estimate, 1.21464098700911))
        #expect(isClose(row.contrast?.p, 0.09908217055548552))
        #expect(isClose(row.contrast?.equalWithin, 1.4742981543953333))
        #expect(isClose(row.contrast?.detectable, 1.404015263350258))
        // Four on a side have no effect size.
        #expect(row.record["effect_size"] == .null && row.record["effect_kind"] == .null)
        #expect(found.pairs[0].findings.contains { $0.contains("unstable") })
        let paired = try small.compare("one", "two") { $0.pairing = .paired }
        #expect(paired.pairs[0].pairing.seeds == [5])
        #expect(try self.row("conv", paired).contrast?.count == 1)
        let apart = try small.compare("one", "one") { $0.pairing = .unpaired }
        #expect(apart.record["paired"] == .bool(false))
        try record("three", b, lossB, first: 50)
        #expect(throws: QuestionError.noCommonSeed(a: "one", b: "three")) {
            try small.compare("one", "three") { $0.pairing = .paired }
        }
    }

    @Test func `who is left out is named with the true reason and the run`() throws {
        try record("one", a, lossA)
        for seed in [0, 1, 9] as [Int64] { try small.run("two", seed: seed, ["conv": [2]]) }
        let failed = try small.run("two", seed: 2, ["conv": [2]], status: .failed)
        let killed = try small.run("two", seed: 3, ["conv": [2]], status: .killed)
        let deleted = try small.run("two", seed: 4, ["conv": [2]])
        _ = try small.store.delete([deleted])
        let running = try small.run("two", seed: 5, ["conv": [2]], status: .running)
        let found = try small.compare("one", "two") { $0.pairing = .paired }
        let pair = found.pairs[0]
        #expect(pair.a.leftOut == [.init(seed: 9, run: nil, reason: .noRun)])
        #expect(
            pair.b.leftOut == [
                .init(seed: 2, run: failed, reason: .failed), .init(seed: 3, run: killed, reason: .killed),
                .init(seed: 4, run: deleted, reason: .deleted), .init(seed: 5, run: running, reason: .running),
            ]
        )
        #expect(found.record["left_out"]["b"] == .array(pair.b.leftOut.map(\.record.json)))
        #expect(notes(found).contains("A: 1 seed left out, because there is no run: 9"))
        #expect(notes(found).contains("B: 1 run left out, because killed: run \(killed) (seed 3)"))
        // A seed that was done again is there.
        try small.run("two", seed: 2, ["conv": [2]])
        #expect(try small.compare("one", "two").pairs[0].b.leftOut.map(\.seed) == [3, 4, 5])
    }

    @Test func `every n is that of the values in its figure`() throws {
        try small.run("one", seed: 0, ["conv": [1], "head": [2]], metrics: ["loss": [1]])
        try small.run("one", seed: 1, ["conv": [1.2], "head": [2.5]], metrics: ["loss": [.nan]])
        try small.run("one", seed: 2, ["conv": [0], "head": [3]], metrics: ["loss": [2]])
        try small.run("two", seed: 0, ["conv": [1], "head": [2.5]], metrics: ["loss": [3]])
        try small.run("two", seed: 1, ["conv": [2]], metrics: ["loss": [4]])
        try small.run("two", seed: 2, ["conv": [3], "head": [2.2]], metrics: ["loss": [5]])
        let found = try small.compare("one", "two")
        let conv = try row("conv", found)
        #expect(conv.a.summary.count == 3 && conv.a.summary.nonPositive == 1 && conv.contrast?.count == 2)
        let head = try row("head", found)
        #expect(head.a.summary.count == 2 && head.b.summary.count == 2)
        let loss = try row("loss", found)
        #expect(loss.a.summary.count == 2 && loss.a.summary.nonFinite == 1 && loss.contrast?.count == 2)
        #expect(notes(found).contains("A, conv: 1 value not positive, not in the ratio"))
        #expect(notes(found).contains("A, loss: 1 value not finite, counted and left out"))
        #expect(notes(found).contains("B, head: 1 run without a value, left out with its partner"))
        #expect(!notes(found).contains("A, head"))
        let all = try small.compare("one", "two") { $0.pairing = .unpaired }
        #expect(all.notes.contains("B, head: 1 run without a value"))
    }

    @Test func `final is the last recorded step of each layer and metric, and is said where it differs`() throws {
        for seed in 0..<3 as Range<Int64> {
            try small.run("one", seed: seed, ["conv": [1, 2, 3]], metrics: ["acc": [0.1, 0.2]])
            try small.run(
                "two",
                seed: seed,
                ["conv": [1, 2, seed == 1 ? nil : 4].compactMap(\.self)],
                metrics: ["acc": [0.3, 0.4]]
            )
        }
        let found = try small.compare("one", "two")
        #expect(found.record["step"] == "final")
        #expect(try row("acc", found).a.summary.mean == 0.2)
        #expect(notes(found).contains("A, acc: step 1, which is not the run's last"))
        #expect(notes(found).contains("B, conv: the last recorded steps differ: 1 … 2"))
        let first = try small.compare("one", "two") { $0.step = .number(0) }
        #expect(first.record["step"] == .integer(0))
        #expect(try row("acc", first).contrast?.estimate.map { isClose($0, 0.2) } == true)
        #expect(try row("conv", first).contrast?.isIdentical == true)
        #expect(throws: QuestionError.nothingRecorded(word: "one", step: 7, common: 0)) {
            try small.compare("one", "two") { $0.step = .number(7) }
        }
    }

    @Test func `the first eight metrics by name that all groups have are compared unless some are named`() throws {
        for (architecture, last) in [("one", "m9"), ("two", "n9")] {
            for seed in 0..<2 as Range<Int64> {
                try small.run(
                    architecture,
                    seed: seed,
                    metrics: [
                        "m8": [1], "m1": [1], "m2": [2], "m3": [1], "m4": [1], "m5": [1], "m6": [1], "m7": [1],
                        last: [1],
                        "m0": [Double(seed)],
                    ]
                )
            }
        }
        let found = try small.compare("one", "two")
        #expect(found.pairs[0].rows.map(\.name) == (0...7).map { "m\($0)" })
        #expect(notes(found).contains("1 metric left out"))
        #expect(found.record["measure"] == .null)
        #expect(try small.compare("one", "two") { $0.metrics = .named(["m8"]) }.pairs[0].rows.map(\.name) == ["m8"])
        #expect(throws: QuestionError.self) { try small.compare("one", "two") { $0.metrics = .named(["m9"]) } }
        #expect(throws: QuestionError.self) { try small.compare("one", "two") { $0.metrics = .named([]) } }
        #expect(throws: QuestionError.notCompared(metric: "m9", compared: (0...7).map { "m\($0)" })) {
            try small.compare("one", "two") { $0.detection.differences[ExactText("m9")] = 1 }
        }
    }

    @Test func `a difference that does not show is bounded, and one that is not asked for needs no seeds`() throws {
        try record("one", a, lossA)
        try record("two", [1.02, 1.09, 0.91, 1.19, 1.06, 0.93], [0.50, 0.53, 0.46, 0.56, 0.48, 0.52])
        let found = try small.compare("one", "two")
        #expect(try row("loss", found).record["seeds_needed"] == .null)
        #expect(
            found.pairs[0].findings.contains(
                "conv: no difference shown; equal within 1.3 %, and a difference of 2.3 % would have been found with 80 % power"
            )
        )
        var detection = ComparisonQuestion.Detection()
        for word in ["1", "0", "-2", "loss=0", "=1", "x=y", "inf", ""] {
            let isRead = detection.add(word)
            #expect(!isRead, "\(word)")
        }
        #expect(detection == ComparisonQuestion.Detection())
    }
}

extension JSON {
    /// The number that it is.
    var number: Double? {
        switch self {
        case .real(let value): value
        case .integer(let value): Double(value)
        default: nil
        }
    }
}
