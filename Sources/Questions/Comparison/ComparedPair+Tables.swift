import Analysis
import Storage

extension Comparison {
    /// All rows of all pairs as one table, for programs.
    public var table: Table {
        let rows = rows
        return Table([Column](rows.first?.members.map(\.key) ?? []), rows)
    }
}

extension ComparedPair {
    /// The layers and the metrics, each as a table; what there is nothing of has none.
    ///
    /// - Parameter isNarrow: whether it has to fit into 80 columns, without the effect and with a digit less in small
    ///   ratios, and not into 100.
    /// - Returns: the tables.
    public func tables(isNarrow: Bool) -> [Table] {
        [("layer", layers), ("metric", metrics)].filter { !$1.isEmpty }.map { table($0, $1, isNarrow) }
    }

    private func table(_ title: String, _ rows: [Row], _ isNarrow: Bool) -> Table {
        let isRatio = rows.allSatisfy { $0.scale == .ratio }
        let contrast = isRatio ? "\(b.name)/\(a.name)" : "\(b.name) − \(a.name)"
        let columns = [title, a.name, b.name, contrast, "95 % interval", "p (Holm)"]
        func text(_ value: Double) -> String { formatted(isNarrow && abs(value) < 0.1 ? "%.3g" : "%.4g", value) }
        return Table(
            columns + (isNarrow ? [] : ["effect"]),
            rows: rows.map { row in
                let contrast = row.contrast
                let p = contrast?.adjustedP.map { $0 < 0.0001 ? "< 0.0001" : formatted("%.4f", $0) }
                return [
                    .text(self.title(of: row)),
                    Self.cell(row.a.summary, of: a.count, isNarrow), Self.cell(row.b.summary, of: b.count, isNarrow),
                    .figures(contrast?.estimate.map(text) ?? ""),
                    .figures(contrast?.interval.map { text($0.low) + " … " + text($0.high) } ?? ""),
                    .figures(contrast?.isIdentical == true ? "identical" : p ?? ""),
                ] + (isNarrow ? [] : [.figures(contrast?.effect.map { formatted("%.3g", $0.value) } ?? "")])
            }
        )
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
}
