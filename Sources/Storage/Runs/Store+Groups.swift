/// A finished run on one side of a comparison, with what decides whether it can be compared with others.
public struct GroupedRun: Sendable, Equatable {
    public let number: Int64
    public let architecture: String?
    public let seed: Int64?
    /// The greatest recorded step.
    public let lastStep: Int64?
    /// The key of the dataset.
    public let dataset: Int64?
    /// Equal for runs of equal configuration: its digest, or architecture and params of a run logged by another program.
    public internal(set) var configuration: String
    public let initialWeightsDigest: String?
    public let batchOrderDigest: String?
    /// The order of floating-point operations it was computed by; nil for a run of another program.
    public let numerics: Int64?
}

/// A run that a group leaves out: it is deleted, or did not finish.
public struct LeftOutRun: Sendable, Equatable {
    public let number: Int64
    public let seed: Int64?
    /// A run whose process has died reads as killed.
    public internal(set) var status: RunStatus
    public let lifecycle: Lifecycle
}

extension Store {
    /// The finished runs that a filter finds, newest first; deleted ones never take part.
    ///
    /// - Parameters:
    ///   - filter: which runs.
    ///   - params: the keys of params that do not count for ``GroupedRun/configuration``.
    /// - Returns: the runs.
    /// - Throws: ``SQLiteError``.
    public func finishedRuns(
        matching filter: Filter,
        ignoring params: [String] = []
    ) throws(SQLiteError) -> [GroupedRun] {
        try finishedRuns(matching: filter, groupedBy: nil, ignoring: params, as: \.grouped)
    }

    /// A finished run, as it stands in groups and in series.
    struct FinishedRun {
        private(set) var kind: RunKind
        private(set) var grouped: GroupedRun

        init(
            run: Int64,
            group: SQLValue,
            architecture: String?,
            seed: Int64?,
            lastStep: Int64?,
            dataset: Int64?,
            configuration: String,
            origin: String,
            initialWeightsDigest: String?,
            batchOrderDigest: String?,
            numerics: Int64?
        ) {
            kind = RunKind(run: run, group: group, seed: seed, configuration: configuration + origin, dataset: dataset)
            grouped = GroupedRun(
                number: run,
                architecture: architecture,
                seed: seed,
                lastStep: lastStep,
                dataset: dataset,
                configuration: configuration,
                initialWeightsDigest: initialWeightsDigest,
                batchOrderDigest: batchOrderDigest,
                numerics: numerics
            )
        }

        /// Holds the texts that others have too once: thousands of runs have few configurations.
        fileprivate mutating func share(_ known: inout Set<ExactText>) {
            kind.configuration = known.insert(ExactText(kind.configuration)).memberAfterInsert.text
            grouped.configuration = known.insert(ExactText(grouped.configuration)).memberAfterInsert.text
        }
    }

    /// The finished runs that a filter finds, newest first.
    func finishedRuns<Row>(
        matching filter: Filter,
        groupedBy grouping: RunGrouping?,
        ignoring params: [String],
        as make: (FinishedRun) -> Row
    ) throws(SQLiteError) -> [Row] {
        let (word, key) = (grouping?.parameters.word, grouping?.parameters.key)
        let keys = JSON.array(params.map(JSON.string)).text
        let list = try FilterSQL(filter, parameters: 3)
            .statement(PackageResources.finishedRuns_sql, on: connection, word, key, keys)
        var known: Set<ExactText> = []
        var rows: [Row] = []
        while try list.step() {
            var run = try list.row(as: FinishedRun.init)
            run.share(&known)
            rows.append(make(run))
        }
        return rows
    }

    /// What the finished runs that a filter finds say in their tag `varve.ignore`, each text once.
    ///
    /// - Throws: ``SQLiteError``.
    public func ignoredKeys(matching filter: Filter) throws(SQLiteError) -> [String] {
        try FilterSQL(filter, parameters: 0)
            .statement(PackageResources.ignoredOfGroup_sql, on: connection)
            .rows { (text: String) in text }
    }

