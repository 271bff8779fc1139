import Storage

/// What differs between two runs, as JSON, as rows of CSV, and as a table.
struct DifferenceReport {
    let difference: RunDifference

    func write(to output: Output) throws {
        switch output.format {
        case .json: try output.line(json.text)
        case .csv: try output.emit(table(showsAll: true))
        case .table, .markdown: try writeForPeople(to: output)
        }
        try output.finish()
    }

    private func writeForPeople(to output: Output) throws {
        let table = table(showsAll: false)
        if table.rows.isEmpty {
            try output.line("no param, digest or fact of the environment differs")
        } else {
            try output.emit(table)
        }
        try output.line()
        for sentence in sentences {
            guard output.format == .table else {
                try output.line(escaped(sentence))
                continue
            }
            for part in wrapped(escaped(sentence), to: Output.textWidth) { try output.line(part) }
        }
    }

    private var sections: [(name: String, facts: [RunDifference.Fact])] {
        [
            ("", difference.facts), ("params.", difference.params), ("digests.", difference.digests),
            ("environment.", difference.environment),
        ]
    }

    /// The facts side by side; for people those alone that differ.
    private func table(showsAll: Bool) -> Table {
        var table = Table(["key", "run \(difference.a.number)", "run \(difference.b.number)"])
        for (name, facts) in sections {
            for fact in facts where showsAll || fact.differs {
                table.append(.text(name + fact.key), Self.cell(fact.a, name), Self.cell(fact.b, name))
            }
        }
        guard showsAll, let parting = difference.parting else { return table }
        table.append(
            .text("variances.step \(parting.step).\(parting.place.shortName)"),
            parting.a.map { .precise($0) } ?? .missing,
            parting.b.map { .precise($0) } ?? .missing
        )
        return table
    }

    private static func cell(_ value: JSON, _ section: String) -> Cell {
        switch value {
        case .null: .missing
        case .string(let text): section == "digests." ? .digest(text) : .text(text)
        default: .text(value.text)
        }
    }

    private var sentences: [String] {
        let (a, b) = (difference.a.number, difference.b.number)
        let steps = difference.steps
        var sentences: [String] = []
        if let parting = difference.parting {
            func told(_ value: Double?) -> String { value.map { Cell.precise($0).exact } ?? "not recorded" }
            var line =
                "The variances part at step \(parting.step), \(parting.place.shortName): "
                + "\(told(parting.a)) in run \(a), \(told(parting.b)) in run \(b)"
            if let ulps = parting.ulps {
                line += ", \(counted(ulps, "ulp")) of float32"
                if let relative = parting.relative { line += ", \(formatted("%.3g", relative)) relative" }
            }
            sentences.append(line + ".")
        } else if difference.isMeasuredDifferently {
            sentences.append("The variances were measured in different ways, which are never compared.")
        } else if steps.common == 0 {
            sentences.append("The runs have no common step: no variances to compare.")
        } else {
            sentences.append("The variances are identical at \(counted(steps.common, "common step")).")
        }
        if steps.onlyA + steps.onlyB > 0 {
            sentences.append(
                "Only common steps were compared: \(counted(steps.onlyA, "step")) of run \(a) and "
                    + "\(counted(steps.onlyB, "step")) of run \(b) have no counterpart"
                    + (difference.parting == nil ? "." : " up to there.")
            )
        }
        return sentences
    }

    private var json: JSON {
        func object(_ facts: [RunDifference.Fact]) -> JSON {
            .object(facts.map { .init($0.key, ["a": $0.a, "b": $0.b]) })
        }
        func side(_ run: Run, _ value: (RunDifference.Fact) -> JSON) -> JSON {
            .object(
                [.init("run", .integer(run.number)), .init("uuid", .string(run.uuid))]
                    + difference.facts.map { .init($0.key, value($0)) }
            )
        }
        let differs = sections.flatMap { section in
            section.facts.filter(\.differs).map { JSON.string(section.name + $0.key) }
        }
        let parting = difference.parting.map { parting -> JSON in
            [
                "step": .integer(parting.step),
                "layer": .string(parting.place.name),
                "name": .string(parting.place.shortName),
                "a": JSON(parting.a),
                "b": JSON(parting.b),
                "ulps": JSON(parting.ulps.map { Int64($0) }),
                "relative": JSON(parting.relative),
            ]
        }
        return [
            "a": side(difference.a) { $0.a },
            "b": side(difference.b) { $0.b },
            "differs": .array(differs),
            "params": object(difference.params),
            "digests": object(difference.digests),
            "environment": object(difference.environment),
            "variances": parting ?? .null,
            "steps": [
                "common": .integer(Int64(difference.steps.common)),
                "only_a": .integer(Int64(difference.steps.onlyA)),
                "only_b": .integer(Int64(difference.steps.onlyB)),
            ],
        ]
    }
}
