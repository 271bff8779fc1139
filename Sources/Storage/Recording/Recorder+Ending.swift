extension Recorder {
    /// Ends a run: commits what is still gathered of it, its weights, its digests and its status in one transaction.
    ///
    /// - Throws: ``StoreError`` when it was deleted or ended by others meanwhile; ``SQLiteError``.
    public mutating func finish(_ run: OpenRun, _ ending: RunEnding) throws {
        try checkOpen(run)
        try commit { recorder in try recorder.write(ending, of: run) }
        forget(run.number)
    }

    /// Ends a run as ``finish(_:_:)`` does and begins another in the same transaction: half the commits of a sweep.
    ///
    /// - Parameters:
    ///   - run: the run that ends.
    ///   - ending: how it ends.
    ///   - next: the run that begins.
    ///   - layers: its layers.
    ///   - isThere: whether it is there by now and must not begin; asked while nobody else can write.
    /// - Returns: nil where the next run is there; the first one has ended all the same.
    /// - Throws: also what ``start(_:layers:)`` throws; the first run is then as open as it was.
    public mutating func finish(
        _ run: OpenRun,
        _ ending: RunEnding,
        starting next: NewRun,
        layers: [LayerPlace],
        unless isThere: () throws -> Bool = { false }
    ) throws -> OpenRun? {
        try checkOpen(run)
        let open = try commit { recorder in
            try recorder.write(ending, of: run)
            return try isThere() ? nil : recorder.starter.start(next, layers: layers)
        }
        forget(run.number)
        if let open { progress[open.number] = RunProgress(layers: open.layers, now: Moment.monotonic) }
        return open
    }
}
