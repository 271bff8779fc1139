/// A run as programs over the network know it.
public struct RemoteRun: Sendable, Equatable {
    /// The number a person types.
    public let number: Int64
    public let uuid: String
    /// The id of its experiment.
    public let experiment: Int64
    public let name: String?
    /// One whose process has died, or whose client was not heard of for too long, reads as killed.
    public internal(set) var status: RunStatus
    public let lifecycle: Lifecycle
    /// Milliseconds since 1970.
    public let started: Int64
    public let ended: Int64?
}

/// A value of a metric.
public struct RemoteMetric: Sendable, Equatable {
    public var key: String
    public var value: Double
    /// Milliseconds since 1970.
    public var timestamp: Int64
    public var step: Int64

    public init(key: String, value: Double, timestamp: Int64, step: Int64) {
        self.key = key
        self.value = value
        self.timestamp = timestamp
        self.step = step
    }

    /// From a row of a query.
    static func stored(key: String, value: StoredReal, timestamp: Int64, step: Int64) -> RemoteMetric {
        RemoteMetric(key: key, value: value.value, timestamp: timestamp, step: step)
    }
}

/// What a program reports of a run in one piece: all of it is recorded, or nothing.
public struct RemoteBatch: Sendable {
    public var metrics: [RemoteMetric] = []
    public var params: [(key: String, value: String)] = []
    /// In order; a later one of the same key counts.
    public var tags: [(key: String, value: String)] = []

    public init() {}
}

/// A data set that a run was given to read.
public struct RunInput: Sendable, Equatable {
    public let name: String
    public let digest: String
    /// JSON: what else was said of it.
    public let content: String

    public init(name: String, digest: String, content: String) {
        self.name = name
        self.digest = digest
        self.content = content
    }

    /// The member of the content that says which input came before which.
    public static let position = "position"

    /// The content with a position.
    func content(at position: Int64) -> String {
        guard case .object(let members)? = try? JSON(scanning: Array(content.utf8).span) else { return content }
        return JSON.object(members + [.init(Self.position, .integer(position))]).text
    }
}

/// What there is of a run besides its row, as programs over the network are told.
public struct RemoteData: Sendable {
    /// The latest value of each metric, by key.
    public fileprivate(set) var metrics: [RemoteMetric] = []
    public fileprivate(set) var params: [Entry] = []
    /// Those that are Varve's own are among them.
    public fileprivate(set) var tags: [Entry] = []
    public fileprivate(set) var inputs: [RunInput] = []

    /// The models that it was given and that it made.
    public var models: RunModels { RunModels(tags) }
}

extension Store {
    /// Tags of Varve's that programs over the network may set: they give a run its seed and its architecture.
    public static let (seedTag, architectureTag) = ("varve.seed", "varve.architecture")
    /// The tag of the user for whom a program says that it runs.
    public static let userTag = "varve.user"

    /// The run of a uuid, deleted or not; nil where there is none.
    public func remoteRun(_ uuid: String) throws(SQLiteError) -> RemoteRun? {
        let find = try connection.prepare(PackageResources.findRemoteRun_sql)
        try find.bind(uuid)
        guard var run = try find.first(as: RemoteRun.init) else { return nil }
        if run.status == .running, try life(of: run.number) == .dead { run.status = .killed }
        return run
    }

    /// What there is of a run besides its row.
    public func remoteData(of run: Int64) throws(SQLiteError) -> RemoteData {
        try remoteData(of: [run]).first ?? RemoteData()
    }

    /// What there is of runs besides their rows, in the order of the runs.
    public func remoteData(of runs: [Int64]) throws(SQLiteError) -> [RemoteData] {
        var places: [Int64: Int] = [:]
        for (index, run) in runs.enumerated() { places[run] = index }
        var data = Array(repeating: RemoteData(), count: runs.count)
        let text = Self.list(runs)
        func add<Part>(_ parts: [(run: Int64, part: Part)], to list: WritableKeyPath<RemoteData, [Part]>) {
            for (run, part) in parts {
                if let place = places[run] { data[place][keyPath: list].append(part) }
            }
        }
        func statement(_ query: [UInt8]) throws(SQLiteError) -> Statement {
            let statement = try connection.prepare(query)
            try statement.bind(text)
            return statement
        }
        func entry(_ run: Int64, _ key: String, _ value: SQLValue) -> (run: Int64, part: Entry) {
            (run, Entry(key: key, value: value))
        }
        let metrics = try statement(PackageResources.latestMetrics_sql)
            .rows { (run: Int64, key: String, value: StoredReal, timestamp: Int64, step: Int64) in
                (run: run, part: RemoteMetric.stored(key: key, value: value, timestamp: timestamp, step: step))
            }
        add(metrics, to: \.metrics)
        add(try statement(PackageResources.listParamsOfRuns_sql).rows(as: entry), to: \.params)
        add(try statement(PackageResources.listTagsOfRuns_sql).rows(as: entry), to: \.tags)
        let inputs = try statement(PackageResources.listRunInputs_sql)
            .rows { (run: Int64, name: String, digest: String, content: String) in
                (run: run, part: RunInput(name: name, digest: digest, content: content))
            }
        add(inputs, to: \.inputs)
        return data
    }

