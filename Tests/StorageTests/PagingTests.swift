import TestSupport
import Testing

@testable import Storage

/// What a server asks for a piece at a time: pages of runs, thinned histories, names, experiments.
@Suite struct PagingTests {
    private let folder: TemporaryFolder
    private let store: Store

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.file("varve.db"), for: .writing)
    }

    // MARK: Pages of runs

    private func fill() throws {
        var random = SeededGenerator(seed: 11)
        for index in 0..<60 {
            var run = SampleRun()
            run.architecture = index % 7 == 0 ? nil : ["plain", "batchnorm"][index % 2]
            run.seed = index % 5 == 0 ? nil : Int64(index % 4)
            run.params["width"] = [.integer(10), .text("10.0"), .text("wide"), .real(2.5)][index % 4]
            if index % 3 > 0 {
                run.metrics["loss"] = [(0, [.nan, .infinity, 1, 2].randomElement(using: &random) ?? 0)]
            }
            if index % 2 == 0 { run.variances = [[Float(index % 6), 1]] }
            try run.record(in: store)
        }
    }

    @Test(arguments: [
        "", "seed", "-seed", "params.width, -metrics.loss", "max(metrics.loss), architecture desc",
        "-variance.input, status", "duration, started desc",
    ])
    func `pages put together are the list, with ties and with what is missing`(_ text: String) throws {
        try fill()
        let order = text.isEmpty ? [] : try RunOrder.list(parsing: text)
        let filter = try Filter(parsing: "number != 9")
        var whole: [Int64] = []
        try store.forEachRun(matching: filter, by: order) { whole.append($0.number) }
        #expect(whole.count == 59)
        for size in [1, 7] {
            var pages: [Int64] = []
            while true {
                let before = pages.count
                try store.forEachRun(matching: filter, by: order, after: pages.last, limit: size) {
                    pages.append($0.number)
                }
                if pages.count == before { break }
            }
            #expect(pages == whole)
        }
    }

    @Test func `a page continues after a run that is gone only where there is no order`() throws {
        try fill()
        _ = try store.delete([30])
        _ = try store.purge()
        var numbers: [Int64] = []
        try store.forEachRun(after: 30, limit: 2) { numbers.append($0.number) }
        #expect(numbers == [29, 28])
        let order = try RunOrder.list(parsing: "seed")
        #expect(throws: StoreError.self) { try store.forEachRun(by: order, after: 30) { _ in } }
    }

    @Test func `the next page is found by number, without sorting`() throws {
        let compiled = FilterSQL(.all, after: (5, []), dead: [], parameters: 2)
        let plan = try store.plan(compiled.completed(PackageResources.listRuns_sql))
        #expect(plan.contains { $0.contains("SEARCH runs USING INTEGER PRIMARY KEY (rowid<?)") }, "\(plan)")
        #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
    }

    // MARK: Histories

    @Test func `a history is exact where it is short, and keeps the extremes where it is thinned`() throws {
        var recorder = try Recorder(store)
        let run = try recorder.start(NewRun(), layers: twoLayers)
        for step in 0..<1000 {
            let value = step == 437 ? 50 : step == 438 ? -50 : Double(step % 10)
            try recorder.log(run, step: step, metric: "loss", value, at: Int64(step))
            try recorder.log(run, step: step, variances: [Float(value), 1])
        }
        try recorder.finish(run, RunEnding(.finished))
        let layer = try #require(try store.layers(ofRun: run.number).first).id
        let all = try store.points(ofMetric: "loss", in: run.number)
        #expect(all.map(\.step) == Array(0..<1000))
        #expect(all.map(\.timestamp) == (0..<1000).map { $0 })
        for points in [
            try store.points(ofMetric: "loss", in: run.number, atMost: 20),
            try store.points(ofLayer: layer, in: run.number, atMost: 20),
        ] {
            #expect(points.count == 20)
            #expect(points.map(\.step) == points.map(\.step).sorted())
            #expect(points.contains { $0.step == 437 && $0.value == 50 })
            #expect(points.contains { $0.step == 438 && $0.value == -50 })
            // Each is one of those recorded.
            #expect(points.allSatisfy { $0.value == all[Int($0.step)].value })
        }
        let few = try store.points(ofLayer: layer, in: run.number, steps: 430...439, atMost: 10)
        #expect(few.map(\.step) == Array(430...439))
        #expect(few.allSatisfy { $0.timestamp == nil })
        #expect(try store.points(ofMetric: "loss", in: run.number, steps: 995...Int64.max).count == 5)
        #expect(try store.points(ofMetric: "loss", in: run.number, atMost: 0).map(\.value) == [50, -50])
        #expect(try store.points(ofMetric: "none", in: run.number, atMost: 5).isEmpty)
    }

    @Test func `repeats, NaN, infinities and the widest range of steps are thinned too`() throws {
        var recorder = try Recorder(store)
        let run = try recorder.start(NewRun(), layers: [])
        let edges = [Int(Recorder.steps.lowerBound), Int(Recorder.steps.upperBound)]
        for (step, value) in [
            (edges[0], 1.0), (0, .nan), (1, .nan), (1, 3), (1, -.infinity), (2, .nan), (edges[1], .nan),
        ] {
            try recorder.log(run, step: step, metric: "loss", value, at: 1)
        }
        try recorder.finish(run, RunEnding(.finished))
        #expect(try store.points(ofMetric: "loss", in: run.number).count == 7)
        let thinned = try store.points(ofMetric: "loss", in: run.number, atMost: 6)
        #expect(thinned.map(\.step) == [Recorder.steps.lowerBound, 1, 1, Recorder.steps.upperBound])
        #expect(thinned.prefix(3).map(\.value) == [1, -.infinity, 3])
        #expect(thinned[3].value.isNaN)
    }

    // MARK: Names and experiments

    @Test func `names are those recorded, by prefix and at most this many`() throws {
        var run = SampleRun()
        for key in ["lr", "lr_decay", "width", "größe", "größer", "g\u{D7FF}", "g\u{E000}"] {
            run.params[key] = .integer(1)
        }
        run.tags = ["colour": "red"]
        run.metrics = ["loss": [(0, 1)], "val_loss": [(0, 1)]]
        try run.record(in: store)
        try store.connection.execute("INSERT INTO tags VALUES (1, 'varve.deleted_with_experiment', '', NULL)")
        #expect(try store.names(of: .param, beginningWith: "lr") == ["lr", "lr_decay"])
        #expect(try store.names(of: .param, beginningWith: "größe") == ["größe", "größer"])
        #expect(try store.names(of: .param, beginningWith: "g\u{D7FF}") == ["g\u{D7FF}"])
        #expect(try store.names(of: .param, limit: 2).count == 2)
        #expect(try store.names(of: .metric) == ["loss", "val_loss"])
        #expect(try store.names(of: .tag) == ["colour"])
        #expect(try store.names(of: .layer, beginningWith: "In") == ["Input"])
        #expect(try store.names(of: .metric, beginningWith: "x").isEmpty)
    }

    @Test func `columns are the keys that there are`() throws {
        var run = SampleRun()
        run.params["odd key"] = .integer(1)
        run.metrics = ["loss": [(0, 1)]]
        run.tags = ["colour": "red"]
        try run.record(in: store)
        let fields = try store.fields(of: RunColumn.list(parsing: "seed, params.*, metrics.*"))
        #expect(fields.map(\.title) == ["seed", "params.`odd key`", "metrics.loss"])
        #expect(fields.map(\.field) == [.attribute(.seed), .param("odd key"), .metric("loss")])
        let all = try store.fields(of: [.all]).map(\.field)
        #expect(all.count == RunField.Attribute.allCases.count + 3)
        #expect(all.last == .tag("colour"))
    }

    @Test func `an experiment is found by its id, with tags that merging brings along`() throws {
        try store.createExperiment(named: "depth")
        let id = try #require(try store.experiment(named: "depth")).id
        try store.tagExperiment(id, with: [("owner", "a"), ("owner", "b"), ("x", "y")], removing: ["owner"])
        try store.tagExperiment(id, with: [], removing: ["x"])
        #expect(try store.tags(ofExperiment: id) == [Entry(key: "owner", value: .text("b"))])
        #expect(try store.experiment(id: id)?.name == "depth")
        #expect(try store.experiment(id: 99) == nil)
        #expect(throws: StoreError.self) { try store.tagExperiment(99, with: []) }
        #expect(throws: StoreError.self) { try store.tagExperiment(id, with: [("", "empty")]) }
        let other = try Store(path: folder.file("other.db"), for: .writing)
        _ = try other.merge(store)
        let there = try #require(try other.experiment(named: "depth")).id
        #expect(try other.tags(ofExperiment: there) == [Entry(key: "owner", value: .text("b"))])
        _ = try store.deleteExperiment("depth")
        _ = try store.purge()
        #expect(try store.connection.value("SELECT count(*) FROM experiment_tags") == 0)
    }
}
