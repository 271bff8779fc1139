import Storage
import Testing

@testable import Questions

/// What comes while somebody looks on.
@Suite struct FeedTests {
    private let place: SmallStore
    private var store: Store { place.store }

    init() throws { place = try SmallStore() }

    private func told(_ feed: inout RunFeed) throws -> [String] {
        var runs: [String] = []
        try feed.next(in: store) { run in runs.append("\(run.number) \(run.status.rawValue)") }
        return runs
    }

    @Test func `runs are told once, and again when they end, oldest first`() throws {
        try place.record { _ in }
        var recorder = try Recorder(store)
        let open = try recorder.start(NewRun(), layers: [])
        try place.record { $0.status = .failed }
        var feed = try RunFeed(.all, limit: nil, in: store)
        #expect(try told(&feed) == ["1 finished", "2 running", "3 failed"])
        #expect(try told(&feed) == [])
        try recorder.finish(open, RunEnding(.finished))
        try place.record { _ in }
        #expect(try told(&feed) == ["2 finished", "4 finished"])
        #expect(try told(&feed) == [])
    }

    @Test func `a run that fits the filter only once it has ended is told then`() throws {
        var recorder = try Recorder(store)
        let open = try recorder.start(NewRun(), layers: [])
        var feed = try RunFeed(Filter(parsing: "status = 'finished'"), limit: nil, in: store)
        try place.record { _ in }
        #expect(try told(&feed) == ["2 finished"])
        try recorder.finish(open, RunEnding(.finished))
        #expect(try told(&feed) == ["1 finished"])
        #expect(try told(&feed) == [])
    }

    @Test(arguments: [(0, []), (1, ["3 finished"]), (9, ["1 finished", "2 finished", "3 finished"])])
    func `a limit leaves out the oldest of those that are there`(_ limit: Int, _ expected: [String]) throws {
        for _ in 0..<3 { try place.record { _ in } }
        var feed = try RunFeed(.all, limit: limit, in: store)
        #expect(try told(&feed) == expected)
        try place.record { _ in }
        #expect(try told(&feed) == ["4 finished"])
    }

    @Test func `a run that goes on is told alone, and of those a limit left out only what changes`() throws {
        try place.record { $0.status = .killed }
        for _ in 0..<3 { try place.record { _ in } }
        var all = try RunFeed(.all, limit: nil, in: store)
        #expect(try told(&all).count == 4)
        var recorder = try Recorder(store)
        let open = try recorder.reopen(uuid: store.run("1").uuid)
        var newest = try RunFeed(.all, limit: 1, in: store)
        #expect(try told(&all) == ["1 running"])
        #expect(try told(&newest) == ["4 finished"])
        #expect(try told(&all) + told(&newest) == [])
        try recorder.finish(open, RunEnding(.finished))
        #expect(try told(&all) == ["1 finished"])
        #expect(try told(&newest) == ["1 finished"])
    }

    @Test(arguments: [nil, 0, 1]) func `steps are told once, until the run has ended`(_ limit: Int?) throws {
        var recorder = try Recorder(store)
        let open = try recorder.start(NewRun(), layers: [LayerPlace(name: "conv", position: 0, measure: "m")])
        for step in 0..<2 {
            try recorder.log(open, step: step, layer: 0, variance: Double(step))
            try recorder.log(open, step: 10 + step, metric: "loss", Double(step) + 0.5)
        }
        try recorder.flush()
        var layer = StepFeed(try StepHistory("1", layer: "conv", measure: nil, limit: limit, in: store))
        var metric = StepFeed(try StepHistory("1", metric: "loss", limit: limit, in: store))
        func told(_ feed: inout StepFeed) throws -> ([Int64], [Double?], Bool) {
            var entries: [History.Entry] = []
            let more = try feed.next(in: store) { entries.append($0) }
            return (entries.map(\.run.step), entries.map(\.change), more)
        }
        let count = limit ?? 2
        #expect(try told(&layer) == ([0, 1].suffix(count).map { $0 }, [nil, 1].suffix(count).map { $0 }, true))
        #expect(try told(&metric) == ([10, 11].suffix(count).map { $0 }, [nil, 1].suffix(count).map { $0 }, true))
        #expect(try told(&layer) == ([], [], true))
        try recorder.log(open, step: 4, layer: 0, variance: 8)
        try recorder.log(open, step: 12, metric: "loss", 0)
        try recorder.finish(open, RunEnding(.finished))
        #expect(try told(&layer) == ([4], [7], false))
        #expect(try told(&metric) == ([12], [-1.5], false))
    }
}
