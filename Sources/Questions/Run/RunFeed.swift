public import Storage

/// What `runs --follow` tells: the runs of a filter, oldest first, then each that begins, and once more each whose status
/// has changed.
public struct RunFeed {
    private let filter: Filter
    /// Runs before this one were told, or are not asked for, and have ended.
    private var first: Int64
    /// How the runs from there on stood when they were told.
    private var told: [Int64: RunStatus] = [:]

    /// Finds where to begin.
    ///
    /// - Parameters:
    ///   - filter: which runs.
    ///   - limit: the newest runs that are there already, at most so many; nil for all.
    ///   - store: where they are recorded.
    /// - Throws: `SQLiteError`.
    public init(_ filter: Filter, limit: Int?, in store: Store) throws {
        self.filter = filter
        first = .min
        guard let limit else { return }
        let numbers = try store.runNumbers(matching: filter)
        first = numbers.suffix(limit).first ?? numbers.last.map { $0 < .max ? $0 + 1 : $0 } ?? .min
    }

    /// Hands over what was not told yet, in one snapshot of the store.
    ///
    /// - Throws: `SQLiteError`; what `body` throws.
    public mutating func next(in store: Store, _ body: (Run) throws -> Void) throws {
        try store.snapshot {
            // A run that was killed may go on, however old it is.
            let open = try store.runNumbers(matching: .status(.running)).first ?? .max
            try store.forEachRun(matching: filter.and(.runs(from: min(first, open))), by: Self.oldestFirst) { run in
                guard told.updateValue(run.status, forKey: run.number) != run.status else { return }
                try body(run)
            }
            let last = told.keys.max().map { $0 < .max ? $0 + 1 : $0 } ?? first
            first = min(open, last)
            told = told.filter { $0.key >= first }
        }
    }

    private static let oldestFirst = [RunOrder(.attribute(.number))]
}
