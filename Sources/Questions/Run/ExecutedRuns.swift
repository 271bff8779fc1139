public import Storage

/// What `run` answers: the runs of a sweep that came to their end, in its order.
public struct ExecutedRuns {
    private let numbers: any Sequence<Int64>
    /// The names of the kinds of run, and the digest of the configuration of each.
    private let kinds: [(name: String, digest: String)]
    private let store: Store

    /// Takes the runs of a sweep, finished or not.
    public init(_ numbers: some Sequence<Int64>, kinds: [(name: String, digest: String)], in store: Store) {
        self.numbers = numbers
        self.kinds = kinds
        self.store = store
    }

    /// Hands over those that are finished.
    ///
    /// - Throws: `SQLiteError`; what `body` throws.
    public func forEach(_ body: (Run) throws -> Void) throws {
        for number in numbers {
            if let run = try store.run(number: number), run.status == .finished { try body(run) }
        }
    }

    /// The columns of ``rows(of:)``.
    public static let columns = [Column](
        keys + ["step", "layer", "name", "position", "after_norm", "variance", "measure"]
    )

    private static let keys = ["run", "uuid", "experiment", "architecture", "seed", "status"]

    /// A record for each layer and measure of a run.
    ///
    /// - Throws: `SQLiteError`.
    public func rows(of run: Run) throws -> [Record] {
        let answer = try RunAnswer(run, store, with: .none).record
        return try values(of: run).map { layer in
            Record(Self.keys.map { JSON.Member($0, answer[$0]) } + layer.record.members)
        }
    }

    /// The variances of the runs in the notebook's wording, and where they are recorded.
    ///
    /// - Throws: `SQLiteError`.
    public func notebookLines() throws -> [String] {
        var lines: [String] = []
        var names: [String] = []
        try forEach { run in
            names.append("run \(run.number) (\(run.architecture ?? "?"))")
            for layer in try values(of: run) {
                lines.append("\(escaped(layer.layer)) \(layer.quantity)=\(formatted("%f", layer.variance))")
            }
        }
        return lines + ["Recorded in \(escaped(store.path)): \(names.joined(separator: ", "))"]
    }

    /// Mean and standard deviation of each layer, a column for each kind of run.
    ///
    /// - Throws: `SQLiteError`.
    public func summary() throws -> Table {
        let indices = Dictionary(kinds.enumerated().map { ($1.digest, $0) }, uniquingKeysWith: { first, _ in first })
        var summary = LayerSummary(kinds.map(\.name))
        try forEach { run in
            guard let kind = run.configurationDigest.flatMap({ indices[$0] }) else { return }
            summary.add(try values(of: run), to: kind)
        }
        return summary.table
    }

    /// What was measured at a run's end, measure by measure, the variance first.
    private func values(of run: Run) throws -> [LayerVariance] {
        let values = try store.measures(of: run)
        return RunField.LayerMeasure.allCases.flatMap { kind in values.filter { kind.includes($0.measure) } }
    }
}
