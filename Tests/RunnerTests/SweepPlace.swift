import Foundation
import Storage
import TestSupport

@testable import Runner

/// A store with a small dataset, removed when the test is over.
final class SweepPlace {
    private let folder: TemporaryFolder
    var path: String { folder.file("varve.db") }
    let dataset: StoredDataset

    init() throws {
        folder = try TemporaryFolder()
        let store = try Store(path: folder.file("varve.db"), for: .writing)
        let source: JSON = ["generator": "test"]
        dataset = try StoredDataset.add(TrainingTests.oddData(), name: "odd", source: source, to: store).dataset
    }

    func store() throws -> Store { try Store(path: path, for: .reading) }

    func execute(
        _ grid: Grid,
        jobs: Int = 2,
        weights: WeightStages = [],
        measures: Set<Measure> = [.variance],
        resuming: Bool = false
    ) throws -> SweepOutcome {
        try Self.execute(
            grid,
            on: dataset,
            path: path,
            jobs: jobs,
            weights: weights,
            measures: measures,
            resuming: resuming
        )
    }

    static func execute(
        _ grid: Grid,
        on dataset: StoredDataset,
        path: String,
        jobs: Int,
        weights: WeightStages,
        measures: Set<Measure> = [.variance],
        resuming: Bool
    ) throws -> SweepOutcome {
        var experiment = Experiment(on: dataset)
        experiment.weights = weights
        experiment.measures = measures
        experiment.name = "odd ones"
        var sweep = try Sweep(grid, of: experiment)
        sweep.jobs = jobs
        sweep.resumption = resuming ? .careful : .none
        return try sweep.execute(into: Store(path: path, for: .writing))
    }

    /// Everything recorded except numbers of runs, uuids and times.
    func content() throws -> [[String]] {
        let store = try store()
        var content: [[String]] = []
        try store.forEachRun { run in
            var rows = [
                run.architecture ?? "", "\(run.seed ?? -1)", run.status.rawValue, "\(run.steps)",
                run.configurationDigest ?? "", run.initialWeightsDigest ?? "", run.batchOrderDigest ?? "",
                run.finalWeightsDigest ?? "",
            ]
            for step in 0..<run.steps {
                rows += try store.variances(of: run, step: step).map { "\($0)" }
            }
            rows += try store.lastMetrics(of: run.number).map { "\($0)" }
            rows += try store.tensors(of: run.number).map { "\($0)" }
            content.append(rows)
        }
        return content
    }
}
