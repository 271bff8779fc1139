import Testing

@testable import Runner
@testable import Storage

/// Weights of runs that kept none.
@Suite struct RecomputedWeightsTests {
    private let place: SweepPlace

    init() throws {
        place = try SweepPlace()
        let configurations = [Architecture.plain, .batchnorm].map { TrainingTests.oddConfiguration($0, steps: 5) }
        _ = try place.execute(Grid(configurations, seeds: [3...3]))
    }

    private func tamper(_ sql: String) throws {
        try Store(path: place.path, for: .writing).connection.execute(sql)
    }

    @Test(arguments: [(WeightStages.initial, "initial"), (.final, "final")])
    func `they are those that the run would have kept`(_ stage: WeightStages, _ name: String) throws {
        let other = try SweepPlace()
        let configurations = [Architecture.plain, .batchnorm].map { TrainingTests.oddConfiguration($0, steps: 5) }
        _ = try other.execute(Grid(configurations, seeds: [3...3]), weights: [.initial, .final])
        for run in [1, 2] as [Int64] {
            let tensors = try Tensor.recomputed(of: run, stage, in: place.store())
            #expect(try tensors == Tensor.stored(with: run, stage: name, in: other.store()))
            #expect(!tensors.isEmpty)
        }
    }

    @Test func `they are given only with the digest that was recorded`() throws {
        try tamper("UPDATE runs SET final_weights_digest = 'x' WHERE id = 1")
        #expect(throws: DataError.self) { try Tensor.recomputed(of: 1, .final, in: place.store()) }
        #expect(try !Tensor.recomputed(of: 1, .initial, in: place.store()).isEmpty)
    }

    @Test(arguments: [
        ("UPDATE runs SET numerics = NULL", "not executed by Varve"),
        ("UPDATE runs SET status = 'killed'", "not finish"),
    ])
    func `a run that cannot be executed again is reported with the reason`(_ change: String, _ reason: String) throws {
        try tamper(change)
        let error = #expect(throws: (any Error).self) { try Tensor.recomputed(of: 1, .final, in: place.store()) }
        #expect(error.map { "\($0)" }?.contains(reason) == true)
    }
}
