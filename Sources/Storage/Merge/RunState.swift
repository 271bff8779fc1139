/// What a store has of a run, as far as whoever has more of it needs to know to send no more than that.
public struct RunState: Sendable, Equatable {
    /// Its number in that store.
    public let number: Int64
    public let uuid: String
    public let status: RunStatus
    public let lifecycle: Lifecycle
    /// When anything of it was changed last, in milliseconds since 1970.
    public let updated: Int64?
    /// The last sign of life.
    public let heartbeat: Int64?
    public let steps: Int64
    /// The greatest recorded step.
    public let lastStep: Int64?
    /// The exclusive or of the checksums of its variances; nil where it came without.
    public let variancesChecksum: Int64?
    /// That of its metrics.
    public let metricsChecksum: Int64?
    /// The checksum of its end.
    public let runChecksum: Int64?
    /// The last step of each layer; empty unless asked for.
    public var layers: [LayerState] = []
    /// The values of each metric that stand out; empty unless asked for.
    public var metrics: [MetricState] = []

    public init(
        number: Int64,
        uuid: String,
        status: RunStatus,
        lifecycle: Lifecycle,
        updated: Int64?,
        heartbeat: Int64?,
        steps: Int64,
        lastStep: Int64?,
        variancesChecksum: Int64?,
        metricsChecksum: Int64?,
        runChecksum: Int64?
    ) {
        self.number = number
        self.uuid = uuid
        self.status = status
        self.lifecycle = lifecycle
        self.updated = updated
        self.heartbeat = heartbeat
        self.steps = steps
        self.lastStep = lastStep
        self.variancesChecksum = variancesChecksum
        self.metricsChecksum = metricsChecksum
        self.runChecksum = runChecksum
    }

    /// Whether another store has the same of the run, so that nothing of it need be sent.
    public func isSame(as other: RunState) -> Bool {
        uuid == other.uuid && status == other.status && lifecycle == other.lifecycle && updated == other.updated
            && (status != .running || heartbeat == other.heartbeat) && steps == other.steps
            && lastStep == other.lastStep && variancesChecksum == other.variancesChecksum
            && metricsChecksum == other.metricsChecksum && runChecksum == other.runChecksum
    }
}

/// A run that was purged.
public struct PurgedRun: Sendable, Equatable {
    /// The number that it had.
    public let run: Int64
    /// When, in milliseconds since 1970.
    public let purged: Int64

    public init(run: Int64, purged: Int64) {
        self.run = run
        self.purged = purged
    }
}

/// How far a layer of a run has come.
public struct LayerState: Sendable, Equatable {
    public let place: LayerPlace
    public let lastStep: Int64

    public init(place: LayerPlace, lastStep: Int64) {
        self.place = place
        self.lastStep = lastStep
    }
}

/// The values of a metric of a run that stand out: the latest, as the table has it, the least and the greatest.
public struct MetricState: Sendable, Equatable {
    public let key: String
    public let step: Int64
    public let timestamp: Int64
    public let value: Double
    /// A NaN has a value of its own beside it.
    public let isNaN: Bool
    public let least: Double?
    public let leastStep: Int64?
    public let greatest: Double?
    public let greatestStep: Int64?

    public init(
        key: String,
        step: Int64,
        timestamp: Int64,
        value: Double,
        isNaN: Bool,
        least: Double?,
        leastStep: Int64?,
        greatest: Double?,
        greatestStep: Int64?
    ) {
        self.key = key
        self.step = step
        self.timestamp = timestamp
        self.value = value
        self.isNaN = isNaN
        self.least = least
        self.leastStep = leastStep
        self.greatest = greatest
        self.greatestStep = greatestStep
    }

    var summary: MetricSummary {
        MetricSummary(
            step: step,
            timestamp: timestamp,
            value: value,
            isNaN: isNaN,
            least: least,
            leastStep: leastStep,
            greatest: greatest,
            greatestStep: greatestStep
        )
    }
}

extension Store {
    /// What the store has of a run; nil where it has nothing.
    ///
    /// - Parameters:
    ///   - uuid: the run's uuid.
    ///   - hasLatest: whether layers and metrics are wanted too.
    /// - Returns: the state as it is recorded.
    /// - Throws: ``SQLiteError``.
    public func state(ofRun uuid: String, hasLatest: Bool) throws(SQLiteError) -> RunState? {
        let find = try connection.prepare(PackageResources.findRunState_sql)
        try find.bind(uuid)
        guard var state = try find.first(as: RunState.init) else { return nil }
        if hasLatest {
            state.layers = try layerStates(of: state.number)
            state.metrics = try metricStates(of: state.number)
        }
        return state
    }

    /// What the store has of the runs behind a number, in their order, without layers and metrics.
    ///
    /// - Parameters:
    ///   - number: where they begin.
    ///   - count: how many.
    /// - Returns: fewer where there are no more.
    /// - Throws: ``SQLiteError``.
    public func states(ofRunsAfter number: Int64, count: Int) throws(SQLiteError) -> [RunState] {
        let list = try connection.prepare(PackageResources.listRunStates_sql)
        try list.bind(number, count)
        return try list.rows(as: RunState.init)
    }

    private func layerStates(of run: Int64) throws(SQLiteError) -> [LayerState] {
        let list = try connection.prepare(PackageResources.layersOfState_sql)
        try list.bind(run)
        return try list.rows {
            (name: String, short: String, position: Int, measure: String, norm: Bool, lastStep: Int64) in
            LayerState(
                place: LayerPlace(
                    name: name,
                    shortName: short,
                    position: position,
                    measure: measure,
                    afterNorm: norm
                ),
                lastStep: lastStep
            )
        }
    }

    private func metricStates(of run: Int64) throws(SQLiteError) -> [MetricState] {
        let list = try connection.prepare(PackageResources.metricsOfState_sql)
        try list.bind(run)
        return try list.rows(as: MetricState.init)
    }

    /// The runs that are not there any more, by uuid.
    ///
    /// - Returns: those of the store.
    /// - Throws: ``SQLiteError``.
    public func purges() throws(SQLiteError) -> [ExactText: PurgedRun] {
        let list = try connection.prepare(PackageResources.listPurged_sql).rows {
            (uuid: String, run: Int64, at: Int64) in
            (ExactText(uuid), PurgedRun(run: run, purged: at))
        }
        return Dictionary(list) { first, _ in first }
    }

    /// Which content is here, of tensors, artifacts and datasets.
    ///
    /// - Parameter digests: SHA-256 of each.
    /// - Returns: those that are in the store or in its folder of artifacts.
    /// - Throws: ``SQLiteError``.
    public func knownContent(of digests: [String]) throws(SQLiteError) -> [String] {
        let find = try connection.prepare(PackageResources.isContentKnown_sql)
        let folder = artifactFolder
        var known: [String] = []
        for digest in digests {
            try find.bind(digest)
            if try find.only() as Bool || folder.size(of: digest) != nil { known.append(digest) }
        }
        return known
    }
}
