import Foundation
import TestSupport

@testable import Storage

/// A store for one test, and runs of another program in it.
final class SmallStore {
    private let folder: TemporaryFolder
    let store: Store

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.file("varve.db"), for: .writing)
    }

    /// What a test records of a run.
    struct Sample {
        var architecture: String? = "cnn"
        var seed: Int64? = 0
        var experiment = "Default"
        var params: [(key: String, value: SQLValue)] = []
        var status = RunStatus.finished
        /// Step and value.
        var metrics: [(key: String, values: [(step: Int, value: Double)])] = []
        /// Name, measure, and a value for each step from 0.
        var layers: [(name: String, measure: String, values: [Double])] = []
    }

    /// Records a run and gives its number.
    @discardableResult
    func record(_ change: (inout Sample) -> Void) throws -> Int64 {
        var sample = Sample()
        change(&sample)
        var run = NewRun()
        run.architecture = sample.architecture
        run.seed = sample.seed
        run.experiment = sample.experiment
        run.params = sample.params
        let places = sample.layers.enumerated().map { position, layer in
            LayerPlace(name: layer.name, position: position, measure: layer.measure)
        }
        var recorder = try Recorder(store)
        let open = try recorder.start(run, layers: places)
        for (index, layer) in sample.layers.enumerated() {
            for (step, value) in layer.values.enumerated() {
                try recorder.log(open, step: step, layer: index, variance: value)
            }
        }
        for metric in sample.metrics {
            for (step, value) in metric.values { try recorder.log(open, step: step, metric: metric.key, value) }
        }
        try recorder.finish(open, RunEnding(sample.status))
        return open.number
    }
}
