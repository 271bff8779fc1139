public import Storage

/// What `history --run --follow` tells: the steps that there are, then those that come, until the run has ended.
public struct StepFeed {
    private let history: StepHistory
    /// The greatest step that was told or passed over; nil before the first question.
    private var reached: Int64?
    private var last: Double?

    /// Follows one layer or metric of one run.
    public init(_ history: StepHistory) { self.history = history }

    /// Hands over the steps that were not told yet, in one snapshot of the store.
    ///
    /// - Returns: whether more may come.
    /// - Throws: `StoreError` for a run that was purged meanwhile; `SQLiteError`; what `body` throws.
    public mutating func next(in store: Store, _ body: (History.Entry) throws -> Void) throws -> Bool {
        try store.snapshot {
            let run = try store.run("\(history.run.number)")
            guard let reached else {
                try history.forEachEntry(in: store) { entry in
                    (self.reached, last) = (entry.run.step, entry.value)
                    try body(entry)
                }
                // None of those that are there was asked for.
                if self.reached == nil,
                    let end = try history.quantity.points(of: run.number, after: .min, in: store).last
                {
                    (self.reached, last) = (end.point.step, end.point.value)
                }
                return run.status == .running
            }
            for (layer, point) in try history.quantity.points(of: run.number, after: reached, in: store) {
                let value = RunValue(run, step: point.step, layer: layer, value: point.value)
                try body(History.Entry(value, of: history.quantity, change: last.map { point.value - $0 }))
                last = point.value
                self.reached = point.step
            }
            return run.status == .running
        }
    }
}
