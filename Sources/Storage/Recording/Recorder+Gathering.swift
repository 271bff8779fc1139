extension Recorder {
    /// Records the variances of one step, one for each of the run's layers, in their order.
    ///
    /// NaN is stored as NULL; infinities stay.
    ///
    /// - Throws: ``StoreError`` when there are more or fewer variances than layers, for a step outside of ``steps``, or when
    ///   the run has ended.
    public mutating func log(_ run: OpenRun, step: Int, variances: [Float]) throws {
        guard variances.count == run.layers.count else {
            throw StoreError.wrongCount(
                run: run.number,
                step: step,
                variances: variances.count,
                layers: run.layers.count
            )
        }
        let step = try checked(step, of: run)
        progress[run.number]?.reach(step, layers: run.layers.indices)
        for (layer, variance) in zip(run.layers, variances) {
            rows.append(Row(run: run.number, step: step, layer: layer, variance: Double(variance)))
        }
        try flushIfDue()
    }

    /// Records the variance of one layer at one step; a later value for the same place takes the place of the earlier.
    ///
    /// - Parameters:
    ///   - run: the run.
    ///   - step: the step; those of training count from 0.
    ///   - layer: the index among the run's layers, see ``add(_:to:)``.
    ///   - variance: NaN is stored as NULL; infinities stay.
    /// - Throws: ``StoreError`` for an index that the run does not have, a step outside of ``steps``, or when the run has
    ///   ended; ``SQLiteError``.
    public mutating func log(_ run: OpenRun, step: Int, layer: Int, variance: Double) throws {
        try gather(run, step: step, layer: layer, variance: variance)
        try flushIfDue()
    }

    /// Takes a variance as ``log(_:step:layer:variance:)`` does, and leaves it to ``beat()`` to commit it.
    mutating func gather(_ run: OpenRun, step: Int, layer: Int, variance: Double) throws {
        guard run.layers.indices.contains(layer) else {
            throw StoreError.noLayer(run: run.number, index: layer, layers: run.layers.count)
        }
        let step = try checked(step, of: run)
        progress[run.number]?.reach(step, layers: layer..<layer + 1)
        rows.append(Row(run: run.number, step: step, layer: run.layers[layer], variance: variance))
    }

    /// Records a value of a metric.
    ///
    /// The run's last step is that of its variances, so that they can be asked for there; only where a run has no layers
    /// is it that of its metrics.
    ///
    /// - Parameters:
    ///   - run: the run.
    ///   - step: the step; it may repeat, the last value counts.
    ///   - key: the metric's name, as `loss`.
    ///   - value: NaN and infinities stay.
    ///   - timestamp: milliseconds since 1970; now unless given.
    /// - Throws: ``StoreError`` for a key that nobody could type, a step outside of ``steps``, a timestamp outside of
    ///   ``Moment/range``, or when the run has ended; ``SQLiteError``.
    public mutating func log(
        _ run: OpenRun,
        step: Int,
        metric key: String,
        _ value: Double,
        at timestamp: Int64? = nil
    ) throws {
        try gather(run, step: step, metric: key, value, at: timestamp)
        try flushIfDue()
    }

    /// Holds the name of a metric to what can be typed; see ``Store/checkKey(_:of:)``.
    func checkMetric(_ key: String) throws(StoreError) {
        if metricKeys[ExactText(key)] == nil { try Store.checkKey(key, of: "metric") }
    }

    /// Takes a value as ``log(_:step:metric:_:at:)`` does, and leaves it to ``beat()`` to commit it.
    mutating func gather(
        _ run: OpenRun,
        step: Int,
        metric key: String,
        _ value: Double,
        at timestamp: Int64?
    ) throws {
        let exact = ExactText(key)
        let known = try metricKeys[exact] ?? MetricKey(id: store.metricKey(key), checksum: Checksum(key: key))
        if metricKeys.count < Self.knownKeys { metricKeys[exact] = known }
        let step = try checked(step, of: run)
        let moment = try timestamp.map { try Moment.checked($0, as: "the timestamp of '\(key)'") } ?? Moment.now
        progress[run.number]?.reach(step)
        metrics.append(MetricRow(run: run.number, key: known, step: step, timestamp: moment, value: value))
    }

    /// A step that can be recorded of a run.
    private borrowing func checked(_ step: Int, of run: OpenRun) throws(StoreError) -> Int64 {
        try checkOpen(run)
        guard Self.steps.contains(Int64(step)) else {
            throw StoreError.stepOutOfRange(step: step)
        }
        return Int64(step)
    }
}
