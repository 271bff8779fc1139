/// A place at which variances were measured, with its key in the store.
public struct StoredLayer: Sendable, Equatable {
    public let id: Int64
    public let place: LayerPlace

    init(
        id: Int64,
        name: String,
        shortName: String,
        position: Int,
        measure: String,
        afterNorm: Bool
    ) {
        self.id = id
        place = LayerPlace(
            name: name,
            shortName: shortName,
            position: position,
            measure: measure,
            afterNorm: afterNorm
        )
    }
}

/// What runs are put together by.
public enum RunGrouping: Sendable, Equatable {
    case architecture, experiment
    /// A param, by its key.
    case param(String)
    /// A tag, by its key.
    case tag(String)
    /// The day the run began, in UTC.
    case day
    /// The git commit of the folder the run was started in.
    case commit

    /// The word for it in the query, and the key of the param or tag.
    var parameters: (word: String, key: String?) {
        switch self {
        case .architecture: ("architecture", nil)
        case .experiment: ("experiment", nil)
        case .param(let key): ("param", key)
        case .tag(let key): ("tag", key)
        case .day: ("day", nil)
        case .commit: ("commit", nil)
        }
    }
}

/// A finished run, with what decides which others it is put together with.
public struct RunKind: Sendable, Equatable {
    public let run: Int64
    /// Its value of what was asked to group by.
    public let group: SQLValue
    public let seed: Int64?
    /// Equal for runs of equal configuration: its digest, or architecture, params and experiment of a run logged by another
    /// program.
    public internal(set) var configuration: String
    /// The key of the dataset.
    public let dataset: Int64?
}

/// One number of a run: of a layer or a metric, at a step.
public struct RunValue: Sendable, Equatable {
    public let run: Int64
    public let uuid: String
    public let architecture: String?
    public let seed: Int64?
    /// Milliseconds since 1970.
    public let started: Int64
    public let step: Int64
    /// The key of the layer, as ``StoredLayer/id``; nil of a metric.
    public let layer: Int64?
    public let value: Double

    init(
        run: Int64,
        uuid: String,
        architecture: String?,
        seed: Int64?,
        started: Int64,
        step: Int64,
        layer: Int64?,
        value: StoredReal
    ) {
        self.run = run
        self.uuid = uuid
        self.architecture = architecture
        self.seed = seed
        self.started = started
        self.step = step
        self.layer = layer
        self.value = value.value
    }
}

extension RunValue {
    /// The number of a run at one of its steps.
    public init(_ run: Run, step: Int64, layer: Int64?, value: Double) {
        self.init(
            run: run.number,
            uuid: run.uuid,
            architecture: run.architecture,
            seed: run.seed,
            started: run.started,
            step: step,
            layer: layer,
            value: StoredReal(value)
        )
    }
}

extension Store {
    /// The places at which variances were measured, by position; a name may be in several, with different measures
    /// or once before and once after a norm.
    public func layers() throws(SQLiteError) -> [StoredLayer] {
        try connection.prepare(PackageResources.listLayers_sql).rows(as: StoredLayer.init)
    }

    /// The layers that a run has recorded, by position.
    public func layers(ofRun run: Int64) throws(SQLiteError) -> [StoredLayer] {
        let list = try connection.prepare(PackageResources.layersOfRun_sql)
        try list.bind(run)
        return try list.rows(as: StoredLayer.init)
    }

    /// The architectures of the finished runs, in the order they first appeared in.
    public func architectures() throws(SQLiteError) -> [String] {
        try connection.prepare(PackageResources.listArchitectures_sql).rows { (architecture: String) in architecture }
    }

    /// The finished runs that a filter finds, oldest first, with what decides which of them are put together.
    ///
    /// - Parameters:
    ///   - filter: which runs; those that are deleted or not finished never take part.
    ///   - grouping: what ``RunKind/group`` is to say.
    ///   - ignored: keys of params that make no other configuration.
    /// - Returns: the runs, those of equal ``RunKind/configuration`` and ``RunKind/dataset`` of one kind.
    /// - Throws: ``SQLiteError``.
    public func kinds(
        ofRunsMatching filter: Filter = .all,
        groupedBy grouping: RunGrouping? = nil,
        ignoring ignored: [String] = []
    ) throws(SQLiteError) -> [RunKind] {
        try finishedRuns(matching: filter, groupedBy: grouping, ignoring: ignored, as: \.kind).reversed()
    }

    /// Hands over what was measured at some layers in the finished runs, one number at a time, oldest run first.
    ///
    /// - Parameters:
    ///   - layers: the layers; a run that has several of them comes several times.
    ///   - filter: which runs; those that are deleted or not finished never take part.
    ///   - step: the step; nil for the last one that each run recorded of each layer. What was not recorded at it
    ///     is left out.
    ///   - body: takes a number; what it throws ends the listing.
    /// - Throws: ``SQLiteError``, and what `body` throws.
    public func forEachVariance(
        of layers: [StoredLayer],
        matching filter: Filter = .all,
        step: Int64? = nil,
        _ body: (RunValue) throws -> Void
    ) throws {
        let keys = JSON.array(layers.map { .integer($0.id) })
        try forEachRow(of: PackageResources.variancesThroughRuns_sql, keys.text, filter, step, body)
    }

    /// Hands over the values of a metric in the finished runs, oldest run first.
    ///
    /// - Parameters:
    ///   - key: the metric, as `loss`.
    ///   - filter: which runs; those that are deleted or not finished never take part.
    ///   - step: the step; nil for the last one of each run. A run that has no value at it is left out.
    ///   - body: takes a value; what it throws ends the listing.
    /// - Throws: ``SQLiteError``, and what `body` throws.
    public func forEachValue(
        ofMetric key: String,
        matching filter: Filter = .all,
        step: Int64? = nil,
        _ body: (RunValue) throws -> Void
    ) throws {
        try forEachRow(of: PackageResources.metricThroughRuns_sql, key, filter, step, body)
    }

    private func forEachRow(
        of query: [UInt8],
        _ what: String,
        _ filter: Filter,
        _ step: Int64?,
        _ body: (RunValue) throws -> Void
    ) throws {
        let statement = try FilterSQL(filter, parameters: 2).statement(query, on: connection, what, step)
        while try statement.step() { try body(statement.row(as: RunValue.init)) }
    }

    /// Hands over all variances of a run, one at a time, by step; of a step in the order of the layers' keys.
    ///
    /// - Parameters:
    ///   - run: the run's number.
    ///   - body: takes step, key of the layer, and variance.
    /// - Throws: ``SQLiteError``, and what `body` throws.
    public func forEachStep(of run: Int64, _ body: (Int64, Int64, Double) throws -> Void) throws {
        let statement = try connection.prepare(PackageResources.variancesOfRun_sql)
        try statement.bind(run)
        while try statement.step() {
            try body(statement.column(0), statement.column(1), statement.real(2))
        }
    }

    /// The values of one metric of a run by step.
    ///
    /// - Parameters:
    ///   - key: the metric, as `loss`.
    ///   - run: the run's number.
    ///   - body: takes step and value.
    /// - Throws: ``SQLiteError``, and what `body` throws.
    public func forEachValue(
        ofMetric key: String,
        in run: Int64,
        _ body: (Int64, Double) throws -> Void
    ) throws {
        let statement = try connection.prepare(PackageResources.metricOfRun_sql)
        try statement.bind(run, key)
        while try statement.step() { try body(statement.column(0), statement.real(1)) }
    }
}
