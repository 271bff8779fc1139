import Foundation
import Storage
import Synchronization
import TestSupport

@testable import Runner

/// Work that is no network: each point is its own number, and what it does is the test's.
struct CountingWork: QueueWork {
    let points: Range<Int>
    /// Given the run and its worker's connection to the same store.
    var perform: @Sendable (QueueRun<CountingWork>, Store) throws -> Void = { _, _ in }
    let path: String

    init(_ count: Int, in place: QueuePlace) {
        points = 0..<count
        path = place.path
    }

    var count: Int { points.count }
    var size: Int { points.count * 2 }

    func size(of point: Int) -> Int { 2 }

    func beginning(of point: Int) -> RunBeginning {
        var run = NewRun()
        run.seed = Int64(point)
        run.configuration = ["work": "counting"]
        let wanted = WantedRun(configurationDigest: run.configurationDigest ?? "", seed: run.seed, dataset: nil)
        return RunBeginning(run: run, layers: [], wanted: wanted)
    }

    func makeMemory() -> Result<Store, any Error> { Result { try Store(path: path, for: .reading) } }

    func execute(
        _ run: QueueRun<CountingWork>,
        in memory: Result<Store, any Error>
    ) throws -> (ending: RunEnding, remark: String?) {
        let (open, point) = (run.open, run.point)
        try run.record(advancing: 1) { try $0.log(open, step: 0, metric: "square", Double(point * point)) }
        try perform(run, memory.get())
        try run.record(advancing: 1) { try $0.log(open, step: 1, metric: "square", Double(point * point)) }
        return (RunEnding(.finished, steps: 2), point.isMultiple(of: 2) ? "even" : nil)
    }
}

/// What a test throws in a point.
struct Failure: Error, CustomStringConvertible {
    let description: String
}

/// An empty store, removed when the test is over.
final class QueuePlace: Sendable {
    private let folder: TemporaryFolder
    var path: String { folder.file("varve.db") }

    init() throws {
        folder = try TemporaryFolder()
        _ = try Store(path: path, for: .writing)
    }

    func execute(
        _ work: CountingWork,
        jobs: Int = 2,
        resuming: Bool = false,
        interruption: Interruption = Interruption()
    ) throws -> QueueOutcome<Int, String> {
        try Queue(work: work, jobs: jobs, resumption: resuming ? .careful : .none).execute(
            into: Store(path: path, for: .writing, interruption: interruption)
        ) { _ in }
    }

    /// All runs by their number.
    func runs() throws -> [Run] {
        var runs: [Run] = []
        try Store(path: path, for: .reading).forEachRun { runs.append($0) }
        return runs.sorted { $0.number < $1.number }
    }
}
