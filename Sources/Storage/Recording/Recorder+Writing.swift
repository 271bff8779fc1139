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
        /// What is in the table, where a NaN has a column of its own.
        var storedValue: Double { isNaN ? 0 : value }
        var checksum: UInt64 {
            key.checksum.metric(step: step, timestamp: timestamp, storedValue, isNaN: isNaN).state
        }
        var summary: MetricSummary {
            MetricSummary(step: step, timestamp: timestamp, value: storedValue, isNaN: isNaN)
        }
    }

    struct MetricKey {
        let id: Int64
        let checksum: Checksum
    }

    /// The rows of one `insertVariances` statement.
    private static let tuple = 64

    /// That nothing of a run can be written: it is not in the store any more, or deleted, or others have ended it.
    struct Gone: Error {
        let run: Int64
        let isDeleted: Bool
    }

    /// Writes what is gathered of a run, its weights and its end, in the transaction that is open.
    borrowing func write(_ ending: RunEnding, of run: OpenRun) throws {
        let steps = ending.steps.map(Int64.init) ?? progress[run.number]?.steps
        try checkPresence(of: run.number)
        try writeRows(of: run.number)
        try write(ending.initialTensors, stage: "initial", of: run)
        try write(ending.finalTensors, stage: "final", of: run)
        let now = Moment.now
        try statements.finishRun.run(
            run.number,
            ending.status,
            ending.ended.map { try Moment.checked($0, as: "the end of run \(run.number)") } ?? now,
            steps,
            ending.initialWeightsDigest,
            ending.batchOrderDigest,
            ending.finalWeightsDigest,
            now
        )
        try checkChange(of: run.number)
        for (key, value) in ending.facts + (ending.reason.map { [("reason", $0)] } ?? []) {
            try store.connection.prepare(PackageResources.insertTag_sql).run(run.number, "varve.\(key)", value, now)
        }
        try seal.seal(run.number)
    }

    /// Writes what is gathered of one run, or of all of them, in the transaction that is open.
    borrowing func writeRows(of only: Int64?) throws {
        var changes: [Int64: Changes] = [:]
        try writeVariances(only.map { run in rows.filter { $0.run == run } } ?? rows, &changes)
        try writeMetrics(only.map { run in metrics.filter { $0.run == run } } ?? metrics, &changes)
        let now = Moment.now
        for (run, progress) in progress where isDue(run, progress, only) {
            if progress.isChanged {
                for layer in progress.layers {
                    guard let step = layer.step else { continue }
                    try statements.noteLayer.run(run, layer.id, step)
                }
                let change = changes[run] ?? Changes()
                try statements.noteProgress.run(
                    run,
                    progress.lastStep,
                    now,
                    Int64(bitPattern: change.variances),
                    Int64(bitPattern: change.metrics),
                    progress.steps
                )
            } else {
                try statements.noteLife.run(run, now)
            }
            try checkChange(of: run)
        }
    }

    /// Finds out whether a run is there and this process's own, in the transaction that is open.
    borrowing func checkPresence(of run: Int64) throws {
        let owner = Owner.current
        try statements.findPresence.bind(run, owner.bootID, owner.pidNamespace, owner.pid, owner.processStarted)
        switch try statements.findPresence.first(as: { (isActive: Bool, isOurs: Bool) in (isActive, isOurs) }) {
        case (true, true)?: return
        case (true, false)?: throw Gone(run: run, isDeleted: false)
        case (false, _)?, nil: throw Gone(run: run, isDeleted: true)
        }
    }

    /// Holds a statement to having changed the row of its run.
    private borrowing func checkChange(of run: Int64) throws {
        guard store.connection.changes == 1 else { throw Gone(run: run, isDeleted: true) }
    }

    private struct MetricPlace: Hashable {
        let run: Int64
        let key: Int64
    }

    private borrowing func writeMetrics(_ rows: [MetricRow], _ changes: inout [Int64: Changes]) throws(SQLiteError) {
        var summaries: [MetricPlace: MetricSummary] = [:]
        for row in rows {
            try statements.insertMetric.run(row.run, row.key.id, row.step, row.timestamp, row.storedValue, row.isNaN)
            // An exact repeat is dropped.
            guard store.connection.changes > 0 else { continue }
            changes[row.run, default: Changes()].metrics ^= row.checksum
            let summary = row.summary
            summaries[MetricPlace(run: row.run, key: row.key.id), default: summary].add(summary)
        }
        for (place, summary) in summaries {
            try statements.noteMetric.run(
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

    /// What new rows change in the checksums of a run.
    private struct Changes {
        var variances: UInt64 = 0
        var metrics: UInt64 = 0
    }

    private borrowing func writeVariances(_ rows: [Row], _ changes: inout [Int64: Changes]) throws(SQLiteError) {
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
    private borrowing func insert(_ rows: ArraySlice<Row>) throws(SQLiteError) -> Bool {
        do {
            if rows.count == 1 {
                try Self.bind(rows[rows.startIndex], to: statements.insertRow, from: 0)
                try statements.insertRow.run()
            } else {
                for (index, row) in rows.enumerated() { try Self.bind(row, to: statements.insertRows, from: index * 4) }
                try statements.insertRows.run()
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
        try statements.findRow.bind(row.run, row.step, row.layer.id)
        guard let earlier = try statements.findRow.first(as: { (variance: StoredReal) in variance.value }) else {
            try Self.bind(row, to: statements.insertRow, from: 0)
            try statements.insertRow.run()
            return row.checksum
        }
        try statements.replaceRow.run(row.run, row.step, row.layer.id, row.variance)
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
            statements.insertBlob.reset()
            try statements.insertBlob.bind(.text(tensor.digest), at: 0)
            try statements.insertBlob.bind(tensor.bytes.span.bytes, at: 1)
            try statements.insertBlob.run()
            try statements.insertTensor.run(
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
