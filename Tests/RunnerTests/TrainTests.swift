import Testing

@testable import Runner

/// The loop around the steps.
@Suite struct TrainTests {
    let configuration = TrainingTests.oddConfiguration(.batchnorm)

    @Test func `training records every step and gives back what is asked for`() async throws {
        let data = try TrainingTests.oddData()
        let expected = try TrainingTests.run(configuration, seed: 2, on: data)
        var records: [StepRecord] = []
        let result = try await train(configuration, seed: 2, on: data, in: Workspace(), keeping: [.initial, .final]) {
            records.append($0)
        }
        #expect(records == expected.records)
        #expect(result.finalWeightsDigest == expected.result.finalWeightsDigest)
        #expect(result.initialTensors?.map(\.name) == result.finalTensors?.map(\.name))
        let nothing = try await train(configuration, seed: 2, on: data, in: Workspace(), keeping: []) { _ in }
        #expect(nothing.initialTensors == nil && nothing.finalTensors == nil)
        #expect(nothing.finalWeightsDigest == result.finalWeightsDigest)
    }

    @Test func `runs in parallel equal runs one after another`() async throws {
        let (data, configuration) = (try TrainingTests.oddData(), configuration)
        let digests = try await withThrowingTaskGroup(of: [(UInt32, String)].self) { group -> [UInt32: String] in
            for worker in 0..<3 as Range<UInt32> {
                group.addTask {
                    let workspace = Workspace()
                    var digests: [(UInt32, String)] = []
                    for seed in stride(from: worker, to: 9, by: 3) {
                        let result = try await train(configuration, seed: seed, on: data, in: workspace) { _ in }
                        digests.append((seed, result.finalWeightsDigest))
                    }
                    return digests
                }
            }
            return try await group.reduce(into: [UInt32: String]()) { all, part in
                for (seed, digest) in part { all[seed] = digest }
            }
        }
        for seed in 0..<9 as Range<UInt32> {
            let serial = try TrainingTests.run(configuration, seed: seed, on: data)
            #expect(digests[seed] == serial.result.finalWeightsDigest)
        }
    }

    @Test func `a cancelled run ends at its next step`() async throws {
        let data = try TrainingTests.oddData()
        var configuration = configuration
        configuration.duration = .steps(1_000_000_000)
        let endless = configuration
        let task = Task {
            try await train(endless, seed: 0, on: data, in: Workspace()) { record in
                if record.step == 3 { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `what the observer throws ends the run`() async throws {
        struct Full: Error {}
        let data = try TrainingTests.oddData()
        await #expect(throws: Full.self) {
            try await train(configuration, seed: 0, on: data, in: Workspace()) { record in
                if record.step == 2 { throw Full() }
            }
        }
    }
}
