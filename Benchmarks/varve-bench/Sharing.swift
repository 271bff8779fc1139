import Storage

/// Many callers in one process, as a server has them.
enum Sharing {
    /// Prints small writes per second: each sets a tag of the first run, and is answered after its commit.
    static func writes(store path: String, count: Int, callers: Int) async throws {
        let run = try firstRun(of: path)
        let writer = try Writer(path: path)
        let time = try await time(count, callers) { caller, number in
            try await writer.write { try $0.tag([run], with: [("caller.\(caller)", "\(number)")]) }
        }
        await writer.shutDown()
        print(Double(count) / (time / .seconds(1)))
    }

    /// Prints questions per second: the first run with its tags and its last variances and metrics.
    static func questions(store path: String, count: Int, callers: Int) async throws {
        let run = try firstRun(of: path)
        let pool = try StorePool(path: path, threads: 2)
        let time = try await time(count, callers) { _, _ in
            _ = try await pool.ask { store in
                guard let run = try store.run(number: run) else { return 0 }
                return try store.tags(of: run.number).count + store.lastMetrics(of: run.number).count
                    + store.variances(of: run).count
            }
        }
        await pool.shutDown()
        print(Double(count) / (time / .seconds(1)))
    }

    private static func firstRun(of path: String) throws -> Int64 {
        let store = try Store(path: path, for: .writing)
        if let run = try store.runNumbers(matching: .all).first { return run }
        var recorder = try Recorder(store)
        let run = try recorder.start(NewRun(), layers: [])
        try recorder.finish(run, RunEnding(.finished))
        return run.number
    }

    private static func time(
        _ count: Int,
        _ callers: Int,
        _ call: @escaping @Sendable (Int, Int) async throws -> Void
    ) async throws -> Duration {
        try await ContinuousClock().measure {
            try await withThrowingTaskGroup { group in
                for caller in 0..<callers {
                    group.addTask { for number in 0..<(count / callers) { try await call(caller, number) } }
                }
                try await group.waitForAll()
            }
        }
    }
}
