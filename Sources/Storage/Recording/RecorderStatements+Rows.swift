extension RecorderStatements {
    /// The rows of one `insertVariances` statement, and of one `insertMetrics`.
    private static let (tuple, metricTuple) = (64, 16)

    private struct MetricPlace: Hashable {
        let run: Int64
        let key: Int64
    }

    /// What new values add up to, by metric; those of one metric that come one behind the other are looked up once.
    private struct MetricChanges {
        private(set) var summaries: [MetricPlace: MetricSummary] = [:]
        private(set) var checksums: [Int64: UInt64] = [:]
        private var open: (place: MetricPlace, summary: MetricSummary, checksum: UInt64)?

        mutating func add(_ row: Recorder.MetricRow) {
            let place = MetricPlace(run: row.run, key: row.key.id)
            if open?.place != place {
                close()
                open = (place, row.summary, row.checksum)
            } else {
                open?.summary.add(row.summary)
                open?.checksum ^= row.checksum
            }
        }

        mutating func close() {
            guard let (place, summary, checksum) = open else { return }
            summaries[place, default: summary].add(summary)
            checksums[place.run, default: 0] ^= checksum
            open = nil
        }
    }

    /// Writes values of metrics in the transaction that is open, and what is kept of each metric besides.
    borrowing func write(
        _ rows: [Recorder.MetricRow],
        _ store: Store,
        _ changes: inout [Int64: Changes]
    ) throws(SQLiteError) {
        var new = MetricChanges()
        var next = 0
        while next < rows.count {
            let end = next + Self.metricTuple
            if end <= rows.count, try insert(metrics: rows[next..<end]) {
                for row in rows[next..<end] { new.add(row) }
                next = end
                continue
            }
            for row in rows[next..<min(end, rows.count)] {
                try insertMetric.run(row.run, row.key.id, row.step, row.timestamp, row.storedValue, row.isNaN)
                // An exact repeat is dropped.
                if store.connection.changes > 0 { new.add(row) }
            }
            next = end
        }
        new.close()
        for (run, checksum) in new.checksums { changes[run, default: Changes()].metrics ^= checksum }
        for (place, summary) in new.summaries {
            try noteMetric.run(
                place.run,
                place.key,
                summary.step,
                summary.timestamp,
                summary.value,
                summary.isNaN,
                summary.least,
                summary.leastStep,
                summary.greatest,
                summary.greatestStep
            )
        }
    }

    /// Inserts as many values of metrics as a statement takes.
    ///
    /// - Returns: false where one of them is there already; none is inserted then.
    private borrowing func insert(metrics rows: ArraySlice<Recorder.MetricRow>) throws(SQLiteError) -> Bool {
        for (place, row) in rows.enumerated() {
            let index = place * 6
            try insertMetrics.bind(row.run, at: index)
            try insertMetrics.bind(row.key.id, at: index + 1)
            try insertMetrics.bind(row.step, at: index + 2)
            try insertMetrics.bind(row.timestamp, at: index + 3)
            try insertMetrics.bind(row.storedValue, at: index + 4)
            try insertMetrics.bind(row.isNaN ? 1 : 0 as Int64, at: index + 5)
        }
        do {
            try insertMetrics.run()
            return true
        } catch {
            guard error.kind == .constraint else { throw error }
            return false
        }
    }

    /// What new rows change in the checksums of a run.
    struct Changes {
        var variances: UInt64 = 0
        var metrics: UInt64 = 0
    }

    /// Writes variances in the transaction that is open.
    borrowing func write(_ rows: [Recorder.Row], _ changes: inout [Int64: Changes]) throws(SQLiteError) {
        var next = 0
        while next < rows.count {
            let range = next..<(rows.count - next < Self.tuple ? next + 1 : next + Self.tuple)
            let isNew = try insert(rows[range])
            var (run, change) = (rows[next].run, 0 as UInt64)
            for row in rows[range] {
                if row.run != run {
                    changes[run, default: Changes()].variances ^= change
                    (run, change) = (row.run, 0)
                }
                change ^= isNew ? row.checksum : try put(row)
            }
            changes[run, default: Changes()].variances ^= change
            next = range.upperBound
        }
    }

    /// Inserts one row, or as many as a statement takes.
    ///
    /// - Returns: false where one of them is there already; none is inserted then.
    private borrowing func insert(_ rows: ArraySlice<Recorder.Row>) throws(SQLiteError) -> Bool {
        do {
            if rows.count == 1 {
                try Self.bind(rows[rows.startIndex], to: insertRow, from: 0)
                try insertRow.run()
            } else {
                for (index, row) in rows.enumerated() { try Self.bind(row, to: insertRows, from: index * 4) }
                try insertRows.run()
            }
            return true
        } catch {
            guard error.kind == .constraint else { throw error }
            return false
        }
    }

    /// Inserts a row, or puts it in the place of an earlier one, as where a program goes back to a checkpoint.
    ///
    /// - Returns: what that changes in the checksum.
    private borrowing func put(_ row: Recorder.Row) throws(SQLiteError) -> UInt64 {
        try findRow.bind(row.run, row.step, row.layer.id)
        guard let earlier = try findRow.first(as: { (variance: StoredReal) in variance.value }) else {
            try Self.bind(row, to: insertRow, from: 0)
            try insertRow.run()
            return row.checksum
        }
        try replaceRow.run(row.run, row.step, row.layer.id, row.variance)
        return row.checksum ^ row.layer.checksum.variance(step: row.step, earlier).state
    }

    private static func bind(_ row: Recorder.Row, to statement: borrowing Statement, from index: Int)
        throws(SQLiteError)
    {
        try statement.bind(row.run, at: index)
        try statement.bind(row.step, at: index + 1)
        try statement.bind(row.layer.id, at: index + 2)
        try statement.bind(row.variance, at: index + 3)
    }
}
