import Analysis
import Questions
import Storage

/// A comparison as JSON, as rows of CSV, and as tables with sentences around them.
struct ComparisonReport {
    let comparison: Comparison

    func write(to output: Output, notice: (String) -> Void) throws {
        switch output.format {
        case .json: try output.line(comparison.record.json.text)
        case .csv:
            let rows = comparison.rows
            let columns = [Column](rows.first?.members.map(\.key) ?? [])
            var table = Table(columns.titles)
            table.rows = rows.map(columns.cells)
            try output.emit(table)
            for note in comparison.pairs.flatMap(\.notes) + comparison.sharedNotes { notice(note) }
        case .table, .markdown:
            for (index, pair) in comparison.pairs.enumerated() {
                if index > 0 { try output.line() }
                try write(pair, to: output)
            }
            try output.write("Notes:", comparison.notes)
        }
        try output.finish()
    }

    private func write(_ pair: ComparedPair, to output: Output) throws {
        try output.sentence(pair.headline)
        try output.write(nil, [pair.method, pair.equality, pair.legend])
        let isNarrow = output.format == .table && Output.textWidth < 95
        for (title, rows) in [("layer", pair.layers), ("metric", pair.metrics)] where !rows.isEmpty {
            try output.line()
            try output.emit(table(title, rows, pair, isNarrow))
        }
        try output.write("Growth across depth:", pair.growthLines)
        try output.write("Differences:", pair.findings)
        if comparison.pairs.count > 1 { try output.write("Notes on \(pair.a.name) and \(pair.b.name):", pair.notes) }
    }

    /// Fits into 100 columns; into 80 without the effect, and with a digit less in small ratios.
    private func table(_ title: String, _ rows: [ComparedPair.Row], _ pair: ComparedPair, _ isNarrow: Bool) -> Table {
        let (a, b) = (pair.a.name, pair.b.name)
        let isRatio = rows.allSatisfy { $0.scale == .ratio }
        let columns = [title, a, b, isRatio ? "\(b)/\(a)" : "\(b) − \(a)", "95 % interval", "p (Holm)"]
        var table = Table(columns + (isNarrow ? [] : ["effect"]))
        func text(_ value: Double) -> String { formatted(isNarrow && abs(value) < 0.1 ? "%.3g" : "%.4g", value) }
        for row in rows {
            let contrast = row.contrast
            var cells: [Cell] = [
                .text(pair.title(of: row)),
                Self.cell(row.a.summary, of: pair.a.count, isNarrow),
                Self.cell(row.b.summary, of: pair.b.count, isNarrow),
                .figures(contrast?.estimate.map(text) ?? ""),
                .figures(contrast?.interval.map { text($0.low) + " … " + text($0.high) } ?? ""),
                .figures(contrast?.isIdentical == true ? "identical" : contrast?.adjustedP.map(Self.text) ?? ""),
            ]
            if !isNarrow { cells.append(.figures(contrast?.effect.map { formatted("%.3g", $0.value) } ?? "")) }
            table.rows.append(cells)
        }
        return table
    }

    /// Mean and standard deviation, with the number of values where it is not that of the side's runs.
    private static func cell(_ summary: Summary, of runs: Int, _ isNarrow: Bool) -> Cell {
        guard let mean = summary.mean else { return summary.nonFinite > 0 ? .figures("not finite") : .missing }
        let count = summary.count == runs ? "" : " (\(summary.count))"
        guard let deviation = summary.standardDeviation else { return .figures(rounded(mean) + count) }
        let text = rounded(mean, deviation: deviation)
        if text.count <= 13 { return .figures(text + count) }
        // Values that hardly vary would show all the places they have in common.
        let (places, digits) = isNarrow ? ("%.3g", "%.1g") : ("%.4g", "%.2g")
        return .figures(formatted(places, mean) + " ± " + formatted(digits, deviation) + count)
    }

    private static func text(_ p: Double) -> String { p < 0.0001 ? "< 0.0001" : formatted("%.4f", p) }
}

extension Output {
    /// Writes sentences under a title: wrapped on a terminal, as a list in Markdown, whose lines would run together.
    func write(_ title: String?, _ sentences: [String]) throws {
        guard !sentences.isEmpty else { return }
        try line()
        if let title {
            try line(title)
            if format == .markdown { try line() }
        }
        for text in sentences { try sentence(format == .table ? text : "- " + text) }
    }

    /// Writes a sentence, wrapped on a terminal.
    func sentence(_ text: String) throws {
        let text = escaped(text)
        for part in format == .table ? wrapped(text, to: Output.textWidth) : [text] { try line(part) }
    }
}
