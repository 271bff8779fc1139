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
        var changes: [Int64: RecorderStatements.Changes] = [:]
        try statements.write(only.map { run in rows.filter { $0.run == run } } ?? rows, &changes)
        try statements.write(only.map { run in metrics.filter { $0.run == run } } ?? metrics, store, &changes)
        let now = Moment.now
        for (run, progress) in progress where isDue(run, progress, only) {
            if progress.isChanged {
                for layer in progress.layers {
                    guard let step = layer.step else { continue }
                    try statements.noteLayer.run(run, layer.id, step)
                }
                let change = changes[run] ?? RecorderStatements.Changes()
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