    /// The runs that a filter finds and that take no part in a group, newest first.
    ///
    /// - Throws: ``SQLiteError``.
    public func runsLeftOut(matching filter: Filter) throws(SQLiteError) -> [LeftOutRun] {
        let dead = try deadRuns()
        var runs = try FilterSQL(filter, dead: dead, parameters: 0)
            .statement(PackageResources.runsLeftOut_sql, on: connection)
            .rows(as: LeftOutRun.init)
        for index in runs.indices where dead.contains(runs[index].number) { runs[index].status = .killed }
        return runs
    }

    /// A number that a run of a group recorded, by the key of its layer or metric.
    public struct GroupedValue: Sendable {
        public let run: Int64
        public let key: Int64
        public let step: Int64
        public let value: Double

        init(run: Int64, key: Int64, step: Int64, value: StoredReal) {
            self.run = run
            self.key = key
            self.step = step
            self.value = value.value
        }
    }

    /// Hands over the variances of the finished runs that a filter finds, one at a time and in no order.
    ///
    /// One statement for all of them: it reads the rows of one step of each run, however many steps there are.
    ///
    /// - Parameters:
    ///   - filter: which runs.
    ///   - step: the step; nil for the last one that each run recorded of each layer. What was not recorded at it
    ///     is left out.
    ///   - body: takes what a run measured at a layer.
    /// - Throws: ``SQLiteError``, and what `body` throws.
    public func forEachGroupedVariance(
        matching filter: Filter,
        step: Int64?,
        _ body: (GroupedValue) throws -> Void
    ) throws {
        let statement = try FilterSQL(filter, parameters: 1)
            .statement(PackageResources.variancesOfGroup_sql, on: connection, step)
        while try statement.step() { try body(statement.row(as: GroupedValue.init)) }
    }

    /// Hands over the values of the metrics of the finished runs that a filter finds, one at a time; of several values of a
    /// metric at one step the last one comes last.
    ///
    /// - Parameters:
    ///   - filter: which runs.
    ///   - step: the step; nil for the last value of each metric. What was not recorded at it is left out.
    ///   - body: takes a value of a metric.
    /// - Throws: ``SQLiteError``, and what `body` throws.
    public func forEachGroupedMetric(
        matching filter: Filter,
        step: Int64?,
        _ body: (GroupedValue) throws -> Void
    ) throws {
        let statement =
            if let step {
                try FilterSQL(filter, parameters: 1)
                    .statement(PackageResources.metricsOfGroup_sql, on: connection, step)
            } else {
                try FilterSQL(filter, parameters: 0)
                    .statement(PackageResources.lastMetricsOfGroup_sql, on: connection)
            }
        while try statement.step() { try body(statement.row(as: GroupedValue.init)) }
    }

    /// The name of a metric, by its key in the store.
    ///
    /// - Throws: ``SQLiteError``.
    public func metricName(_ key: Int64) throws(SQLiteError) -> String? {
        let statement = try connection.prepare(PackageResources.findMetricKeyText_sql)
        try statement.bind(key)
        return try statement.first { (name: String) in name }
    }

    /// The place that a key of a layer means.
    public func layerPlace(_ key: Int64) throws(SQLiteError) -> LayerPlace? {
        let statement = try connection.prepare(PackageResources.findLayerPlace_sql)
        try statement.bind(key)
        return try statement.first(as: LayerPlace.init)
    }

    /// The first step that two runs both recorded at or after a given one; nil where there is none.
    ///
    /// Seeks from step to step, on the one run and the other in turn.
    public func commonStep(of a: Int64, and b: Int64, from start: Int64 = .min) throws(SQLiteError) -> Int64? {
        let next = try connection.prepare(PackageResources.nextStep_sql)
        func step(of run: Int64, from step: Int64) throws(SQLiteError) -> Int64? {
            try next.bind(run, step)
            return try next.first { (step: Int64?) in step } ?? nil
        }
        var candidate = start
        while let first = try step(of: a, from: candidate), let second = try step(of: b, from: first) {
            if first == second { return first }
            candidate = second
        }
        return nil
    }
}
