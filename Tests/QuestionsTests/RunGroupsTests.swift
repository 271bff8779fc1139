import Analysis
import Testing

@testable import Questions
@testable import Storage

/// The runs of a store by groups, and single runs as lines and profiles.
@Suite struct RunGroupsTests {
    private let logged: LoggedStore
    private var store: Store { logged.store }

    init() throws { logged = try LoggedStore() }

    @Test func `runs are put together by everything but the seed, and each group has a filter that finds it`() throws {
        for seed in [Int64(0), 1, 2] {
            try logged.run(
                "net",
                seed: seed,
                metrics: ["loss": [2, Double(seed)]],
                params: ["width": .integer(64), "lr": .text("0.1")]
            )
            try logged.run(
                "net",
                seed: seed,
                metrics: ["loss": [2, 10]],
                params: ["width": .text("128"), "lr": .real(0.1)]
            )
        }
        try logged.run("net", seed: 9, metrics: ["loss": [1]], params: ["width": .integer(64)], status: .failed)
        let answer = try RunGroups(by: [.configuration], summarising: [.metric("loss")], in: store)
        #expect(answer.labels == ["params.width"])
        #expect(answer.groups.map { $0.values.map(\.text) } == [["64"], ["128"]])
        #expect(answer.groups.map(\.runs) == [3, 3] && answer.groups.map(\.seeds) == [3, 3])
        #expect(answer.groups.map { $0.summaries[0].mean } == [1, 10])
        for group in answer.groups {
            let filter = try #require(group.filter)
            #expect(try store.runNumbers(matching: Filter(parsing: filter).and(.status(.finished))).count == 3)
        }
    }

    @Test func `what some runs have and others lack is told where nothing else keeps them apart`() throws {
        try logged.run("a", seed: 0, params: ["depth": .integer(3)])
        try logged.run("b", seed: 0)
        #expect(try RunGroups(by: [.configuration], in: store).labels == ["architecture"])
        try logged.run("b", seed: 0, params: ["depth": .integer(3)])
        #expect(try RunGroups(by: [.configuration], in: store).labels.contains("params.depth"))
    }

    @Test func `several fields make groups of their values, within a filter`() throws {
        for width in [SQLValue.integer(64), .integer(128)] {
            for architecture in ["a", "b"] { try logged.run(architecture, seed: 0, params: ["width": width]) }
        }
        let keys = ["architecture", "params.width"].compactMap(RunGroups.Key.init)
        let answer = try RunGroups(by: keys, matching: "params.width < 100", in: store)
        #expect(answer.groups.map { $0.values.map(\.text) } == [["a", "64"], ["b", "64"]])
        #expect(answer.groups[0].filter == "(params.width < 100) AND architecture = 'a' AND params.width = 64")
        #expect(RunGroups.Key("seed") == nil && RunGroups.Key("params.") == nil)
    }

    @Test func `runs that still go on are lines too, each under its name`() throws {
        let first = try logged.run("a", seed: 0, metrics: ["loss": [3, 2, 1]])
        let second = try logged.run("a", seed: 1, metrics: ["loss": [4]], status: .running)
        let plot = try RunCurves("loss", of: ["\(first)", "\(second)"], in: store).picture
        #expect(plot.curves.map(\.name) == ["\(first) a, seed 0", "\(second) a, seed 1"])
        #expect(plot.curves.map(\.points.count) == [3, 1] && plot.raw.isEmpty)
        #expect(throws: QuestionError.self) { try RunCurves("accuracy", of: ["\(first)"], in: store) }
    }

    @Test func `a hundred runs are drawn at once`() throws {
        let runs = try (0..<100).map { "\(try logged.run("a", seed: Int64($0), metrics: ["loss": [3, 2, 1]]))" }
        #expect(try RunCurves("loss", of: runs, in: store).picture.curves.count == 100)
    }

    @Test func `a line is drawn of the steps asked for, and smoothed beside what it was`() throws {
        let run = try logged.run("a", seed: 0, ["x": [1, 2, 3]], metrics: ["loss": [8, 4, .nan, 4, 8]])
        let plot = try RunCurves("loss", of: ["\(run)"], steps: 1...4, smoothing: 0.5, in: store).picture
        #expect(plot.raw[0].points.map(\.x) == [1, 2, 3, 4])
        #expect(plot.curves[0].points[0].y == 4 && plot.curves[0].points[1].y.isNaN)
        #expect(plot.curves[0].points[2].y == 4 && isClose(plot.curves[0].points[3].y, 44.0 / 7))
        #expect(
            try RunCurves("x", of: ["\(run)"], steps: 1...2, in: store).picture.curves[0].points.map(\.y) == [2, 3]
        )
    }

    @Test func `groups are drawn of the steps asked for`() throws {
        for seed in [Int64(0), 1] { try logged.run("a", seed: seed, metrics: ["loss": [9, 2, 1]]) }
        let plot = try Curves("loss", ["a"], steps: 1...2, in: store).picture
        #expect(plot.curves[0].points.map(\.x) == [1, 2])
    }

    @Test func `the profile of a run stands at the first recorded step behind the one asked for, beside its ends`()
        throws
    {
        let run = try logged.run("a", seed: 0, ["x": [1, 2, 3], "y": [4, 5, 6]], status: .running)
        let middle = try RunProfile("\(run)", step: 1, in: store)
        #expect(middle.step == 1 && middle.first == 0 && middle.last == 2)
        #expect(middle.picture.groups.map(\.name) == ["step 1", "step 0", "step 2"])
        #expect(middle.picture.groups[0].runs[0].values == [2, 5])
        #expect(try RunProfile("\(run)", step: 99, in: store).step == 2)
        let empty = try logged.run("a", seed: 0, metrics: ["loss": [1]])
        #expect(throws: QuestionError.noVariances(run: empty)) { try RunProfile("\(empty)", in: store) }
    }
}
