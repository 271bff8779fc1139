import Analysis
import Questions
import Storage

/// A history as rows, for people with a chart below.
struct HistoryReport {
    let output: Output
    let store: Store

    /// Writes a row for each run.
    ///
    /// - Returns: how many runs there were.
    func write(_ history: History) throws -> Int {
        // Two columns less rather than a number that is cut.
        let isNarrow = output.format == .table && (Output.width ?? .max) < 110
        let columns =
            output.isForPeople
            ? [
                "run", "architecture", "seed", "started", "step", Self.value(history.quantity), "change", "band",
                "mark",
            ]
            .filter { !isNarrow || ($0 != "started" && $0 != "step") } : History.Entry.keys(of: history.quantity)
        let heading = history.quantity == nil ? nil : history.heading
        return try write(heading, history.quantity, columns, "run", { $0.run.run }) { body in
            try history.forEachEntry(in: store, body)
        } cells: {
            $0.cells(isNarrow: isNarrow)
        }
    }

    /// Writes a row for each step of one run.
    func write(_ history: StepHistory) throws {
        let columns =
            output.isForPeople
            ? ["step", Self.value(history.quantity), "change"] : History.Entry.keys(of: history.quantity)
        _ = try write(history.heading, history.quantity, columns, "step", { $0.run.step }) { body in
            try history.forEachEntry(in: store, body)
        } cells: {
            [.integer($0.run.step), .real($0.value), Cell($0.change)]
        }
    }

    /// Writes a row for each group of runs.
    func write(_ groups: HistoryGroups, of history: History) throws {
        let hidden = output.isForPeople ? ["layer", "name", "metric", "median"] : []
        let keys = groups.keys(of: history.quantity).filter { !hidden.contains($0) }
        if output.format == .table, history.quantity != nil { try output.line(escaped(history.heading)) }
        try output.list(keys) { rows in
            for group in groups.groups {
                let record = groups.record(of: group)
                try rows.append(
                    record.json,
                    keys.map { key in
                        record[key] == .null && output.isForPeople && key == "group"
                            ? .text("(none)") : Cell(record[key])
                    }
                )
            }
        }
    }

    /// The title of the column of values.
    private static func value(_ quantity: Quantity?) -> String {
        switch quantity {
        case .metric: "value"
        case .layer(_, let measure): measure.noun
        case nil: "variance"
        }
    }

    private func write(
        _ heading: String?,
        _ quantity: Quantity?,
        _ columns: [String],
        _ axis: String,
        _ place: @escaping (History.Entry) -> Int64,
        forEachEntry: ((History.Entry) throws -> Void) throws -> Void,
        cells: @escaping (History.Entry) -> [Cell]
    ) throws -> Int {
        var chart = HistoryChart()
        var ends: (first: Int64, last: Int64)?
        var count = 0
        let all = [Column](History.Entry.keys(of: quantity))
        if output.format == .table, let heading { try output.line(escaped(heading)) }
        try output.list(columns) { rows in
            try forEachEntry { entry in
                count += 1
                ends = (ends?.first ?? place(entry), place(entry))
                guard output.isForPeople else { return try rows.append(entry.record, all) }
                try rows.append(.null, cells(entry))
                guard output.format == .table else { return }
                chart.add(entry.value, at: axis == "run" ? count : Int(place(entry)), series: entry.run.architecture)
            }
        }
        try chart.write(to: output, from: "\(axis) \(ends?.first ?? 0)", to: "\(axis) \(ends?.last ?? 0)")
        return count
    }
}

extension History.Entry {
    /// So many that the value and its band can be told apart, five at least.
    private var digits: Int {
        // Nine tell any two values of float32 apart.
        if differsFrom != nil { return 9 }
        guard let band, value.isFinite else { return 5 }
        let ordered = [band.low, value, band.high].sorted()
        // As a rule they lie further apart than two numbers of five digits that read the same.
        if zip(ordered, ordered.dropFirst()).allSatisfy({ $1 - $0 > 1e-4 * max(abs($0), abs($1)) }) { return 5 }
        let values = Set(ordered)
        return (5..<17).first { digits in Set(values.map { rounded($0, digits: digits) }).count == values.count } ?? 17
    }

    /// The row for people.
    fileprivate func cells(isNarrow: Bool) -> [Cell] {
        let digits = digits
        return [
            .integer(run.run), Cell(run.architecture), Cell(run.seed),
        ] + (isNarrow ? [] : [.minute(run.started), .integer(run.step)]) + [
            .real(value, digits: digits), Cell(change),
            band.map { .figures(rounded($0.low, digits: digits) + " … " + rounded($0.high, digits: digits)) }
                ?? .missing,
            Cell(mark),
        ]
    }
}
