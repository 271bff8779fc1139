extension Recorder {
    struct Row {
        let run: Int64
        let step: Int64
        let layer: RecordedLayer
        let variance: Double

        var checksum: UInt64 { layer.checksum.variance(step: step, variance).state }
    }

    struct MetricRow {
        let run: Int64
        let key: MetricKey
        let step: Int64
        let timestamp: Int64
        let value: Double

        var isNaN: Bool { value.isNaN }
        /// What stands in the table, where a NaN has a column of its own.
        var storedValue: Double { isNaN ? 0 : value }
        var checksum: UInt64 {
            key.checksum.metric(step: step, timestamp: timestamp, storedValue, isNaN: isNaN).state
        }
    }

    struct MetricKey {
        let id: Int64
        let checksum: Checksum
    }

    /// The rows of one `insertVariances` statement.
    private static let tuple = 64

    /// Writes what is gathered, a run's weights and its end, in the transaction that is open.
    borrowing func write(_ ending: RunEnding, of run: OpenRun) throws(SQLiteError) {
        try writeRows()
        try write(ending.initialTensors, stage: "initial", of: run)
        try write(ending.finalTensors, stage: "final", of: run)
        try finishRun.run(
            run.number,
            ending.status,
            Moment.now,
            ending.steps,
            ending.initialWeightsDigest,
            ending.batchOrderDigest,
            ending.finalWeightsDigest
        )
        try seal.seal(run.number)
    }

    /// Writes what is gathered, in the transaction that is open.
    borrowing func writeRows() throws(SQLiteError) {
        var changes: [Int64: Changes] = [:]
        try writeVariances(&changes)
        for row in metrics {
            try insertMetric.run(row.run, row.key.id, row.step, row.timestamp, row.storedValue, row.isNaN)
            // An exact repeat is dropped.
            if store.connection.changes > 0 { changes[row.run, default: Changes()].metrics ^= row.checksum }
        }
        let now = Moment.now
        for (run, step) in lastSteps {
            let change = changes[run] ?? Changes()
            try noteProgress.run(run, step, now, Int64(bitPattern: change.variances), Int64(bitPattern: change.metrics))
        }
    }

    /// What new rows change in the checksums of a run.
    private struct Changes {
        var variances: UInt64 = 0
        var metrics: UInt64 = 0
    }

    private borrowing func writeVariances(_ changes: inout [Int64: Changes]) throws(SQLiteError) {
        var next = 0
        while next < rows.count {
            let range = next..<(rows.count - next < Self.tuple ? next + 1 : next + Self.tuple)
            let isNew = try insert(range)
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
    private borrowing func insert(_ range: Range<Int>) throws(SQLiteError) -> Bool {
        do {
            if range.count == 1 {
                try Self.bind(rows[range.lowerBound], to: insertRow, from: 0)
                try insertRow.run()
            } else {
                for (index, row) in rows[range].enumerated() { try Self.bind(row, to: insertRows, from: index * 4) }
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
    private borrowing func put(_ row: Row) throws(SQLiteError) -> UInt64 {
        try findRow.bind(row.run, row.step, row.layer.id)
        guard let earlier = try findRow.first(as: { (variance: StoredReal) in variance.value }) else {
            try Self.bind(row, to: insertRow, from: 0)
            try insertRow.run()
            return row.checksum
        }
        try replaceRow.run(row.run, row.step, row.layer.id, row.variance)
        return row.checksum ^ row.layer.checksum.variance(step: row.step, earlier).state
    }

    private static func bind(_ row: Row, to statement: borrowing Statement, from index: Int) throws(SQLiteError) {
        try statement.bind(row.run, at: index)
        try statement.bind(row.step, at: index + 1)
        try statement.bind(row.layer.id, at: index + 2)
        try statement.bind(row.variance, at: index + 3)
    }

    private borrowing func write(
        _ tensors: [TensorRecord],
        stage: String,
        of run: OpenRun
    ) throws(SQLiteError) {
        for (position, tensor) in tensors.enumerated() {
            insertBlob.reset()
            try insertBlob.bind(.text(tensor.digest), at: 0)
            try insertBlob.bind(tensor.bytes.span.bytes, at: 1)
            try insertBlob.run()
            try insertTensor.run(
                run.number,
                stage,
                position,
                tensor.name,
                tensor.shapeText,
                tensor.dtype,
                tensor.digest
            )
        }
    }
}
