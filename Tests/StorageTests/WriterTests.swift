import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Storage

/// One connection that writes for many.
@Suite struct WriterTests {
    private let folder: TemporaryFolder
    private let path: String
    private let writer: Writer

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("varve.db")
        writer = try Writer(path: path)
    }

    private func experiments() throws -> [String] {
        try Store(path: path, for: .reading).experiments().map(\.name).filter { $0 != Store.defaultExperiment }
    }

    private struct Refused: Error {}

    /// Starts jobs that all wait while the writer is kept busy, and lets it go on.
    ///
    /// - Returns: by job, whether it was done.
    private func together(
        _ count: Int,
        _ job: @escaping @Sendable (Int, Store) throws -> Void
    ) async throws -> [Bool] {
        let gate = DispatchSemaphore(value: 0)
        let isBusy = Flag()
        return try await withThrowingTaskGroup(of: (Int, Bool).self) { group in
            group.addTask { [writer] in
                try await writer.write { _ in
                    isBusy.raise()
                    gate.wait()
                }
                return (count, true)
            }
            await isBusy.wait()
            for number in 0..<count {
                group.addTask { [writer] in
                    do {
                        try await writer.write { try job(number, $0) }
                        return (number, true)
                    } catch {
                        return (number, false)
                    }
                }
            }
            while writer.waiting < count { await Task.yield() }
            gate.signal()
            var isDone = [Bool](repeating: false, count: count + 1)
            for try await (number, outcome) in group { isDone[number] = outcome }
            return isDone.dropLast()
        }
    }

    @Test func `many jobs share a commit, and one that fails is undone alone`() async throws {
        let path = path
        let seen = Mutex<Set<Int>>([])
        let isDone = try await together(64) { number, store in
            try store.createExperiment(named: "experiment \(number)")
            if number == 13 { throw Refused() }
            let committed = try Store(path: path, for: .reading).experiments().count
            seen.withLock { _ = $0.insert(committed) }
        }
        #expect(isDone.count { $0 } == 63)
        #expect(!isDone[13])
        #expect(Set(try experiments()) == Set((0..<64).filter { $0 != 13 }.map { "experiment \($0)" }))
        // What others see would have changed with a commit.
        #expect(seen.withLock { $0 } == [1])
    }

    @Test func `where the transaction is lost each job is repeated in its own`() async throws {
        let isDone = try await together(8) { number, store in
            try store.createExperiment(named: "experiment \(number)")
            if number == 3 { try store.connection.execute("ROLLBACK") }
        }
        #expect(isDone == (0..<8).map { $0 != 3 })
        #expect(try experiments().count == 7)
    }

    @Test func `the jobs of one caller are done in their order, and what they return comes back`() async throws {
        try await withThrowingTaskGroup { group in
            for caller in 0..<8 {
                group.addTask { [writer] in
                    for number in 0..<20 {
                        let name = "\(caller)-\(number)"
                        let id = try await writer.write { store in
                            try store.createExperiment(named: name)
                            return try store.experiment(named: name)?.id
                        }
                        #expect(id != nil)
                    }
                }
            }
            try await group.waitForAll()
        }
        let names = try experiments()
        for caller in 0..<8 {
            #expect(names.filter { $0.hasPrefix("\(caller)-") } == (0..<20).map { "\(caller)-\($0)" })
        }
    }

    @Test func `a commit waits for the disk where that is asked for`() async throws {
        let settings = try await [
            writer.write { try $0.connection.value("PRAGMA synchronous", as: Int.self) },
            writer.write(isDurable: true) { try $0.connection.value("PRAGMA synchronous", as: Int.self) },
            writer.writeAlone { try $0.connection.value("PRAGMA synchronous", as: Int.self) },
            writer.write { try $0.connection.value("PRAGMA synchronous", as: Int.self) },
        ]
        #expect(settings == [1, 2, 2, 1])
    }

    @Test func `a merge has the store for itself, and can be interrupted`() async throws {
        let source = folder.file("source.db")
        let uuid: String
        do {
            var recorder = try Recorder(Store(path: source, for: .writing))
            let run = try recorder.start(NewRun(), layers: twoLayers)
            try recorder.log(run, step: 0, variances: [1, 2])
            try recorder.finish(run, RunEnding(.finished, steps: 1))
            uuid = run.uuid
        }
        let renamed = try await writer.writeAlone { try $0.merge(Store(path: source, for: .reading)) }
        #expect(renamed.isEmpty)
        #expect(try Store(path: path, for: .reading).run(uuid).status == .finished)
        let token = Interruption()
        token.request()
        let error = await #expect(throws: SQLiteError.self) {
            try await writer.writeAlone(token) { _ = try $0.merge(Store(path: source, for: .reading)) }
        }
        #expect(error?.kind == .interrupted)
    }

    @Test func `a job can record a run whole`() async throws {
        try await writer.write { store in
            var run = SampleRun(metrics: ["loss": [(0, 2.5)]], variances: [[1, 2]])
            try run.record(in: store)
        }
        let store = try Store(path: path, for: .reading)
        #expect(try store.lastMetrics(of: 1).map(\.value) == [2.5])
    }

    @Test func `what was acknowledged is there after the process is killed`() async throws {
        let path = folder.file("killed.db")
        let acknowledged = folder.file("acknowledged")
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = path as String, acknowledged = acknowledged as String] in
            let writer = try Writer(path: path)
            let file = open(acknowledged, O_WRONLY | O_CREAT | O_APPEND, 0o600)
            await withTaskGroup { group in
                for caller in 0..<16 {
                    group.addTask {
                        for number in 0..<1000 {
                            let name = "\(caller)-\(number)"
                            try? await writer.write { try $0.createExperiment(named: name) }
                            _ = (name + "\n").withCString { write(file, $0, strlen($0)) }
                            if number == 40, caller == 7 { kill(getpid(), SIGKILL) }
                        }
                    }
                }
            }
        }
        let store = try Store(path: path, for: .writing)
        let names = Set(try store.experiments().map(\.name))
        let told = try String(contentsOfFile: acknowledged, encoding: .utf8).split(separator: "\n").map(String.init)
        #expect(told.count > 40)
        #expect(told.allSatisfy(names.contains))
    }

    @Test func `it ends soon, whatever others do, having committed what it acknowledged`() async throws {
        try await writer.write { try $0.createExperiment(named: "kept") }
        // Another process writes and does not end.
        let other = try Store(path: path, for: .writing)
        try other.connection.execute("BEGIN IMMEDIATE")
        let waiting = Task { [writer] in try await writer.write { try $0.createExperiment(named: "lost") } }
        while writer.waiting == 0 { await Task.yield() }
        let start = ContinuousClock.now
        await writer.shutDown()
        #expect(ContinuousClock.now - start < .seconds(20))
        await #expect(throws: TeamRefusal.closed) { try await waiting.value }
        await #expect(throws: TeamRefusal.closed) { try await writer.write { _ in } }
        try other.connection.execute("ROLLBACK")
        #expect(try experiments() == ["kept"])
    }

    @Test func `a job whose time is over while others write is refused, and those that have time are done`()
        async throws
    {
        let other = try Store(path: path, for: .writing)
        try other.connection.execute("BEGIN IMMEDIATE")
        let patient = Task { [writer] in try await writer.write { try $0.createExperiment(named: "patient") } }
        while writer.waiting == 0 { await Task.yield() }
        let error = await #expect(throws: SQLiteError.self) {
            try await writer.write(Interruption(deadline: .now + .milliseconds(50))) {
                try $0.createExperiment(named: "hurried")
            }
        }
        #expect(error?.kind == .deadline)
        try other.connection.execute("ROLLBACK")
        try await patient.value
        #expect(try experiments() == ["patient"])
    }
}
