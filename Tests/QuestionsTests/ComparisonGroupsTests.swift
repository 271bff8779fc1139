import Analysis
import Testing

@testable import Questions
@testable import Storage

/// Which runs are compared, by what, and in how many groups.
@Suite struct ComparisonGroupsTests {
    private let small: LoggedStore

    init() throws { small = try LoggedStore() }

    private let a = [1.0, 1.1, 0.9, 1.2, 1.05, 0.95]
    private let b = [1.3, 1.25, 1.0, 1.5, 1.2, 1.15]
    private let c = [1.02, 1.09, 0.91, 1.19, 1.06, 0.93]

    private func record(_ architecture: String, _ values: [Double], width: SQLValue? = nil) throws {
        for (seed, value) in values.enumerated() {
            try small.run(
                architecture,
                seed: Int64(seed),
                ["conv": [value]],
                params: width.map { ["width": $0] } ?? [:]
            )
        }
    }

    private func compareByWidth(baseline: String? = nil, of word: String? = nil) throws -> Comparison {
        let groups = ComparisonQuestion.Groups.values(.param("width"), of: word, baseline: baseline)
        return try Comparison(ComparisonQuestion(groups), in: small.store)
    }

    @Test func `more values than anybody reads make no groups, and one that is a document is cut where it is shown`()
        throws
    {
        for width in 0..<100 { try record("one", [1], width: .integer(Int64(width))) }
        let long = String(repeating: "x", count: 100_000)
        try record("one", [1], width: .text(long))
        #expect(throws: QuestionError.tooManyValues(of: "params.width", count: 101, most: 100)) {
            try compareByWidth()
        }
        #expect(try compareByWidth(of: "params.width > 0").groups.count == 99)
        let found = try compareByWidth(of: "params.width < 2 OR params.width LIKE 'x%'")
        #expect(found.groups[2].word.utf8.count > 100_000)
        let pair = try #require(found.pairs.last)
        #expect(pair.headline.utf8.count < 1000 && pair.growthLines.allSatisfy { $0.utf8.count < 1000 })
        #expect(found.picture.groups.allSatisfy { $0.name.utf8.count < 1000 })
    }

    @Test func `the p of more than two groups are one family`() throws {
        try record("one", a)
        try record("two", b)
        try record("three", c)
        let found = try small.compare("one", "two", "three")
        // statsmodels.stats.multitest.multipletests([0.00097…, 0.969…], method="holm")
        let adjusted = found.pairs.map { $0.rows[0].contrast?.adjustedP }
        #expect(isClose(adjusted[0], 2 * 0.00097272489392258) && isClose(adjusted[1], 0.9690645298640819))
        let json = found.record
        #expect(json.members.map(\.key) == ["groups", "comparisons", "measure", "ignored", "notes"])
        guard case .array(let pairs) = json["comparisons"], case .array(let groups) = json["groups"] else {
            Issue.record("not arrays")
            return
        }
        #expect(groups.map { $0["label"] } == ["one", "two", "three"])
        #expect(pairs.map { $0["b"]["label"] } == ["two", "three"] && pairs[1]["a"]["label"] == "one")
        #expect(found.notes.joined().contains("chosen beforehand"))
        let rows = found.rows
        #expect(rows.map { $0["b_label"] } == ["two", "three"] && rows.allSatisfy { $0["kind"] == "layer" })
        #expect(rows[0].members.map(\.key) == rows[1].members.map(\.key))
        #expect(found.pairs[1].headline.hasPrefix("A (one) and C (three)"))
    }

    @Test func `groups by a param follow the one rule of values, the smallest first`() throws {
        try record("net", a, width: .text("100"))
        try record("net", b, width: .integer(20))
        try record("net", c, width: .real(100))
        try small.run("net", seed: 0, ["conv": [9]])
        let found = try compareByWidth()
        #expect(found.groups.map(\.word) == ["params.width = 20", "params.width = 100"])
        // The newest of those that are the same.
        #expect(found.groups.map(\.runs.count) == [6, 6] && found.groups[1].replicates == 6)
        #expect(found.pairs[0].differs == ["width"])
        #expect(found.notes.contains { $0.contains("1 run left out, because there is no params.width") })
        #expect(try compareByWidth(baseline: "1e2").groups[0].word == "params.width = 100")
        #expect(throws: QuestionError.self) { try compareByWidth(baseline: "30") }
        #expect(throws: QuestionError.oneValue(of: "params.width", value: .integer(20))) {
            try compareByWidth(of: "params.width = 20")
        }
        try record("other", b)
        let groups = ComparisonQuestion.Groups.values(.architecture, of: "params.width IS NULL", baseline: nil)
        #expect(try Comparison(ComparisonQuestion(groups), in: small.store).groups.map(\.word) == ["net", "other"])
    }

    @Test func `1, 1.0 and the text 1 are one value to groups, replicates and differences`() throws {
        try small.run("net", seed: 0, ["conv": [1]], params: ["k": .integer(1)])
        try small.run("net", seed: 0, ["conv": [1]], params: ["k": .text("1.0")])
        try small.run("net", seed: 1, ["conv": [1]], params: ["k": .real(1)])
        try small.run("two", seed: 0, ["conv": [1]], params: ["k": .text("1")])
        let found = try small.compare("net", "two")
        #expect(found.groups[0].runs.map(\.number) == [3, 2] && found.groups[0].replicates == 1)
        #expect(found.pairs[0].differs == ["architecture"])
        #expect(found.notes.contains { $0.contains("A: 1 run left out, because a newer one has the same") })
    }

    @Test func `a param with a value for each run is offered to be ignored, and can be`() throws {
        for (architecture, values) in [("one", a), ("two", b)] {
            for (seed, value) in values.enumerated() {
                let folder = SQLValue.text("out/\(architecture)/\(seed)")
                try small.run(
                    architecture,
                    seed: Int64(seed),
                    ["conv": [value]],
                    params: ["out": folder, "lr": .real(0.1)]
                )
            }
        }
        do {
            _ = try small.compare("one", "two")
            Issue.record("compared")
        } catch let error as QuestionError {
            guard case .mixedGroup(_, let mixture) = error else { throw error }
            #expect(mixture.ownParams == ["out"])
        }
        let found = try small.compare("one", "two") { $0.ignored = IgnoredKeys(params: ["out"]) }
        #expect(found.pairs[0].pairing.seeds.count == 6 && found.pairs[0].differs == ["architecture"])
        #expect(found.record["ignored"] == .array(["params.out"]))
        #expect(found.notes.contains("ignored: params.out"))
        // What one run says holds for all.
        for (seed, tag) in [#"["out"]"#, "params.out"].enumerated() {
            let run = try small.run("one", seed: 90 + Int64(seed), ["conv": [1]], params: ["lr": .real(0.1)])
            try small.store.connection.prepare(Array("INSERT INTO tags VALUES (?, 'varve.ignore', ?, 0)".utf8)).run(
                run,
                tag
            )
            #expect(try small.compare("one", "two").record["ignored"] == .array(["params.out"]))
            _ = try small.store.delete([run])
        }
        #expect(IgnoredKeys(parsing: "params.out, tags.`a b`")?.words == ["params.out", "tags.`a b`"])
        #expect(IgnoredKeys(parsing: "out") == nil && IgnoredKeys(parsing: "seed") == nil)
    }

    @Test func `layers are the same by their long name, however short`() throws {
        for seed in 0..<2 as Range<Int64> {
            try small.run("one", seed: seed, ["layer1.conv": [2]], shortNames: ["layer1.conv": "conv1"])
            try small.run("two", seed: seed, ["layer1.conv": [3]])
        }
        let found = try small.compare("one", "two")
        #expect(found.pairs[0].rows.count == 1 && isClose(found.pairs[0].rows[0].contrast?.estimate, 1.5))
        // The same within a group, too.
        try small.run("one", seed: 2, ["layer1.conv": [2]])
        #expect(try small.compare("one", "two").pairs[0].rows.count == 1)
    }

    @Test func `the measure is the one asked for, the variance, or the only one that all have`() throws {
        for seed in 0..<2 as Range<Int64> {
            try small.run("one", seed: seed, ["conv": [2]], measure: "unbiased")
            try small.run("two", seed: seed, ["conv": [3]], measure: "unbiased")
            try small.run("three", seed: seed, ["conv": [3]], measure: "pooled")
            for measure in [LayerPlace.populationMean, "dead_share", "second_moment"] {
                try small.run("four \(measure)", seed: seed, ["conv": [0.5]], measure: measure)
            }
        }
        let found = try small.compare("one", "two")
        #expect(found.record["measure"] == "unbiased")
        #expect(found.notes.contains { $0.contains("'unbiased', the only measure that all groups have") })
        #expect(throws: QuestionError.measuresDiffer(["pooled", "unbiased"])) {
            try small.compare("one", "three")
        }
        #expect(throws: QuestionError.self) { try small.compare("one", "two") { $0.measure = MeasureWord("gradient") } }
        let dead = "architecture = 'four dead_share'"
        let shares = try small.compare(dead, dead) { $0.measure = MeasureWord("dead") }
        #expect(shares.record["layers"].first["difference"] == .real(0))
        #expect(shares.record["growth"]["reason"] == "a share has no factor of growth")
        #expect(shares.picture.isLinear && !found.picture.isLinear)
        #expect(found.picture.groups.map(\.layers) == [["conv"], ["conv"]])
        #expect(MeasureWord("second-moment").stored == "second_moment" && MeasureWord("variance") == .variance)
        let groups = [(word: "x", ["p", "q"]), (word: "y", ["p", "q", "r"])].map { word, measures in
            (word: word, measures: Set(measures.map(ExactText.init)))
        }
        #expect(throws: QuestionError.severalMeasures(["p", "q"])) { try MeasureWord.chosen(nil, among: groups) }
    }

    @Test func `groups of other layers are drawn each with its own, and what only one has is told in a line`() throws {
        for seed in 0..<3 as Range<Int64> {
            try small.run("cnn", seed: seed, ["conv1": [1], "conv2": [2], "head": [3]])
            try small.run("mlp", seed: seed, ["fc1": [1], "fc2": [2], "head": [4]])
            try small.run("deep", seed: seed, ["conv1": [3], "conv2": [4], "head": [5]])
        }
        let found = try small.compare("cnn", "mlp", "deep")
        #expect(
            found.picture.groups.map(\.layers) == [
                ["conv1", "conv2", "head"], ["fc1", "fc2", "head"], ["conv1", "conv2", "head"],
            ]
        )
        #expect(found.pairs[0].layers.map(\.name) == ["conv1", "conv2", "fc1", "fc2", "head"])
        let notes = found.pairs[0].notes.filter { $0.contains("only") }
        #expect(notes == ["only A has conv1, conv2", "only B has fc1, fc2"])
    }
}

extension JSON {
    /// The first of an array.
    fileprivate var first: JSON { if case .array(let items) = self { items.first ?? .null } else { .null } }
}
