import Analysis
import Storage

extension HistoryQuestion {
    /// Writes a row for each run; for people with a chart below.
    ///
    /// - Returns: how many runs there were.
    func writeRuns(from store: Store, to output: Output) throws -> Int {
        // Rather two columns less than a number that is cut.
        let isNarrow = output.format == .table && (Output.width ?? .max) < 110
        let columns =
            output.isForPeople
            ? ["run", "architecture", "seed", "started", "step", "variance", "change", "band", "mark"].filter {
                !isNarrow || ($0 != "started" && $0 != "step")
            } : HistoryRow.columns
        var count = 0
        var chart = HistoryChart()
        var (first, last) = (Int64(0), Int64(0))
        // As a rule the name stands for one measure; only where it does not, the runs have to be looked at first.
        if Set(layer?.places.map(\.place.measure) ?? []).count > 1 {
            var entries: [RunHistory.Entry] = []
            try forEachEntry(in: store) { entries.append($0) }
            try measure(of: entries)
        }
        if let layer, output.format == .table { try output.line(heading(layer)) }
        try output.list(columns) { rows in
            try forEachEntry(in: store) { entry in
                count += 1
                if count == 1 { first = entry.variance.run }
                last = entry.variance.run
                let row = HistoryRow(entry, name: name(of: entry))
                try rows.append(row.json, output.isForPeople ? entry.cells(isNarrow: isNarrow) : row.cells)
                if output.format == .table { chart.add(entry.value, at: count, series: entry.variance.architecture) }
            }
        }
        try chart.write(to: output, from: "run \(first)", to: "run \(last)")
        return count
    }

    /// Writes a row for each group of runs.
    ///
    /// - Returns: how many groups there were.
    func writeGroups(by grouping: RunGrouping, from store: Store, to output: Output) throws -> Int {
        var groups: [(value: SQLValue, entries: [RunHistory.Entry])] = []
        var numbers: [String: Int] = [:]
        try forEachEntry(in: store, groupedBy: grouping) { entry in
            let value = entry.variance.group
            let number = numbers["\(value)"] ?? groups.count
            if number == groups.count {
                numbers["\(value)"] = number
                groups.append((value, []))
            }
            groups[number].entries.append(entry)
        }
        try measure(of: groups.flatMap(\.entries))
        if let layer, output.format == .table { try output.line(heading(layer)) }
        let columns = [
            "group", "layer", "name", "n", "mean", "sd", "median", "min", "max", "non_finite", "first_run", "last_run",
        ]
        let hidden = output.isForPeople ? ["layer", "name", "median"] : []
        let shown = columns.indices.filter { !hidden.contains(columns[$0]) }
        try output.list(shown.map { columns[$0] }) { rows in
            for group in groups {
                let summary = Summary(group.entries.map(\.value))
                let isUnknown = group.value == .null
                let cells: [(JSON, Cell)] = [
                    (JSON(group.value), isUnknown && output.isForPeople ? .text("(none)") : Cell(group.value)),
                    (JSON(layer?.name), Cell(layer?.name)), (JSON(layer?.shortName), Cell(layer?.shortName)),
                    (.integer(Int64(summary.count)), .integer(Int64(summary.count))),
                    (JSON(summary.mean), Cell(summary.mean)),
                    (JSON(summary.standardDeviation), Cell(summary.standardDeviation)),
                    (JSON(summary.median), Cell(summary.median)), (JSON(summary.minimum), Cell(summary.minimum)),
                    (JSON(summary.maximum), Cell(summary.maximum)),
                    (.integer(Int64(summary.nonFinite)), .integer(Int64(summary.nonFinite))),
                    (JSON(group.entries.first?.variance.run), Cell(group.entries.first?.variance.run)),
                    (JSON(group.entries.last?.variance.run), Cell(group.entries.last?.variance.run)),
                ]
                try rows.append(
                    .object(zip(columns, cells).map { JSON.Member($0, $1.0) }),
                    shown.map { cells[$0].1 }
                )
            }
        }
        return groups.count
    }

    private func heading(_ layer: NamedLayer) -> String {
        escaped("\(layer.name) (\(layer.shortName)): variance at ")
            + (step.number == nil ? "each run's last step" : step.text)
    }

    private func name(of entry: RunHistory.Entry) -> LayerPlace? {
        layer?.places.first { $0.id == entry.variance.layer }?.place
    }
}

/// A row of `history` as scripts see it.
struct HistoryRow {
    static let columns = [
        "run", "uuid", "architecture", "seed", "started", "step", "layer", "name", "variance", "change", "band_low",
        "band_high", "outside",
    ]

    let json: JSON
    let cells: [Cell]
}

extension HistoryRow {
    init(_ entry: RunHistory.Entry, name: LayerPlace?) {
        let run = entry.variance
        json = [
            "run": .integer(run.run), "uuid": .string(run.uuid), "architecture": JSON(run.architecture),
            "seed": JSON(run.seed), "started": .integer(run.started), "step": .integer(run.step),
            "layer": JSON(name?.name), "name": JSON(name?.shortName), "variance": .real(entry.value),
            "change": JSON(entry.change), "band_low": JSON(entry.band?.low), "band_high": JSON(entry.band?.high),
            "outside": entry.isOutside.map { .bool($0) } ?? .null,
        ]
        cells = [
            .integer(run.run), .text(run.uuid), Cell(run.architecture), Cell(run.seed), .integer(run.started),
            .integer(run.step), Cell(name?.name), Cell(name?.shortName), .real(entry.value), Cell(entry.change),
            Cell(entry.band?.low), Cell(entry.band?.high), entry.isOutside.map { .integer($0 ? 1 : 0) } ?? .missing,
        ]
    }
}

extension RunHistory.Entry {
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
        let mark = differsFrom.map { "differs from run \($0)" } ?? (isOutside == true ? "outside" : "")
        return [
            .integer(variance.run), Cell(variance.architecture), Cell(variance.seed),
        ] + (isNarrow ? [] : [.minute(variance.started), .integer(variance.step)]) + [
            .real(value, digits: digits), Cell(change),
            band.map { .figures(rounded($0.low, digits: digits) + " … " + rounded($0.high, digits: digits)) }
                ?? .missing,
            mark.isEmpty ? .missing : .text(mark),
        ]
    }
}
