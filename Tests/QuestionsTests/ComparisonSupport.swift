import Foundation
import Storage
import TestSupport
import Testing

@testable import Questions

/// A store of its own, with runs as other programs log them.
final class LoggedStore {
    private let folder: TemporaryFolder
    let store: Store

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.file("varve.db"), for: .writing)
    }

    /// Records a run, of layers and metrics with their values from step 0 on, and gives its number.
    @discardableResult func run(
        _ architecture: String,
        seed: Int64?,
        _ layers: KeyValuePairs<String, [Double]> = [:],
        metrics: KeyValuePairs<String, [Double]> = [:],
        params: KeyValuePairs<String, SQLValue> = [:],
        tags: KeyValuePairs<String, String> = [:],
        measure: String = LayerPlace.populationMean,
        shortNames: [String: String] = [:],
        status: RunStatus = .finished
    ) throws -> Int64 {
        var recorder = try Recorder(store)
        var new = NewRun()
        new.architecture = architecture
        new.seed = seed
        new.params = params.map { ($0.key, $0.value) }
        new.tags = tags.map { ($0.key, $0.value) }
        var run = try recorder.start(new, layers: [])
        for (position, layer) in layers.enumerated() {
            let place = LayerPlace(
                name: layer.key,
                shortName: shortNames[layer.key],
                position: position,
                measure: measure
            )
            let index = try recorder.add(place, to: &run)
            for (step, value) in layer.value.enumerated() {
                try recorder.log(run, step: step, layer: index, variance: value)
            }
        }
        for metric in metrics {
            for (step, value) in metric.value.enumerated() {
                try recorder.log(run, step: step, metric: metric.key, value)
            }
        }
        if status == .running {
            try recorder.flush()
        } else {
            try recorder.finish(run, RunEnding(status))
        }
        return run.number
    }

    /// Compares groups, with what else is asked.
    func compare(_ words: String..., asking change: (inout ComparisonQuestion) -> Void = { _ in }) throws -> Comparison
    {
        var question = ComparisonQuestion(.words(words))
        change(&question)
        return try Comparison(question, in: store)
    }
}

/// Whether two numbers are the same up to rounding.
func isClose(_ value: Double?, _ expected: Double, within tolerance: Double = 1e-9) -> Bool {
    value.map { abs($0 - expected) <= tolerance * max(abs(expected), 1e-12) } ?? false
}

extension JSON {
    /// What is under some keys, one after the other; null where there is nothing.
    subscript(_ keys: String...) -> JSON {
        keys.reduce(self) { json, key in
            if case .object(let members) = json { members.first { $0.key == key }?.value ?? .null } else { .null }
        }
    }
}
