extension Recorder {
    /// Removes what a run recorded from a step on, as where a program goes back to a checkpoint; what was gathered of it is
    /// committed before.
    ///
    /// - Parameters:
    ///   - run: the run.
    ///   - step: the first step that goes.
    /// - Returns: how many variances and values of metrics were removed.
    /// - Throws: ``StoreError`` when the run has ended or was deleted; ``SQLiteError``.
    public mutating func rewind(_ run: OpenRun, to step: Int) throws -> (variances: Int, metrics: Int) {
        try flush(run)
        let (removed, progress) = try commit { recorder in try recorder.removeRows(of: run, from: step) }
        replace(progress, of: run.number)
        return removed
    }

    private borrowing func removeRows(
        of run: OpenRun,
        from step: Int
    ) throws -> (removed: (variances: Int, metrics: Int), RunProgress) {
        try checkPresence(of: run.number)
        try store.connection.prepare(PackageResources.removeVariances_sql).run(run.number, step)
        let variances = store.connection.changes
        try store.connection.prepare(PackageResources.removeMetrics_sql).run(run.number, step)
        let metrics = store.connection.changes
        if variances + metrics > 0 {
            let checksums = try RowChecksums(store)
            try store.connection.prepare(PackageResources.rewindRun_sql)
                .run(
                    run.number,
                    try checksums.variances(of: run.number),
                    try checksums.metrics(of: run.number),
                    Moment.now
                )
            try store.checkChange(of: run.number)
            try store.summarize(run.number)
        }
        let find = try store.connection.prepare(PackageResources.findReach_sql)
        try find.bind(run.number)
        let reach = try find.first { (last: Int64?, steps: Int64) in (last, steps) }
        let progress = RunProgress(
            lastStep: reach?.0,
            steps: reach?.1 ?? 0,
            layers: run.layers,
            now: Moment.monotonic
        )
        return ((variances, metrics), progress)
    }
}
