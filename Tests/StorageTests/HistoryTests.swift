import TestSupport
import Testing

@testable import Storage

/// What the store says of layers through runs and steps.
@Suite struct HistoryTests {
    private let folder: TemporaryFolder
    private let store: Store

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.file("varve.db"), for: .writing)
        for seed in 0..<3 {
            var run = SampleRun()
            run.architecture = seed == 1 ? "batchnorm" : "plain"
            run.seed = Int64(seed)
            run.started = Int64(seed) * 86_400_000
            run.params = ["width": .integer(100)]
            run.tags = seed == 2 ? ["kept": "yes"] : [:]
            run.metrics = ["loss": [(0, 2), (1, .nan)]]
            run.variances = [[1, Float(seed)], [1, .nan], [1, Float(seed) + 10]]
            try run.record(in: store)
        }
        var failed = SampleRun()
        failed.status = .failed
        failed.variances = [[1, 99]]
        try failed.record(in: store)
    }

    private func rows(
        _ names: String...,
        filter: String? = nil,
        step: Int64? = nil
    ) throws -> [RunValue] {
        var rows: [RunValue] = []
        let layers = try store.layers().filter { names.contains($0.place.shortName) }
        let filter = try filter.map(Filter.init(parsing:)) ?? .all
        try store.forEachVariance(of: layers, matching: filter, step: step) { rows.append($0) }
        return rows
    }

    @Test func `a layer comes once for each finished run at its last step, oldest first`() throws {
        let rows = try rows("output")
        #expect(rows.map(\.run) == [1, 2, 3])
        #expect(rows.map(\.step) == [2, 2, 2])
        #expect(rows.map(\.value) == [10, 11, 12])
    }

    @Test func `a step can be chosen, and a run that has not recorded it is left out`() throws {
        #expect(try rows("output", step: 0).map(\.value) == [0, 1, 2])
        #expect(try rows("output", step: 1).filter(\.value.isNaN).map(\.run) == [1, 2, 3])
        #expect(try rows("output", step: 7).isEmpty)
    }

    @Test func `deleted runs and those a filter leaves out do not come`() throws {
        #expect(try rows("output", filter: "architecture = 'plain' AND params.width = 100").map(\.run) == [1, 3])
        try store.connection.execute("UPDATE runs SET lifecycle = 'deleted' WHERE id = 1")
        #expect(try rows("output").map(\.run) == [2, 3])
    }

    @Test(arguments: [
        (RunGrouping.architecture, [SQLValue.text("plain"), .text("batchnorm"), .text("plain")]),
        (.experiment, [.text("Default"), .text("Default"), .text("Default")]),
        (.param("width"), [.integer(100), .integer(100), .integer(100)]),
        (.tag("kept"), [.null, .null, .text("yes")]),
        (.day, [.text("1970-01-01"), .text("1970-01-02"), .text("1970-01-03")]),
        (.commit, [.null, .null, .null]),
    ])
    func `each row says what its run is grouped by`(_ grouping: RunGrouping, _ expected: [SQLValue]) throws {
        #expect(try store.kinds(groupedBy: grouping).map(\.group) == expected)
    }

    @Test func `a metric comes once for each finished run that has it, at its last step or another`() throws {
        func values(_ key: String, _ step: Int64? = nil) throws -> [RunValue] {
            var values: [RunValue] = []
            try store.forEachValue(ofMetric: key, step: step) { values.append($0) }
            return values
        }
        #expect(try values("loss").map(\.step) == [1, 1, 1])
        #expect(try values("loss").allSatisfy(\.value.isNaN))
        #expect(try values("loss", 0).map(\.value) == [2, 2, 2])
        #expect(try values("loss", 5).isEmpty && values("none").isEmpty)
    }

    @Test func `runs are of one configuration where only the seed, and what is ignored, differs`() throws {
        for (seed, params, experiment): (Int64, [String: SQLValue], String) in [
            (7, ["seed": .integer(7), "lr": .real(0.5), "out": .text("a")], "one"),
            (8, ["seed": .integer(8), "lr": .text("0.50"), "out": .text("b")], "one"),
            (9, ["lr": .real(0.5), "out": .text("b")], "two"),
        ] {
            var run = SampleRun()
            run.experiment = experiment
            run.seed = seed
            run.params = params
            try run.record(in: store)
        }
        let filter = try Filter(parsing: "seed >= 7")
        #expect(Set(try store.kinds(ofRunsMatching: filter).map(\.configuration)).count == 3)
        let kinds = try store.kinds(ofRunsMatching: filter, ignoring: ["out"]).map(\.configuration)
        #expect(kinds[0] == kinds[1] && kinds[1] != kinds[2])
    }

    @Test func `a run is shown step by step`() throws {
        var values: [Double] = []
        try store.forEachStep(of: 3) { step, layer, variance in
            #expect((0...2).contains(step) && (1...2).contains(layer))
            values.append(variance)
        }
        #expect(values[..<3] == [1, 2, 1])
        #expect(values[3].isNaN)
        #expect(values[4...] == [1, 12])
        var losses: [Double] = []
        try store.forEachValue(ofMetric: "loss", in: 3) { _, value in losses.append(value) }
        #expect(losses.count == 2)
        #expect(losses[0] == 2)
        #expect(losses[1].isNaN)
    }

    @Test func `architectures come in the order they first appeared in`() throws {
        #expect(try store.architectures() == ["plain", "batchnorm"])
    }

    @Test func `variances through runs are sought by their primary key`() throws {
        let details = try store.plan(PackageResources.variancesThroughRuns_sql)
        #expect(
            details.contains {
                $0.contains("SEARCH layer_variances USING PRIMARY KEY (run_id=? AND step=? AND layer_id=?)")
            },
            "\(details)"
        )
    }
}
