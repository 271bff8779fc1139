import TestSupport
import Testing

@testable import Storage

/// What is kept of a run besides its rows, so that nobody has to walk over all steps: the last step of each layer, and the
/// latest, least and greatest value of each metric.
@Suite struct LatestValuesTests {
    private let folder: TemporaryFolder
    private let store: Store

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.file("varve.db"), for: .writing)
    }

    private func summary(_ run: Int64, _ key: String) throws -> [SQLValue] {
        let find = try store.connection.prepareOnly(
            """
            SELECT step, timestamp, value, is_nan, least, least_step, greatest, greatest_step
            FROM run_metric_keys
            WHERE run_id = ? AND key_id = (SELECT id FROM metric_keys WHERE key = ?)
            """
        )
        try find.bind(run, key)
        guard try find.step() else { return [] }
        return (0..<find.columnCount).map { find.value(at: $0) }
    }

    @Test func `a layer's last value is that of its own last step`() throws {
        var recorder = try Recorder(store)
        let run = try recorder.start(NewRun(), layers: twoLayers)
        try recorder.log(run, step: 0, variances: [1, 2])
        try recorder.log(run, step: 5, layer: 0, variance: 3)
        try recorder.log(run, step: 2, layer: 1, variance: 4)
        try recorder.log(run, step: 1, layer: 1, variance: 5)
        try recorder.finish(run, RunEnding(.finished))
        let found = try #require(try store.run(number: run.number))
        #expect(found.lastStep == 5)
        #expect(try store.variances(of: found).map(\.step) == [5, 2])
        #expect(try store.variances(of: found).map(\.variance) == [3, 4])
        #expect(try store.variances(of: found, step: 1).map(\.name) == ["output"])
        #expect(try store.runNumbers(matching: Filter(parsing: "variance.output = 4")) == [run.number])
        var grouped: [Double] = []
        try store.forEachGroupedVariance(matching: .all, step: nil) { grouped.append($0.value) }
        #expect(grouped == [3, 4])
        var through: [Int64] = []
        try store.forEachVariance(of: store.layers()) { through.append($0.step) }
        #expect(through == [5, 2])
    }

    @Test func `the latest value of a metric is that of the greatest step, then timestamp, then value`() throws {
        var recorder = try Recorder(store)
        let run = try recorder.start(NewRun(), layers: [])
        for (step, timestamp, value) in [(3, 10, 1.0), (4, 9, 7.0), (4, 10, 5.0), (4, 10, 6.0), (2, 99, 9.0)] {
            try recorder.log(run, step: step, metric: "loss", value, at: Int64(timestamp))
            // Each with a commit of its own.
            try recorder.flush()
        }
        #expect(
            try store.lastMetrics(of: run.number) == [Metric(key: "loss", step: 4, value: StoredReal(6))]
        )
        #expect(
            try summary(run.number, "loss") == [
                .integer(4), .integer(10), .real(6), .integer(0), .real(1), .integer(3), .real(9), .integer(2),
            ]
        )
    }

    @Test
    func `infinities are least and greatest like other values, NaN is neither, and of equal values the first counts`()
        throws
    {
        var recorder = try Recorder(store)
        let run = try recorder.start(NewRun(), layers: [])
        for (step, value) in [5: 2.0, 3: 2.0, 4: .nan, 6: .infinity, 2: 3.0, 9: .nan] as [Int: Double] {
            try recorder.log(run, step: step, metric: "loss", value, at: 1)
        }
        try recorder.log(run, step: 1, metric: "none", .nan, at: 1)
        try recorder.finish(run, RunEnding(.finished))
        #expect(
            try summary(run.number, "loss") == [
                .integer(9), .integer(1), .real(0), .integer(1), .real(2), .integer(3), .real(.infinity), .integer(6),
            ]
        )
        #expect(
            try summary(run.number, "none") == [
                .integer(1), .integer(1), .real(0), .integer(1), .null, .null, .null, .null,
            ]
        )
    }

    @Test func `whatever is recorded in whatever order, what is kept is what the rows say, also after merging`() throws
    {
        var random = SeededGenerator(seed: 5)
        var recorder = try Recorder(store)
        var runs = try (0..<3).map { _ in try recorder.start(NewRun(), layers: []) }
        for index in runs.indices.dropLast() {
            for layer in twoLayers { _ = try recorder.add(layer, to: &runs[index]) }
        }
        for _ in 0..<3000 {
            let run = runs[Int.random(in: 0..<3, using: &random)]
            let step = Int.random(in: -5...20, using: &random)
            let value = [.nan, .infinity, -.infinity, 0, -0.0, 1, 2, 0.5].randomElement(using: &random) ?? 0
            switch Int.random(in: 0..<100, using: &random) {
            case 0: try recorder.flush()
            case 1: try recorder.flush(run)
            case 2..<50 where run.number != runs[2].number:
                try recorder.log(run, step: step, layer: step & 1, variance: value)
            default:
                let timestamp = Int64.random(in: 0...3, using: &random)
                try recorder.log(run, step: step, metric: "m\(step % 3)", value, at: timestamp)
            }
        }
        for run in runs { try recorder.finish(run, RunEnding(.finished)) }
        #expect(try store.damages() == [])
        let all = try Store(path: folder.file("all.db"), for: .writing)
        _ = try all.merge(store)
        #expect(try all.damages() == [])
        #expect(try all.connection.value("SELECT count(*) FROM run_metric_keys", as: Int.self) > 10)
        #expect(try all.connection.value("SELECT count(*) FROM run_layers", as: Int.self) == 4)
    }

    @Test(arguments: [
        "UPDATE run_layers SET last_step = 1 WHERE layer_id = 1", "DELETE FROM run_layers",
        "UPDATE run_metric_keys SET value = 3", "UPDATE run_metric_keys SET greatest_step = 1",
        "DELETE FROM run_metric_keys",
    ])
    func `what does not fit the rows is found, and mended by them`(_ damage: String) throws {
        var recorder = try Recorder(store)
        let run = try recorder.start(NewRun(), layers: twoLayers)
        for step in 0..<3 {
            try recorder.log(run, step: step, variances: [1, 2])
            try recorder.log(run, step: step, metric: "loss", Double(step))
        }
        try recorder.finish(run, RunEnding(.finished))
        let before = try store.lastMetrics(of: run.number)
        try store.connection.execute(damage)
        #expect(try store.damages().count == 1)
        try StoreCheck(path: store.path, isMending: true).execute { #expect($0.isMended) }
        #expect(try store.damages() == [])
        #expect(try store.lastMetrics(of: run.number) == before)
    }

    @Test func `a purge leaves nothing of a run`() throws {
        var recorder = try Recorder(store)
        let run = try recorder.start(NewRun(), layers: twoLayers)
        try recorder.log(run, step: 0, variances: [1, 2])
        try recorder.log(run, step: 0, metric: "loss", 1)
        try recorder.finish(run, RunEnding(.finished))
        _ = try store.delete([run.number])
        _ = try store.purge()
        for table in ["run_layers", "run_metric_keys"] {
            #expect(try store.connection.value("SELECT count(*) FROM \(table)") == 0)
        }
    }

    @Test func `the last values of a run are found without its rows, those of its layers by their keys`() throws {
        #expect(try !store.plan(PackageResources.lastMetrics_sql).contains { $0.contains(" metrics ") })
        for statement in [
            PackageResources.variancesAtStep_sql, PackageResources.variancesOfGroup_sql,
            PackageResources.variancesThroughRuns_sql,
        ] {
            let found = try store.plan(statement).filter { $0.contains(" layer_variances ") }
            #expect(found.count == 1)
            #expect(found.allSatisfy { $0.contains("(run_id=? AND step=? AND layer_id=?)") })
        }
    }
}
