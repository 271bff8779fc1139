import Foundation
import TestSupport
import Testing

@testable import Storage

/// Questions of many, answered side by side in one process.
@Suite struct StorePoolTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("varve.db")
        let store = try Store(path: path, for: .writing)
        for number in 0..<20 { try Self.record(number, in: store) }
    }

    /// Every run has 5 steps of 2 layers, so that a half-written one would be noticed.
    private static func record(_ number: Int, in store: Store) throws {
        var run = SampleRun(architecture: number.isMultiple(of: 2) ? "plain" : "batchnorm", seed: Int64(number))
        run.params = ["width": .integer(100)]
        run.metrics = ["loss": (0..<5).map { ($0, Double(number)) }]
        run.variances = (0..<5).map { [Float($0), Float(number)] }
        try run.record(in: store)
    }

    private static let endless =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

    /// Asks one of several questions, each in two ways whose answers agree in one snapshot.
    private static func agrees(_ question: Int, _ store: Store) throws -> Bool {
        let all = try store.runNumbers(matching: .all)
        let plain = try Filter(parsing: "architecture = 'plain'")
        switch question % 6 {
        case 0:
            var listed: [Int64] = []
            try store.forEachRun(limit: 20) { listed.append($0.number) }
            return try listed == all.suffix(20).reversed()
                && store.experiments().map(\.runs).reduce(0, +) == Int64(all.count)
        case 1:
            guard let last = all.last, let run = try store.run(number: last) else { return false }
            return try store.variances(of: run).map(\.step) == [4, 4]
                && store.lastMetrics(of: last).map(\.value) == [run.seed.map(Double.init)]
        case 2:
            return try store.numbers("architecture = 'plain'").count + store.numbers("architecture != 'plain'").count
                == all.count
        case 3:
            var rows = 0
            try store.forEachVariance(of: store.layers()) { _ in rows += 1 }
            return rows == 2 * all.count
        case 4:
            var rows = 0
            try store.forEachGroupedVariance(matching: plain, step: nil) { _ in rows += 1 }
            return try rows == 2 * store.finishedRuns(matching: plain).count
        default:
            let tables = try store.summary(isExact: true).tables
            let rows = Dictionary(uniqueKeysWithValues: tables.map { ($0.name, $0.rows ?? -1) })
            return rows["runs"] == Int64(all.count) && rows["layer_variances"] == Int64(10 * all.count)
        }
    }

    /// Asks many questions from eight tasks.
    private static func ask(_ count: Int, of pool: StorePool) async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for asker in 0..<8 {
                group.addTask {
                    var agreed = 0
                    for question in asker..<(count / 8 + asker) {
                        let isAgreed = try await pool.ask { store in try Self.agrees(question, store) }
                        agreed += isAgreed ? 1 : 0
                    }
                    return agreed
                }
            }
            return try await group.reduce(0, +)
        }
    }

    @Test func `every one of 10000 answers is consistent in itself while one writes`() async throws {
        let pool = try StorePool(path: path, threads: 8)
        let writer = try Writer(path: path)
        let isDone = Flag()
        async let written = {
            var number = 20
            while !isDone.isRaised, number < 500 {
                try await writer.write { [number] store in try Self.record(number, in: store) }
                number += 1
            }
            return number
        }()
        #expect(try await Self.ask(10_000, of: pool) == 10_000)
        isDone.raise()
        let runs = try await written
        #expect(runs > 20)
        #expect(try await pool.ask { try $0.runNumbers(matching: .all).count } == runs)
        await pool.shutDown()
        await writer.shutDown()
    }

    @Test func `memory and descriptors are what they were after 10000 questions`() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let path = folder.file("varve.db")
            var store: Store? = try Store(path: path, for: .writing)
            for number in 0..<20 { try store.map { try StorePoolTests.record(number, in: $0) } }
            store = nil
            let before = try StorePoolTests.descriptors()
            let pool = try StorePool(path: path, threads: 8)
            _ = try await StorePoolTests.ask(2000, of: pool)
            let memory = try StorePoolTests.memory()
            let opened = try StorePoolTests.descriptors()
            #expect(try await StorePoolTests.ask(10_000, of: pool) == 10_000)
            // In KiB.
            #expect(try StorePoolTests.memory() - memory < 4096)
            #expect(try StorePoolTests.descriptors() == opened)
            await pool.shutDown()
            #expect(try StorePoolTests.descriptors() == before)
            #expect(FileLook.count == 0)
        }
    }

    private static func memory() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return try #require(line?.split(separator: " ").dropLast().last.flatMap { Int($0) })
    }

    private static func descriptors() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }

    @Test(arguments: [nil, 30] as [Int?])
    func `a question says that another process has the store to itself, whatever time it still had`(_ deadline: Int?)
        async throws
    {
        let alone = folder.file("alone.db")
        _ = try Store(path: path, for: .reading).backUp(to: alone, isReplacing: false)
        let other = try Connection(path: alone, mode: .existing)
        try other.execute("PRAGMA journal_mode = DELETE")
        let pool = try StorePool(path: alone, threads: 1, lockTime: .milliseconds(20))
        try other.execute("BEGIN EXCLUSIVE")
        let error = await #expect(throws: (any Error).self) {
            let interruption = Interruption(deadline: deadline.map { .now + .milliseconds($0) })
            _ = try await pool.ask(interruption) { try $0.runNumbers(matching: .all).count }
        }
        #expect((error as? SQLiteError)?.kind == .locked || error is StoreError)
        try other.execute("ROLLBACK")
        #expect(try await pool.ask { try $0.runNumbers(matching: .all).count } == 20)
        await pool.shutDown()
    }

    @Test func `a question that is cancelled or past its deadline ends, and the others go on`() async throws {
        let pool = try StorePool(path: path, threads: 3)
        let hasBegun = Flag()
        let late = Task {
            try await pool.ask(Interruption(deadline: .now + .milliseconds(50))) { store in
                try store.connection.value(Self.endless, as: Int.self)
            }
        }
        let cancelled = Task {
            try await pool.ask { store in
                hasBegun.raise()
                return try store.connection.value(Self.endless, as: Int.self)
            }
        }
        await hasBegun.wait()
        #expect(try await pool.ask { try $0.runNumbers(matching: .all).count } == 20)
        cancelled.cancel()
        for (task, kind) in [(late, SQLiteError.Kind.deadline), (cancelled, .interrupted)] {
            let error = await #expect(throws: SQLiteError.self) { try await task.value }
            #expect(error?.kind == kind)
        }
        // All three threads answer again.
        #expect(try await Self.ask(24, of: pool) == 24)
        await pool.shutDown()
    }

    @Test func `a question that waits for a thread ends at once when it is cancelled`() async throws {
        let pool = try StorePool(path: path, threads: 1)
        let token = Interruption()
        let hasBegun = Flag()
        let busy = Task {
            try await pool.ask(token) { store in
                hasBegun.raise()
                return try store.connection.value(Self.endless, as: Int.self)
            }
        }
        await hasBegun.wait()
        let waiting = Task { try await pool.ask { _ in 0 } }
        waiting.cancel()
        let error = await #expect(throws: SQLiteError.self) { try await waiting.value }
        #expect(error?.kind == .interrupted)
        token.request()
        await #expect(throws: SQLiteError.self) { try await busy.value }
        await pool.shutDown()
    }

    @Test func `a question asked again compiles nothing but settings`() async throws {
        let pool = try StorePool(path: path, threads: 1)
        for question in 0..<6 {
            let compiled = try await pool.ask { store in
                let counts = try (0..<3).map { _ in
                    _ = try Self.agrees(question, store)
                    return store.connection.statements.compiled
                }
                return counts[2] - counts[1]
            }
            // A summary looks at settings, which are never kept.
            #expect(question == 5 ? compiled <= 5 : compiled == 0)
        }
        await pool.shutDown()
    }

    @Test func `a store that was replaced is opened again, and one that is gone is reported`() async throws {
        let pool = try StorePool(path: path, threads: 2)
        #expect(try await pool.ask { try $0.runNumbers(matching: .all).count } == 20)
        let other = folder.file("other.db")
        try Self.record(1, in: Store(path: other, for: .writing))
        for ending in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
        #expect(rename(other, path) == 0)
        for _ in 0..<4 { #expect(try await pool.ask { try $0.runNumbers(matching: .all).count } == 1) }
        try FileManager.default.removeItem(atPath: path)
        await #expect(throws: StoreError.self) { try await pool.ask { try $0.runNumbers(matching: .all).count } }
        await pool.shutDown()
        await #expect(throws: TeamRefusal.closed) { try await pool.ask { _ in } }
    }
}
