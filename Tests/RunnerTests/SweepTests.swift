import Foundation
import Storage
import Synchronization
import Testing

@testable import Runner

@Suite struct SweepTests {
    private let grid = Grid(
        [.branchnorm, .plain, .batchnorm].map { TrainingTests.oddConfiguration($0, steps: 7) },
        seeds: [3...5, 1...1]
    )

    @Test func `a grid gives every configuration with every seed, seed by seed`() {
        #expect(grid.count == 12)
        let points = Array(grid)
        #expect(points.map(\.seed) == [3, 3, 3, 4, 4, 4, 5, 5, 5, 1, 1, 1])
        #expect(points.map(\.configuration) == [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2])
        var all = Grid([Configuration()], seeds: [0...UInt32.max]).makeIterator()
        #expect(all.next()?.seed == 0)
        #expect(Array(Grid([Configuration()], seeds: [(UInt32.max - 1)...UInt32.max])).map(\.seed) == [.max - 1, .max])
        #expect(Array(Grid([], seeds: [0...3])).isEmpty)
    }

    @Test func `what is recorded is what training gave, with the weights asked for`() throws {
        let place = try SweepPlace()
        let outcome = try place.execute(grid, weights: [.initial, .final])
        let expected = try TrainingTests.run(grid.configurations[0], seed: 4, on: place.dataset.content)

        let store = try place.store()
        let number = Array(outcome.runs)[3]
        let run = try #require(try store.run(number: number))
        #expect(run.status == .finished)
        #expect(run.architecture == "branchnorm")
        #expect(run.steps == 7)
        #expect(run.lastStep == 6)
        #expect(run.seed == 4)
        #expect(run.experiment == "odd ones")
        #expect(run.finalWeightsDigest == expected.result.finalWeightsDigest)
        #expect(run.batchOrderDigest == expected.result.batchOrderDigest)
        for record in expected.records {
            let stored = try store.variances(of: run, step: Int64(record.step))
            #expect(stored.map { Float($0.variance) } == record.values)
        }
        let tensors = try store.tensors(of: number)
        #expect(tensors.filter { $0.stage == "final" }.map(\.name) == expected.result.finalTensors?.map(\.name))
        #expect(tensors.count { $0.stage == "initial" } == tensors.count { $0.stage == "final" })
    }

    @Test func `any number of threads records the same, numbered along the grid`() throws {
        let serial = try SweepPlace()
        #expect(Array(try serial.execute(grid, jobs: 1, weights: .final).runs) == Array(1...12))
        for jobs in [2, 5] {
            let parallel = try SweepPlace()
            #expect(Array(try parallel.execute(grid, jobs: jobs, weights: .final).runs) == Array(1...12))
            #expect(try parallel.content() == serial.content())
        }
    }

    @Test func `a sweep that goes on executes only what is not there, or not with the weights asked for`() throws {
        let place = try SweepPlace()
        let part = Grid([grid.configurations[1]], seeds: [4...4])
        #expect(try place.execute(part).skipped == 0)
        let rest = try place.execute(grid, resuming: true)
        #expect(rest.skipped == 1)
        // The run that was there already has its place in the grid.
        #expect(Array(rest.runs) == [2, 3, 4, 5, 1, 6, 7, 8, 9, 10, 11, 12])
        #expect(try place.execute(grid, resuming: true).skipped == 12)

        let withWeights = try place.execute(part, weights: .final, resuming: true)
        #expect(withWeights.skipped == 0)
        #expect(Array(withWeights.runs) == [13])
        #expect(try place.execute(part, weights: .final, resuming: true).skipped == 1)
        #expect(try place.execute(part, weights: .initial, resuming: true).skipped == 0)
        // Another setting is another configuration.
        var other = grid.configurations[1]
        other.recordEvery = 2
        #expect(try place.execute(Grid([other], seeds: [4...4]), resuming: true).skipped == 0)
    }

    @Test func `two sweeps that go on at once give each point of the grid exactly one run`() throws {
        let (place, grid) = (try SweepPlace(), Grid(grid.configurations, seeds: [0...9]))
        let path = place.path
        let executions = Mutex<[Result<SweepOutcome, any Error>]>([])
        let dataset = place.dataset
        DispatchQueue.concurrentPerform(iterations: 2) { _ in
            let result = Result {
                try SweepPlace.execute(grid, on: dataset, path: path, jobs: 2, weights: [], resuming: true)
            }
            executions.withLock { $0.append(result) }
        }
        let outcomes = try executions.withLock { $0 }.map { try $0.get() }
        #expect(outcomes.allSatisfy { $0.runs.count + $0.elsewhere.count == grid.count })
        var points: [String] = []
        try place.store().forEachRun {
            points.append("\($0.architecture ?? "") \($0.seed ?? -1) \($0.status.rawValue)")
        }
        #expect(points.count == grid.count)
        #expect(Set(points).count == grid.count)
        #expect(points.filter { !$0.hasSuffix("finished") } == [])
        #expect(outcomes.map(\.failures.count) == [0, 0], "\(outcomes)")
    }

    @Test func `a configuration that cannot be trained leaves no run`() throws {
        let place = try SweepPlace()
        var impossible = grid.configurations[0]
        impossible.width = 0
        #expect(throws: ConfigurationError.self) { try place.execute(Grid([impossible], seeds: [0...0])) }
        impossible.width = 8192
        impossible.blocks = 1000
        #expect(throws: ConfigurationError.self) { try place.execute(Grid([impossible], seeds: [0...0])) }
        #expect(try place.store().run(number: 1) == nil)
    }

    @Test func `neighbouring run numbers take no memory and keep their order`() {
        var numbers = RunNumbers()
        for number: Int64 in [1, 2, 3, 9, 4, 5, 5] { numbers.append(number) }
        #expect(numbers.count == 7)
        #expect(Array(numbers) == [1, 2, 3, 9, 4, 5, 5])
    }
}