    /// A part of the runs of some experiments, ordered as a search says.
    ///
    /// - Parameters:
    ///   - experiments: the ids of the experiments.
    ///   - search: which runs, and in which order; those that began last come first where it says nothing.
    ///   - lifecycles: whether runs that were deleted, or the others, or both.
    ///   - place: where the part begins.
    ///   - limit: how many runs it has at most.
    /// - Returns: the runs, and where the next part begins; nil behind the last one.
    /// - Throws: ``SQLiteError``.
    public func remoteRuns(
        of experiments: [Int64],
        matching search: RemoteSearch,
        lifecycles: [Lifecycle],
        from place: RemotePlace = RemotePlace(),
        limit: Int
    ) throws(SQLiteError) -> (runs: [RemoteRun], next: RemotePlace?) {
        let dead = try deadRuns()
        // Runs that begin meanwhile would push others from one part into the next.
        let last = if let last = place.last { last } else { try lastNumber(in: .runs) }
        let statement = try RemoteSearchSQL(search, of: experiments, lifecycles, dead: dead, parameters: 3)
            .statement(
                PackageResources.listRemoteRuns_sql,
                on: connection,
                last,
                limit + 1,
                place.offset
            )
        let numbers = try statement.rows { (number: Int64) in number }
        let list = try connection.prepare(PackageResources.findRemoteRuns_sql)
        try list.bind(Self.list(Array(numbers.prefix(limit))))
        var found: [Int64: RemoteRun] = [:]
        for var run in try list.rows(as: RemoteRun.init) {
            if dead.contains(run.number) { run.status = .killed }
            found[run.number] = run
        }
        let runs = numbers.prefix(limit).compactMap { found[$0] }
        return (runs, numbers.count > limit ? RemotePlace(offset: place.offset + limit, last: last) : nil)
    }

    static func list(_ ids: [Int64]) -> String { JSON.array(ids.map { .integer($0) }).text }

    // MARK: Histories

    /// The values of a metric of a run, by time, step and value.
    ///
    /// - Parameters:
    ///   - key: the metric.
    ///   - run: the run's number.
    ///   - limit: at most so many; nil for all.
    ///   - offset: how many are left out before them.
    /// - Returns: the values.
    /// - Throws: ``SQLiteError``.
    public func history(
        of key: String,
        in run: Int64,
        limit: Int? = nil,
        offset: Int = 0
    ) throws(SQLiteError) -> [RemoteMetric] {
        let list = try connection.prepare(PackageResources.metricHistory_sql)
        try list.bind(run, key, limit ?? -1, offset)
        return try list.rows(as: RemoteMetric.stored)
    }

    /// How many values of a metric a run recorded in a range of steps.
    ///
    /// - Parameters:
    ///   - key: the metric.
    ///   - run: the run's number.
    ///   - steps: the first and the last step.
    /// - Returns: how many.
    /// - Throws: ``SQLiteError``.
    public func valueCount(
        of key: String,
        in run: Int64,
        _ steps: ClosedRange<Int64>
    ) throws(SQLiteError) -> Int {
        let extent = try connection.prepare(PackageResources.metricExtent_sql)
        try extent.bind(run, key, steps.lowerBound, steps.upperBound, -1)
        return try extent.first { (count: Int, _: Int64?, _: Int64?) in count } ?? 0
    }

    /// The values of a metric of a run that have some places among those in a range of steps, by step, time and value.
    ///
    /// - Parameters:
    ///   - key: the metric.
    ///   - run: the run's number.
    ///   - steps: the first and the last step.
    ///   - places: which of the values in the range, counted from 0.
    /// - Returns: the values.
    /// - Throws: ``SQLiteError``.
    public func history(
        of key: String,
        in run: Int64,
        _ steps: ClosedRange<Int64>,
        at places: [Int64]
    ) throws(SQLiteError) -> [RemoteMetric] {
        let list = try connection.prepare(PackageResources.metricAtPlaces_sql)
        try list.bind(run, key, steps.lowerBound, steps.upperBound, Self.list(places))
        return try list.rows(as: RemoteMetric.stored)
    }
}

/// Where a part of a list begins.
public struct RemotePlace: Sendable, Equatable {
    /// How many come before.
    public var offset: Int
    /// The greatest number of a run when the list began; nil at its beginning.
    public var last: Int64?

    public init(offset: Int = 0, last: Int64? = nil) {
        self.offset = offset
        self.last = last
    }
}
