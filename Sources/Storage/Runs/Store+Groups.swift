/// A finished run on one side of a comparison, with what decides whether it can stand beside others.
public struct GroupedRun: Sendable, Equatable {
    public let number: Int64
    public let architecture: String?
    public let seed: Int64?
    /// The greatest recorded step.
    public let lastStep: Int64?
    /// The key of the dataset.
    public let dataset: Int64?
    /// Equal for runs of equal configuration: its digest, or architecture and params of a run logged by another program.
    public let configuration: String
    public let initialWeightsDigest: String?
    public let batchOrderDigest: String?
    /// The order of floating-point operations it was computed by; nil for a run of another program.
    public let numerics: Int64?
}

extension Store {
    /// The finished runs that a filter finds, newest first; deleted ones never take part.
    ///
    /// - Throws: ``SQLiteError``.
    public func finishedRuns(matching filter: Filter) throws(SQLiteError) -> [GroupedRun] {
        let compiled = FilterSQL(filter, dead: try deadRuns(), parameters: 0)
        let statement = try connection.prepare(compiled.completed(PackageResources.runsOfGroup_sql))
        for (index, value) in compiled.values.enumerated() { try statement.bind(value, at: index) }
        return try statement.rows(as: GroupedRun.init)
    }

    /// Hands over the variances of the finished runs that a filter finds, one at a time and in no order.
    ///
    /// One statement for all of them: it reads the rows of one step of each run, however many steps there are.
    ///
    /// - Parameters:
    ///   - filter: which runs.
    ///   - step: the step; nil for the last one that each run recorded of each layer. What was not recorded at it
    ///     is left out.
    ///   - body: takes the run's number, the key of the layer, and the variance.
    /// - Throws: ``SQLiteError``, and what `body` throws.
    public func forEachGroupedVariance(
        matching filter: Filter,
        step: Int64?,
        _ body: (Int64, Int64, Double) throws -> Void
    ) throws {
        let compiled = FilterSQL(filter, dead: try deadRuns(), parameters: 1)
        let statement = try connection.prepare(compiled.completed(PackageResources.variancesOfGroup_sql))
        try statement.bind(step)
        for (index, value) in compiled.values.enumerated() { try statement.bind(value, at: 1 + index) }
        while try statement.step() {
            try body(statement.column(0), statement.column(1), statement.real(2))
        }
    }

    /// The place that a key of a layer stands for.
    public func layerPlace(_ key: Int64) throws(SQLiteError) -> LayerPlace? {
        let statement = try connection.prepare(PackageResources.findLayerPlace_sql)
        try statement.bind(key)
        return try statement.first {
            (name: String, shortName: String, position: Int, measure: String, afterNorm: Bool) in
            LayerPlace(
                name: name,
                shortName: shortName,
                position: position,
                measure: measure,
                afterNorm: afterNorm
            )
        }
    }

    /// The first step that two runs both recorded at or behind a given one; nil where there is none.
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
