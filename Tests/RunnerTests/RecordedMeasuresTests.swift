import Testing

@testable import Runner
@testable import Storage

/// Several measures in the store: recorded, proved and gone on with.
@Suite struct RecordedMeasuresTests {
    private let place: SweepPlace
    private let grid = Grid(
        [Architecture.plain, .batchnorm].map { TrainingTests.oddConfiguration($0, steps: 5) },
        seeds: [0...1]
    )
    private let measures: Set<Measure> = [.gradientSecondMoment, .deadShare]

    init() throws {
        place = try SweepPlace()
        _ = try place.execute(grid, measures: measures)
    }

    private func verdict(of run: Int64) throws -> Verdict {
        var numbers = RunNumbers()
        numbers.append(run)
        var verdicts: [Verdict] = []
        try Verification(store: place.path).execute(numbers) { verdicts.append($0) }
        return try #require(verdicts.first)
    }

    private func tamper(_ sql: String) throws {
        try Store(path: place.path, for: .writing).connection.execute(sql)
    }

    @Test func `each value is under its layer and measure`() throws {
        let store = try place.store()
        let run = try #require(try store.run(number: 2))
        let values = try store.measures(of: run, step: 3)
        #expect(values.filter { $0.measure == "gradient_second_moment" }.map(\.position) == [0, 1, 2, 3])
        #expect(values.filter { $0.measure == "dead_share" }.map(\.position) == [1, 2])
        #expect(values.count == 6)
        #expect(try verdict(of: 2).result == .identical)
    }

    @Test(arguments: [
        "UPDATE layer_variances SET variance = variance * 1.0000002 WHERE run_id = 1 AND step = 2 AND layer_id = ",
        "DELETE FROM layer_variances WHERE run_id = 1 AND layer_id = ",
        "DELETE FROM layer_variances WHERE run_id = 1 AND step = 0 AND layer_id = ",
    ])
    func `every row of every measure is proved`(_ change: String) throws {
        try tamper(
            change + "(SELECT id FROM layers WHERE measure = 'gradient_second_moment' AND short_name = 'input')"
        )
        let verdict = try verdict(of: 1)
        #expect(verdict.result == .differs)
        #expect(verdict.difference?.layer?.measure == .gradientSecondMoment)
    }

    @Test func `a measure that is gone from the first step is found`() throws {
        try tamper(
            """
            DELETE FROM layer_variances WHERE run_id = 1 AND step = 0
            AND layer_id IN (SELECT id FROM layers WHERE measure = 'dead_share')
            """
        )
        #expect(try verdict(of: 1).result == .differs)
    }

    @Test func `going on executes the runs that lack a measure, and no others`() throws {
        #expect(try place.execute(grid, measures: [.deadShare], resuming: true).skipped == 4)
        #expect(try place.execute(grid, measures: measures, resuming: true).skipped == 4)
        #expect(try place.execute(grid, measures: [.variance, .deadShare], resuming: true).skipped == 0)
        #expect(try place.execute(grid, measures: [.variance], resuming: true).skipped == 4)
    }
}
