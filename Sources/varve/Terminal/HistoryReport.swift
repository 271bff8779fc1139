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
            ? ["run", "architecture", "seed", "started", "step", "variance", "change", "band", "mark"].filter {
                !isNarrow || ($0 != "started" && $0 != "step")
            } : History.Entry.keys
        return try write(history.layer == nil ? nil : history.heading, columns, "run", { $0.run.run }) { body in
            try history.forEachEntry(in: store, body)
        } cells: {
            $0.cells(isNarrow: isNarrow)
        }
    }

    /// Writes a row for each step of one run.
    func write(_ history: StepHistory) throws {
        let columns = output.isForPeople ? ["step", "variance", "change"] : History.Entry.keys
        _ = try write(history.heading, columns, "step", { $0.run.step }) { body in
            try history.forEachEntry(in: store, body)
        } cells: {
            [.integer($0.run.step), .real($0.value), Cell($0.change)]
        }
    }

    /// Writes a row for each group of runs.
    func write(_ groups: [HistoryGroup], of history: History) throws {
        let hidden = output.isForPeople ? ["layer", "name", "median"] : []
        let columns = HistoryGroup.keys.filter { !hidden.contains($0) }.map { key in
            guard key == "group", output.isForPeople else { return Column(key) }
            return Column(title: key) { $0[key] == .null ? .text("(none)") : Cell($0[key]) }
        }
        if output.format == .table, history.layer != nil { try output.line(escaped(history.heading)) }
        try output.emit(groups, columns)
    }

    private func write(
        _ heading: String?,
        _ columns: [String],
        _ axis: String,
        _ place: @escaping (History.Entry) -> Int64,
        forEachEntry: ((History.Entry) throws -> Void) throws -> Void,
        cells: @escaping (History.Entry) -> [Cell]
    ) throws -> Int {
        var chart = HistoryChart()
        var ends: (first: Int64, last: Int64)?
        var count = 0
        let all = [Column](History.Entry.keys)
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
