import Analysis
import Storage

/// A comparison as JSON, as rows of CSV, and as a table with sentences around it.
struct ComparisonReport {
    let comparison: RunComparison

    func write(to output: Output, notice: (String) -> Void) throws {
        switch output.format {
        case .json: try output.line(json.text)
        case .csv:
            try output.emit(exactTable)
            for note in comparison.notes { notice(note) }
        case .table, .markdown: try writeForPeople(to: output)
        }
        try output.finish()
    }

    private func writeForPeople(to output: Output) throws {
        // A list in Markdown, whose lines would run together otherwise.
        let bullet = output.format == .markdown ? "- " : ""
        func write(_ title: String?, _ lines: [String]) throws {
            guard !lines.isEmpty else { return }
            try output.line()
            if let title {
                try output.line(title)
                if output.format == .markdown { try output.line() }
            }
            for line in lines {
                guard output.format == .table else {
                    try output.line(bullet + escaped(line))
                    continue
                }
                for part in wrapped(escaped(line), to: Output.textWidth) { try output.line(part) }
            }
        }
        try output.line(escaped(comparison.headline))
        try write(nil, [comparison.method, comparison.equality])
        try output.line()
        try output.emit(table(isNarrow: output.format == .table && Output.textWidth < 95))
        try write("Growth across depth:", comparison.growthLines)
        try write("Layers:", comparison.findings)
        try write("Notes:", comparison.notes)
    }

    /// Fits into 100 columns; into 80 without the effect, and with a digit less in small ratios.
    private func table(isNarrow: Bool) -> Table {
        var table = Table(["layer", "A", "B", "B/A", "95 % interval", "p (Holm)"] + (isNarrow ? [] : ["effect"]))
        func told(_ value: Double) -> String { formatted(isNarrow && value < 0.1 ? "%.3g" : "%.4g", value) }
        for layer in comparison.layers {
            let comparison = layer.comparison
            var cells: [Cell] = [
                .text(name(of: layer)),
                Self.cell(layer.a),
                Self.cell(layer.b),
                .figures(comparison?.ratio.map(told) ?? ""),
                .figures(comparison?.interval.map { told($0.low) + " … " + told($0.high) } ?? ""),
                .figures(comparison?.isIdentical == true ? "identical" : comparison?.adjustedP.map(Self.told) ?? ""),
            ]
            if !isNarrow { cells.append(.figures(comparison?.effectSize.map { formatted("%.3g", $0) } ?? "")) }
            table.rows.append(cells)
        }
        return table
    }

    /// The short name, with the measure where the layer was measured in several ways.
    private func name(of layer: RunComparison.Layer) -> String {
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

    /// Every figure, a row for each layer.
    private var exactTable: Table {
        let figures = ["n", "mean", "sd", "median", "min", "max", "non_finite", "non_positive"]
        var table = Table(
            ["layer", "name", "position", "after_norm", "measure"]
                + ["a_", "b_"].flatMap { side in figures.map { side + $0 } }
                + ["ratio", "ratio_low", "ratio_high", "p", "p_holm", "effect_size", "identical"]
        )
        func real(_ value: Double?) -> Cell { value.map { .precise($0) } ?? .missing }
        func cells(_ summary: Summary) -> [Cell] {
            [.integer(Int64(summary.count))]
                + [summary.mean, summary.standardDeviation, summary.median, summary.minimum, summary.maximum].map(real)
                + [.integer(Int64(summary.nonFinite)), .integer(Int64(summary.nonPositive))]
        }
        for layer in comparison.layers {
            let comparison = layer.comparison
            let isBehindNorm = layer.isBehindNorm.a || layer.isBehindNorm.b
            table.rows.append(
                [
                    .text(layer.place.name), .text(layer.place.shortName), .integer(Int64(layer.place.position)),
                    .integer(isBehindNorm ? 1 : 0), .text(layer.place.measure),
                ] + cells(layer.a) + cells(layer.b)
                    + [
                        comparison?.ratio, comparison?.interval?.low, comparison?.interval?.high, comparison?.p,
                        comparison?.adjustedP, comparison?.effectSize,
                    ].map(real) + [comparison.map { .integer($0.isIdentical ? 1 : 0) } ?? .missing]
            )
        }
        return table
    }

    private var json: JSON {
        let pairing = comparison.pairing
        func integers(_ values: [Int64]) -> JSON { .array(values.map { .integer($0) }) }
        func side(_ side: ComparisonSide) -> JSON {
            ["label": .string(side.label), "runs": integers(side.runs.map(\.number).sorted())]
        }
        return [
            "a": side(comparison.a),
            "b": side(comparison.b),
            "step": comparison.step.map { .integer($0) } ?? "final",
            "paired": .bool(pairing.isPaired),
            "seeds": integers(pairing.seeds),
            "unpaired_seeds": ["a": integers(pairing.onlyA), "b": integers(pairing.onlyB)],
            "differs": .array(comparison.differs.map { .string($0) }),
            "equal": [
                "dataset": JSON(comparison.equal.dataset),
                "initial_weights": JSON(comparison.equal.initialWeights),
                "batch_order": JSON(comparison.equal.batchOrder),
            ],
            "layers": .array(comparison.layers.map { JSON($0) }),
            "growth": ["a": JSON(comparison.growth.a), "b": JSON(comparison.growth.b)],
            "notes": .array(comparison.notes.map { .string($0) }),
        ]
    }
}

extension JSON {
    fileprivate init(_ value: Bool?) { self = value.map { .bool($0) } ?? .null }

    fileprivate init(_ summary: Summary) {
        self = [
            "n": .integer(Int64(summary.count)),
            "mean": JSON(summary.mean),
            "sd": JSON(summary.standardDeviation),
            "median": JSON(summary.median),
            "min": JSON(summary.minimum),
            "max": JSON(summary.maximum),
            "non_finite": .integer(Int64(summary.nonFinite)),
            "non_positive": .integer(Int64(summary.nonPositive)),
        ]
    }

    fileprivate init(_ layer: RunComparison.Layer) {
        let comparison = layer.comparison
        self = [
            "layer": .string(layer.place.name),
            "name": .string(layer.place.shortName),
            "position": .integer(Int64(layer.place.position)),
            "after_norm": .bool(layer.isBehindNorm.a || layer.isBehindNorm.b),
            "measure": .string(layer.place.measure),
            "a": JSON(layer.a),
            "b": JSON(layer.b),
            "ratio": JSON(comparison?.ratio),
            "ratio_low": JSON(comparison?.interval?.low),
            "ratio_high": JSON(comparison?.interval?.high),
            "p": JSON(comparison?.p),
            "p_holm": JSON(comparison?.adjustedP),
            "effect_size": JSON(comparison?.effectSize),
            "identical": JSON(comparison?.isIdentical),
        ]
    }

    fileprivate init(_ growing: RunComparison.Growing?) {
        guard let growing else {
            self = .null
            return
        }
        let growth = growing.growth
        self = [
            "layers": .array(growing.layers.map { .string($0) }),
            "factor": .real(growth.factor),
            "factor_low": .real(growth.factorInterval.low),
            "factor_high": .real(growth.factorInterval.high),
            "increment": .real(growth.increment),
            "increment_low": .real(growth.incrementInterval.low),
            "increment_high": .real(growth.incrementInterval.high),
            "model": .string(growth.model.rawValue),
        ]
    }
}
