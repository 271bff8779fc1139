import Analysis
import Storage

/// The variance of one layer through the steps of one run.
struct StepHistory {
    private let run: Run
    private let store: Store
    private let layer: NamedLayer
    private let limit: Int?

    /// Finds the layer; without a name the last one of the run.
    ///
    /// - Throws: `StoreError` for a layer that is not there, and for a run that has measured none.
    init(_ run: Run, layer name: String?, limit: Int?, in store: Store) throws {
        self.run = run
        self.store = store
        self.limit = limit
        guard let name = try name ?? RunDetails(store).variances(of: run).last?.layer else {
            throw CommandError(.missing, "run \(run.number) has recorded no variances")
        }
        layer = try HistoryQuestion.layer(name, among: store.layers(), store)
    }

    /// Writes a row for each step; for people with a chart below.
    func write(to output: Output) throws {
        let columns = output.isForPeople ? ["step", "variance", "change"] : HistoryRow.columns
        var chart = HistoryChart()
        var (first, last) = (Int64(0), Int64(0))
        var count = 0
        if output.format == .table {
            try output.line(
                escaped(
                    "\(layer.name) (\(layer.shortName)): variance in run \(run.number), by step"
                )
            )
        }
        try output.list(columns) { rows in
            try forEachEntry { entry in
                let row = HistoryRow(entry, name: layer.places.first { $0.id == entry.variance.layer }?.place)
                let step = entry.variance.step
                try rows.append(
                    row.json,
                    output.isForPeople ? [.integer(step), .real(entry.value), Cell(entry.change)] : row.cells
                )
                if count == 0 { first = step }
                last = step
                count += 1
                if output.format == .table { chart.add(entry.value, at: Int(step), series: run.architecture) }
            }
        }
        try chart.write(to: output, from: "step \(first)", to: "step \(last)")
    }

    private func forEachEntry(_ body: (RunHistory.Entry) throws -> Void) throws {
        let keys = Set(layer.places.map(\.id))
        var kept = Tail<RunHistory.Entry>(limit)
        var last: Double?
        try store.forEachStep(of: run.number) { step, key, variance in
            guard keys.contains(key) else { return }
            let value = variance
            let entry = RunHistory.Entry(
                variance: RunVariance(run, step: step, layer: key, variance: variance),
                value: value,
                change: last.map { value - $0 },
                band: nil,
                differsFrom: nil,
                isOutside: nil
            )
            last = value
            if limit == nil { try body(entry) } else { kept.append(entry) }
        }
        for entry in kept.elements { try body(entry) }
    }
}
