import Foundation
import Storage
import Testing

@testable import Runner

@Suite struct ExperimentTests {
    private let path = NSTemporaryDirectory() + "varve-tests-" + UUID().uuidString + ".db"
    private let store: Store
    private let dataset: StoredDataset
    private var configuration = TrainingTests.oddConfiguration(.branchnorm, steps: 10)

    init() throws {
        store = try Store(path: path, for: .writing)
        let source: JSON = ["generator": "test"]
        dataset = try StoredDataset.add(TrainingTests.oddData(), name: "odd", source: source, to: store).dataset
    }

    private func cleaned<Value>(_ body: () throws -> Value) rethrows -> Value {
        defer { for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) } }
        return try body()
    }

    @Test func `what is recorded is what training gave, with the weights asked for`() throws {
        try cleaned {
            var experiment = Experiment(on: dataset)
            experiment.weights = [.initial, .final]
            experiment.name = "odd ones"
            var recorder = try Recorder(store)
            let number = try experiment.execute(configuration, seed: 4, recorder: &recorder, workspace: Workspace())
            let expected = try TrainingTests.run(configuration, seed: 4, on: dataset.content)

            let run = try #require(try store.run(number: number))
            #expect(run.status == .finished)
            #expect(run.steps == 10)
            #expect(run.lastStep == 9)
            #expect(run.seed == 4)
            #expect(run.experiment == "odd ones")
            #expect(run.finalWeightsDigest == expected.result.finalWeightsDigest)
            #expect(run.batchOrderDigest == expected.result.batchOrderDigest)
            for record in expected.records {
                let stored = try RunDetails(store).variances(of: run, step: Int64(record.step))
                #expect(stored.map { Float($0.variance ?? .nan) } == record.variances)
            }
            let tensors = try store.tensors(of: number)
            #expect(tensors.filter { $0.stage == "final" }.map(\.name) == expected.result.finalTensors?.map(\.name))
            #expect(tensors.count { $0.stage == "initial" } == tensors.count { $0.stage == "final" })
        }
    }

    @Test func `an interrupted run is recorded as killed with the steps it came to`() throws {
        try cleaned {
            var recorder = try Recorder(store)
            var asked = 0
            #expect(throws: Interrupted.self) {
                try Experiment(on: dataset).execute(
                    configuration,
                    seed: 0,
                    recorder: &recorder,
                    workspace: Workspace(),
                    isInterrupted: {
                        asked += 1
                        return asked > 4
                    }
                )
            }
            let run = try #require(try store.run(number: 1))
            #expect(run.status == .killed)
            #expect(run.steps == 4)
            #expect(run.lastStep == 3)
            #expect(try RunDetails(store).variances(of: run).count == 4)
        }
    }

    @Test func `a configuration that cannot be trained leaves no run behind`() throws {
        try cleaned {
            var impossible = configuration
            impossible.width = 0
            var recorder = try Recorder(store)
            #expect(throws: ConfigurationError.self) {
                try Experiment(on: dataset).execute(impossible, seed: 0, recorder: &recorder, workspace: Workspace())
            }
            #expect(try store.run(number: 1) == nil)
        }
    }
}
