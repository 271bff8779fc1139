import TestSupport
import Testing

@testable import Storage

@Suite struct RunLogTests {
    private let folder: TemporaryFolder
    private let store: Store

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.file("varve.db"), for: .writing)
    }

    private func record(_ lines: String..., in log: RunLog) throws {
        for line in lines {
            try log.take(Array(line.utf8).span)
            try log.beat()
        }
    }

    @Test func `what is logged is recorded, with layers in the order they come`() throws {
        let log = try RunLog(store, LoggedRun())
        try record(
            #"{"param":"lr","value":0.1}"#,
            #"{"step":0,"layer":"b","variance":1}"#,
            #"{"step":0,"layer":"a","variance":2.5}"#,
            #"{"step":0,"metric":"loss","value":3}"#,
            #"{"step":1,"layer":"b","variance":NaN}"#,
            #"{"step":1,"layer":"late","variance":"Infinity"}"#,
            #"{"end":"finished"}"#,
            in: log
        )
        #expect(log.isEnded)
        #expect(log.count == 5)
        #expect(
            try store.rows("SELECT step, layer, position, measure, variance FROM variances") == [
                [.integer(0), .text("b"), .integer(0), .text("unknown"), .real(1)],
                [.integer(0), .text("a"), .integer(1), .text("unknown"), .real(2.5)],
                [.integer(1), .text("b"), .integer(0), .text("unknown"), .null],
                [.integer(1), .text("late"), .integer(2), .text("unknown"), .real(.infinity)],
            ]
        )
        let run = try store.run("1")
        #expect(run.status == .finished)
        #expect(run.steps == 2)
        #expect(run.lastStep == 1)
        #expect(run.configurationDigest == nil)
        #expect(try store.lastMetrics(of: 1).map(\.value) == [3])
    }

    @Test func `a declared layer is known by both its names and keeps what was declared`() throws {
        let log = try RunLog(store, LoggedRun())
        try record(
            #"{"layer":"After first","name":"residual1","position":2,"measure":"population_mean","after_norm":true}"#,
            #"{"step":0,"layer":"residual1","variance":1}"#,
            #"{"step":1,"layer":"After first","variance":2}"#,
            // Said again as it was.
            #"{"step":2,"layer":"residual1","position":2,"variance":3}"#,
            #"{"step":2,"layer":"behind","variance":4}"#,
            in: log
        )
        #expect(throws: LogError.self) { try record(#"{"layer":"residual1","position":3}"#, in: log) }
        #expect(throws: LogError.self) { try record(#"{"layer":"other","name":"residual1"}"#, in: log) }
        try log.end(.finished)
        #expect(
            try store.rows("SELECT name, short_name, position, measure, after_norm FROM layers") == [
                [.text("After first"), .text("residual1"), .integer(2), .text("population_mean"), .integer(1)],
                [.text("behind"), .text("behind"), .integer(3), .text("unknown"), .integer(0)],
            ]
        )
        #expect(try store.rows("SELECT count(*) FROM layer_variances") == [[.integer(4)]])
    }

    @Test func `a value that comes again takes the place of the earlier one`() throws {
        let log = try RunLog(store, LoggedRun())
        // A program that goes on from a checkpoint logs some steps twice.
        for step in [0, 1, 2, 1, 2, 3] {
            try record(#"{"step":\#(step),"layer":"a","variance":\#(10 * log.count)}"#, in: log)
        }
        try log.end(.finished)
        #expect(
            try store.rows("SELECT step, variance FROM layer_variances") == [
                [.integer(0), .real(0)], [.integer(1), .real(30)], [.integer(2), .real(40)], [.integer(3), .real(50)],
            ]
        )
    }

    @Test func `a param is given once and a tag may change`() throws {
        let log = try RunLog(store, LoggedRun())
        try record(#"{"param":"lr","value":0.1}"#, #"{"param":"lr","value":0.1}"#, in: log)
        let error = #expect(throws: LogError.self) { try record(#"{"param":"lr","value":0.2}"#, in: log) }
        #expect(error?.description.contains("0.1") == true)
        try record(#"{"tag":"note","value":"a"}"#, #"{"tag":"note","value":"b"}"#, in: log)
        try log.end(.finished)
        #expect(try store.params(of: 1) == [Entry(key: "lr", value: .real(0.1))])
        #expect(try store.tags(of: 1) == [Entry(key: "note", value: .text("b"))])
    }

    @Test(arguments: ["param", "tag", "metric"])
    func `a key that nobody could type is refused, and the run goes on`(_ kind: String) throws {
        let log = try RunLog(store, LoggedRun())
        let rest = kind == "metric" ? #""step":0,"value":1"# : #""value":"1""#
        for key in [#"a\nb"#, String(repeating: "k", count: 251)] {
            #expect(throws: LogError.self) { try record(#"{"\#(kind)":"\#(key)",\#(rest)}"#, in: log) }
        }
        try record(#"{"\#(kind)":"fine",\#(rest)}"#, in: log)
        try log.end(.finished)
        #expect(try store.run("1").status == .finished)
    }

    @Test func `the last step is that of the variances, also where metrics went ahead`() throws {
        let log = try RunLog(store, LoggedRun())
        // Enough that the first of them are in the store.
        for step in 0..<9000 { try record(#"{"step":\#(step),"metric":"loss","value":1}"#, in: log) }
        #expect(try store.run("1").lastStep != nil)
        try record(#"{"step":7,"layer":"a","variance":1}"#, #"{"step":9000,"metric":"loss","value":1}"#, in: log)
        try log.end(.finished)
        #expect(try store.run("1").lastStep == 7)
        #expect(try store.run("1").steps == 9001)
    }

    @Test func `nothing is recorded after the end`() throws {
        let log = try RunLog(store, LoggedRun())
        try record(#"{"step":0,"layer":"a","variance":1}"#, #"{"end":"failed"}"#, in: log)
        #expect(throws: LogError.self) { try record(#"{"step":1,"layer":"a","variance":1}"#, in: log) }
        #expect(try store.run("1").status == .failed)
        #expect(try store.rows("SELECT count(*) FROM layer_variances") == [[.integer(1)]])
    }

    @Test func `an index that no layer has is refused`() throws {
        var recorder = try Recorder(store)
        var run = try recorder.start(NewRun(), layers: twoLayers)
        let third = try recorder.add(LayerPlace(name: "third", position: 2, measure: "unbiased"), to: &run)
        #expect(third == 2)
        try recorder.log(run, step: 0, layer: third, variance: 1)
        for index in [-1, 3] {
            #expect(throws: StoreError.self) { try recorder.log(run, step: 0, layer: index, variance: 1) }
        }
        try recorder.finish(run, RunEnding(.finished))
        #expect(try store.rows("SELECT count(*) FROM layer_variances") == [[.integer(1)]])
    }
}
