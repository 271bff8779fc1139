public import Storage

/// What `runs --follow` tells: the runs of a filter, oldest first, then each that begins, and once more each whose status
/// has changed.
public struct RunFeed {
    private let filter: Filter
    /// Runs up to this one were told, or are not asked for: of those only a change of their status is told.
    private var last: Int64 = .min
    /// The runs that were at work at the last look, and whether they were told as such.
    private var atWork: [Int64: Bool] = [:]

    /// Finds where to begin.
    ///
    /// - Parameters:
    ///   - filter: which runs.
    ///   - limit: the newest runs that are there already, at most so many; nil for all.
    ///   - store: where they are recorded.
    /// - Throws: `SQLiteError`.
    public init(_ filter: Filter, limit: Int?, in store: Store) throws {
        self.filter = filter
        guard let limit else { return }
        try store.snapshot {
            last = try store.runNumbers(matching: filter).dropLast(limit).last ?? .min
            // Those that are left out are known: only their end is news.
            for number in try store.runNumbers(matching: filter.and(.status(.running))) where number <= last {
                atWork[number] = true
            }
        }
    }

    /// Hands over what was not told yet, in one snapshot of the store.
    ///
    /// - Throws: `SQLiteError`; what `body` throws.
    public mutating func next(in store: Store, _ body: (Run) throws -> Void) throws {
        try store.snapshot {
            // All of them, as one may fit the filter later; and a run that was killed may go on, however old it is.
            let running = try store.runNumbers(matching: .status(.running))
            var next: [Int64: Bool] = [:]
            for number in running { next[number] = atWork[number] ?? false }
            let first = min(last < .max ? last + 1 : last, running.first ?? .max, atWork.keys.min() ?? .max)
            var greatest = last
            try store.forEachRun(matching: filter.and(.runs(from: first)), by: Self.oldestFirst) { run in
                greatest = max(greatest, run.number)
                let isRunning = run.status == .running
                let isNews =
                    if let wasTold = atWork[run.number] { !isRunning || !wasTold } else {
                        isRunning || run.number > last
                    }
                guard isNews else { return }
                if isRunning { next[run.number] = true }
                try body(run)
            }
            (last, atWork) = (greatest, next)
        }
    }

    private static let oldestFirst = [RunOrder(.attribute(.number))]
}
