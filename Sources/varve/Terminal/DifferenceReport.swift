import Questions
import Storage

/// What differs between two runs, as JSON, as rows of CSV, and as a table.
struct DifferenceReport {
    let difference: Difference

    func write(to output: Output) throws {
        switch output.format {
        case .json: try output.line(difference.record.json.text)
        case .csv: try output.emit(table(showsAll: true))
        case .table, .markdown: try writeForPeople(to: output)
        }
        try output.finish()
    }

    private func writeForPeople(to output: Output) throws {
        let table = table(showsAll: false)
        if table.rows.isEmpty {
            try output.line("no param, tag, digest or fact of the environment differs")
        } else {
            try output.emit(table)
        }
        try output.line()
        for sentence in difference.sentences { try output.sentence(sentence) }
    }

    /// The facts side by side; for people those alone that differ.
    private func table(showsAll: Bool) -> Table {
        var table = Table(["key", "run \(difference.a.number)", "run \(difference.b.number)"])
        for (prefix, facts) in difference.sections {
            for fact in facts where showsAll || fact.differs {
                table.append(.text(prefix + fact.key), Self.cell(fact.a, prefix), Self.cell(fact.b, prefix))
            }
        }
        guard showsAll else { return table }
        for metric in difference.metrics {
            guard let (step, a, b) = metric.parting else { continue }
            table.append(.text("metrics.step \(step).\(metric.metric)"), Self.cell(a), Self.cell(b))
        }
        if let parting = difference.parting {
            let key = "variances.step \(parting.step).\(parting.place.shortName)"
            table.append(.text(key), Self.cell(parting.a), Self.cell(parting.b))
        }
        for text in difference.notCompared { table.append(.text("not_compared"), .text(text), .missing) }
        return table
    }

    private static func cell(_ value: Double?) -> Cell { value.map { .precise($0) } ?? .missing }

    private static func cell(_ value: JSON, _ section: String) -> Cell {
        switch value {
        case .null: .missing
        case .string(let text): section == "digests." ? .digest(text) : .text(text)
        default: .text(value.text)
        }
    }
}
