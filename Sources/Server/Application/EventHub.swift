import HTTPTypes
import Questions
import Storage

/// Tells those who watch what changes in the store, also by other processes.
///
/// However many watch, the store is asked once: four times a second whether anything has changed, and then for the runs that
/// anybody watches. Who is slow misses what lies between, never the last state.
actor EventHub {
    /// A text, and when it last became another.
    struct Stamped: Sendable {
        let text: String
        /// When the run was changed last, also in what the text does not say, as its files.
        let updated: Int64?
        let stamp: UInt64
    }

    /// What is known at one moment.
    struct State: Sendable {
        var version = ""
        /// The newest run, those that are running, and the version, so that it is another after each change.
        var store = Stamped(text: "", updated: nil, stamp: 0)
        /// The runs that are watched or running, as `runs` answers them.
        var runs: [Int64: Stamped] = [:]
    }

    private struct Watcher {
        let runs: Set<Int64>
        let wake: AsyncStream<Void>.Continuation
    }

    private static let tick = Duration.milliseconds(250)
    /// After so many ticks without a change, watchers are woken to say that they are there.
    private static let silentTicks = 60
    private static let mostWatchers = 512

    private let clock: StorePool
    private let pool: StorePool
    private(set) var state = State()
    private var watchers: [Int: Watcher] = [:]
    private var last: StoreVersion?
    private var running: Set<Int64> = []
    private var stamp: UInt64 = 0
    private var nextWatcher = 0
    private var ticker: Task<Void, Never>?
    private var isClosed = false

    init(_ clock: StorePool, _ pool: StorePool) {
        self.clock = clock
        self.pool = pool
    }

    /// Refuses one more who would watch.
    ///
    /// - Throws: ``Problem`` where too many watch, or the server ends.
    func check() throws(Problem) {
        guard !isClosed else { throw Problem(.serviceUnavailable, "this is being shut down") }
        guard watchers.count < Self.mostWatchers else {
            throw Problem(.serviceUnavailable, "too many pages are watching")
        }
    }

    /// Begins to watch runs.
    ///
    /// - Returns: a number for ``leave(_:)``, and what wakes the watcher when there may be something new.
    /// - Throws: as ``check()``.
    func watch(_ runs: Set<Int64>) throws(Problem) -> (number: Int, wakings: AsyncStream<Void>) {
        try check()
        let (wakings, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        nextWatcher += 1
        let number = nextWatcher
        watchers[number] = Watcher(runs: runs, wake: wake)
        // What nobody watched before is not known yet.
        last = nil
        if ticker == nil { ticker = Task { await self.run() } }
        return (number, wakings)
    }

    func leave(_ number: Int) {
        watchers.removeValue(forKey: number)?.wake.finish()
        if watchers.isEmpty {
            ticker?.cancel()
            ticker = nil
        }
    }

    /// Ends all streams.
    func close() {
        isClosed = true
        ticker?.cancel()
        for watcher in watchers.values { watcher.wake.finish() }
        watchers = [:]
    }

    private func run() async {
        var silent = 0
        while !Task.isCancelled, !isClosed {
            // Where the store cannot be asked now, the next tick does.
            let isNew = (try? await refresh()) ?? false
            silent = isNew ? 0 : silent + 1
            if isNew || silent >= Self.silentTicks {
                silent = 0
                for watcher in watchers.values { watcher.wake.yield() }
            }
            try? await Task.sleep(for: Self.tick)
        }
    }

    /// Looks whether anything has changed.
    private func refresh() async throws -> Bool {
        let version = try await clock.ask { store in try store.version() }
        guard version != last else { return false }
        let watched = watchers.values.reduce(into: Set<Int64>()) { $0.formUnion($1.runs) }
        // A run that ends is told once more.
        let ending = running
        let found = try await pool.ask(Interruption(deadline: .now + .seconds(10))) { store in
            try Found(watched.union(ending), in: store)
        }
        // Who began to watch meanwhile is told at the next tick.
        let isWhole = watchers.values.allSatisfy { $0.runs.isSubset(of: watched) }
        last = isWhole ? version : nil
        self.running = found.running
        let running = JSON.array(found.running.sorted().map { .integer($0) })
        let told: JSON = ["newest": JSON(found.newest), "running": running, "version": .string(version.text)]
        var next = State(version: version.text, store: stamped(told.text, nil, state.store))
        for (number, run) in found.runs { next.runs[number] = stamped(run.text, run.updated, state.runs[number]) }
        state = next
        return true
    }

    private func stamped(_ text: String, _ updated: Int64?, _ old: Stamped?) -> Stamped {
        if let old, old.text == text, old.updated == updated { return old }
        stamp += 1
        return Stamped(text: text, updated: updated, stamp: stamp)
    }

    /// What the store says.
    private struct Found: Sendable {
        var newest: Int64?
        var running: Set<Int64> = []
        var runs: [Int64: (text: String, updated: Int64?)] = [:]

        init(_ watched: Set<Int64>, in store: Store) throws {
            try store.forEachRun(matching: .status(.running), limit: 200) { running.insert($0.number) }
            try store.forEachRun(limit: 1) { newest = $0.number }
            for number in watched.union(running) {
                guard let run = try store.run(number: number) else { continue }
                runs[number] = (try RunAnswer(run, store, with: .none).record.json.text, run.updated)
            }
        }
    }
}
