public import Storage

/// A run whole, asked again and again while it is recorded.
public struct WholeRunFeed {
    /// The run as it was when it was asked last.
    public private(set) var run: WholeRun
    private var told: [ExactText: ExactText] = [:]

    /// Reads the run of a number, uuid or name.
    ///
    /// - Throws: as `WholeRun`.
    public init(_ word: String, in store: Store) throws { run = try WholeRun(word, in: store) }

    /// What is new or has another value since the last time.
    ///
    /// - Returns: rows of key and value; all of them at first.
    /// - Throws: `StoreError` for a run that was purged meanwhile; `SQLiteError`.
    public mutating func next(in store: Store) throws -> [[Cell]] {
        // A name may stand for several runs later.
        if !told.isEmpty { run = try WholeRun(run.answer.run.uuid, in: store) }
        return run.allFacts.rows.filter { fact in
            let value = ExactText(fact[1].exact)
            return told.updateValue(value, forKey: ExactText(fact[0].exact)) != value
        }
    }
}
