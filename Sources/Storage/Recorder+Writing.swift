extension Recorder {
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
    }

    /// Writes what is gathered, in the transaction that is open.
    borrowing func writeRows() throws(SQLiteError) {
        var next = 0
        while rows.count - next >= Self.tuple {
            insertRows.reset()
            for index in 0..<Self.tuple {
                try Self.bind(rows[next + index], to: insertRows, from: index * 4)
            }
            try insertRows.run()
            next += Self.tuple
        }
        for row in rows[next...] {
            insertRow.reset()
            try Self.bind(row, to: insertRow, from: 0)
            try insertRow.run()
        }
        for row in metrics {
            let isNaN = row.value.isNaN
            try insertMetric.run(row.run, row.key, row.step, row.timestamp, isNaN ? 0 : row.value, isNaN)
        }
        let now = Moment.now
        for (run, step) in lastSteps { try noteProgress.run(run, step, now) }
    }

    private static func bind(_ row: Row, to statement: borrowing Statement, from index: Int) throws(SQLiteError) {
        try statement.bind(row.run, at: index)
        try statement.bind(row.step, at: index + 1)
        try statement.bind(row.layer, at: index + 2)
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
