public import Storage

/// What a sweep would execute, found out without changing a store.
public struct SweepPlan {
    public let grid: Grid
    /// The configurations of the grid by their short names.
    public let labels: [String]
    /// How many steps the runs of each configuration take.
    private let steps: [Int]
    /// What is to be found in the store; nil where it has no run on the dataset.
    private let known: (runs: KnownRuns, wanted: [WantedRun])?

    /// Prepares a plan.
    ///
    /// - Parameters:
    ///   - grid: the runs.
    ///   - source: where their data come from.
    ///   - start: what they start from instead of drawing their own weights.
    ///   - weights: the weights to keep.
    ///   - measures: what to record.
    ///   - store: where runs may be; nil where there is none yet.
    /// - Throws: ``ConfigurationError``; ``DataError`` when the weights do not fit; `StoreError`; `SQLiteError`.
    public init(
        _ grid: Grid,
        on source: DatasetSource,
        from start: StartingWeights?,
        keeping weights: WeightStages,
        recording measures: Set<Measure>,
        in store: Store?
    ) throws {
        let stored = try store.flatMap { try source.stored(in: $0) }
        let content = try stored?.content ?? source.content()
        var grid = grid
        if let stored, let start {
            var experiment = Experiment(on: stored)
            grid = grid.with(try experiment.start(grid.configurations, from: start))
        }
        self.grid = grid
        labels = ConfigurationLabels(grid.configurations).all
        steps = try grid.configurations.map { try $0.steps(on: content) }
        let stages = start == nil ? weights : weights.union(.initial)
        known = try store.flatMap { store in
            try stored.map { stored in
                let wanted = grid.configurations.map {
                    WantedRun($0, on: stored.record, keeping: stages, recording: measures)
                }
                return (try KnownRuns(store), wanted)
            }
        }
    }

    /// Whether the run of a point need not be executed again.
    ///
    /// - Throws: `SQLiteError`.
    public func isThere(_ point: Grid.Point) throws -> Bool {
        guard let known else { return false }
        var run = known.wanted[point.configuration]
        run.seed = Int64(point.seed)
        if case .finished? = try known.runs.find(run) { return true }
        return false
    }

    /// How many runs of each configuration need not be executed again.
    ///
    /// - Throws: `SQLiteError`.
    public func countThere() throws -> [Int] {
        var counts = grid.configurations.map { _ in 0 }
        for point in grid where try isThere(point) { counts[point.configuration] += 1 }
        return counts
    }

    /// A run as people call it: `plain seed 7`.
    public func name(of point: Grid.Point) -> String { "\(labels[point.configuration]) seed \(point.seed)" }

    /// A run with the keys that scripts see: `params`, `seed`.
    public func json(of point: Grid.Point) -> JSON {
        ["params": grid.configurations[point.configuration].json, "seed": .integer(Int64(point.seed))]
    }

    /// The runs of each configuration with the keys that scripts see, and the settings as people read them.
    ///
    /// - Parameter there: how many of each need not be executed again.
    /// - Returns: one for each configuration.
    public func kinds(_ there: [Int]) -> [(members: [JSON.Member], settings: String)] {
        zip(grid.configurations, grid.counts).enumerated().map { index, kind in
            let members = [
                JSON.Member("params", kind.0.json), JSON.Member("runs", .integer(Int64(kind.1))),
                JSON.Member("skipped", .integer(Int64(there[index]))),
                JSON.Member("steps", .integer(Int64(steps[index]))),
            ]
            return (members, kind.0.parameters.dropFirst().map { "\($0.key)=\($0.value)" }.joined(separator: " "))
        }
    }
}
