public import Storage

/// Some runs by their params: a row for each, with the seed, how it ended, and the first three metrics there are.
public struct ParamTable {
    public let table: Table

    /// Reads the runs.
    ///
    /// - Parameters:
    ///   - numbers: the runs.
    ///   - keys: the params to show.
    ///   - store: where they are.
    /// - Throws: `SQLiteError`.
    public init(_ numbers: some Sequence<Int64>, _ keys: [String], in store: Store) throws {
        var metrics: [String] = []
        var rows: [(cells: [Cell], metrics: [Metric])] = []
        for number in numbers {
            guard let run = try store.run(number: number) else { continue }
            let params = try store.params(of: number)
            let last = try store.lastMetrics(of: number)
            for metric in last where metrics.count < 3 && !metrics.holds(metric.key) { metrics.append(metric.key) }
            let values = keys.map { key in
                params.first { $0.key.isExactly(key) }.map { Cell.text($0.value.text) } ?? .missing
            }
            rows.append(([Cell(run.number)] + values + [Cell(run.seed), .text(run.status.rawValue)], last))
        }
        table = Table(
            ["run"] + keys + ["seed", "status"] + metrics,
            rows: rows.map { row in
                row.cells + metrics.map { key in Cell(row.metrics.first { $0.key.isExactly(key) }?.value) }
            }
        )
    }
}
