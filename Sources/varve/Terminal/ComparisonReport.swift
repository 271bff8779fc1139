import Analysis
import Questions
import Storage

/// A comparison as JSON, as rows of CSV, and as a table with sentences around it.
struct ComparisonReport {
    let comparison: Questions.Comparison

    func write(to output: Output, notice: (String) -> Void) throws {
        switch output.format {
        case .json: try output.line(comparison.record.json.text)
        case .csv:
            let rows = comparison.layers.map { Record($0.record.flattened) }
            let columns = [Column](rows.first?.members.map(\.key) ?? [])
            var table = Table(columns.titles)
            table.rows = rows.map(columns.cells)
            try output.emit(table)
            for note in comparison.notes { notice(note) }
        case .table, .markdown: try writeForPeople(to: output)
        }
        try output.finish()
    }

    private func writeForPeople(to output: Output) throws {
        try output.line(escaped(comparison.headline))
        try output.write(nil, [comparison.method, comparison.equality])
        try output.line()
        try output.emit(table(isNarrow: output.format == .table && Output.textWidth < 95))
        try output.write("Growth across depth:", comparison.growthLines)
        try output.write("Layers:", comparison.findings)
        try output.write("Notes:", comparison.notes)
    }

    /// Fits into 100 columns; into 80 without the effect, and with a digit less in small ratios.
    private func table(isNarrow: Bool) -> Table {
        var table = Table(["layer", "A", "B", "B/A", "95 % interval", "p (Holm)"] + (isNarrow ? [] : ["effect"]))
        func told(_ value: Double) -> String { formatted(isNarrow && value < 0.1 ? "%.3g" : "%.4g", value) }
        for layer in comparison.layers {
            let contrast = layer.contrast
            var cells: [Cell] = [
                .text(name(of: layer)),
                Self.cell(layer.a.summary),
                Self.cell(layer.b.summary),
                .figures(contrast?.estimate.map(told) ?? ""),
                .figures(contrast?.interval.map { told($0.low) + " … " + told($0.high) } ?? ""),
                .figures(contrast?.isIdentical == true ? "identical" : contrast?.adjustedP.map(Self.told) ?? ""),
            ]
            if !isNarrow { cells.append(.figures(contrast?.effect.map { formatted("%.3g", $0.value) } ?? "")) }
            table.rows.append(cells)
        }
        return table
    }

    /// The short name, with the measure where the layer was measured in several ways.
    private func name(of layer: Questions.Comparison.Layer) -> String {
        let name = layer.place.shortName
        let isAlone = comparison.layers.count { $0.place.shortName == name } == 1
        return isAlone ? name : "\(name) (\(layer.place.measure))"
    }

    private static func cell(_ summary: Summary) -> Cell {
        guard let mean = summary.mean else { return summary.nonFinite > 0 ? .figures("not finite") : .missing }
        guard let deviation = summary.standardDeviation else { return .figures(rounded(mean)) }
        let text = rounded(mean, deviation: deviation)
        // Values that hardly vary would show all the places they have in common.
        return .figures(text.count <= 13 ? text : formatted("%.4g", mean) + " ± " + formatted("%.2g", deviation))
    }

    private static func told(_ p: Double) -> String { p < 0.0001 ? "< 0.0001" : formatted("%.4f", p) }
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
        for sentence in sentences {
            guard format == .table else {
                try line("- " + escaped(sentence))
                continue
            }
            for part in wrapped(escaped(sentence), to: Output.textWidth) { try line(part) }
        }
    }
}
