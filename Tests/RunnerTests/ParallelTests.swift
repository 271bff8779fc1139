import Testing

@testable import Runner

@Suite struct ParallelTests {
    @Test func `runs in parallel equal runs one after another`() async throws {
        let data = try TrainingTests.oddData()
        let configuration = TrainingTests.oddConfiguration(.batchnorm)
        let digests = try await withThrowingTaskGroup(of: [(UInt32, String)].self) { group -> [UInt32: String] in
            for worker in 0..<3 as Range<UInt32> {
                group.addTask {
                    let workspace = Workspace()
                    return try stride(from: worker, to: 9, by: 3).map { seed in
                        let run = try TrainingTests.run(configuration, seed: seed, on: data, in: workspace)
                        return (seed, run.result.finalWeightsDigest)
                    }
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
}
