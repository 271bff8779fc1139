import TestSupport
import Testing

@testable import Storage

/// The questions of `compare` and `diff`.
@Suite struct GroupTests {
    private let folder: TemporaryFolder
    private let store: Store

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.file("varve.db"), for: .writing)
    }

    private func record(_ variances: [[Float]], architecture: String = "plain", status: RunStatus = .finished) throws
        -> Int64
    {
        var run = SampleRun(architecture: architecture, status: status, variances: variances)
        try run.record(in: store)
        return run.number
    }

    @Test func `a group is its finished runs, newest first`() throws {
        let first = try record([[1, 2]])
        _ = try record([[3, 4]], status: .failed)
        let second = try record([[5, 6], [7, 8]])
        _ = try record([[9, 9]], architecture: "batchnorm")
        let deleted = try record([[9, 9]])
        _ = try store.delete([deleted])
        let plain = try Filter(parsing: "architecture = 'plain'")
        #expect(try store.finishedRuns(matching: plain).map(\.number) == [second, first])

        var values: [Int64: [Double?]] = [:]
        try store.forEachGroupedVariance(matching: plain, step: nil) { value in
            values[value.run, default: []].append(value.value)
        }
        #expect(values == [first: [1, 2], second: [7, 8]])
        values = [:]
        try store.forEachGroupedVariance(matching: plain, step: 1) { value in
            values[value.run, default: []].append(value.value)
        }
        #expect(values == [second: [7, 8]])
    }

    @Test func `a run logged without a configuration is known by its params`() throws {
        for (width, seed) in [(10, 1), (10, 2), (20, 1)] {
            var run = SampleRun(params: ["width": .integer(Int64(width)), "seed": .integer(Int64(seed))])
            try run.record(in: store)
        }
        #expect(Set(try store.finishedRuns(matching: .all).map(\.configuration)).count == 2)
    }

    @Test(arguments: ["architecture = 'plain'", "variance.input > 1 OR metrics.loss < 2", "number = 3"])
    func `a group reaches its variances by run and step`(_ filter: String) throws {
        let compiled = FilterSQL(try Filter(parsing: filter), dead: [], parameters: 1)
        let details = try store.plan(compiled.completed(PackageResources.variancesOfGroup_sql))
        #expect(
            details.contains {
                $0.contains("SEARCH layer_variances USING PRIMARY KEY (run_id=? AND step=? AND layer_id=?)")
            },
            "\(details)"
        )
        #expect(!details.contains { $0.contains("SCAN layer_variances") }, "\(details)")
    }

    @Test func `steps come whole and in order, and NaN with them`() throws {
        let run = try record([[1, 2], [.nan, 4]])
        let rows = try VarianceRows(of: run, in: store)
        #expect(try rows.next()?.values.map(\.variance) == [1, 2])
        let last = try #require(try rows.next())
        #expect(last.number == 1)
        #expect(last.values[0].variance.isNaN)
        #expect(last.values[1].variance == 4)
        #expect(try rows.next()?.number == nil)
    }

    @Test func `the first common step is found from any step on`() throws {
        let a = try record([[1, 1], [1, 1], [1, 1]])
        let b = try record([[1, 1], [1, 1], [1, 1], [1, 1]])
        try store.connection.execute("DELETE FROM layer_variances WHERE run_id = \(a) AND step = 1")
        #expect(try store.commonStep(of: a, and: b) == 0)
        #expect(try store.commonStep(of: a, and: b, from: 1) == 2)
        #expect(try store.commonStep(of: a, and: b, from: 3) == nil)
    }
}
